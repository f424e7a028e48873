import { isKnown } from "@picket/kit";
import type { FastifyReply } from "fastify";
import { hubErrors } from "../errors.js";
import { jsonOf, type Request } from "./bodies.js";
import type { Desk } from "./desk.js";

const PAGE = 100;

/** The page a client asks for by its headers. */
export function pageOf(request: Request): { pageSize: number; continuation?: string } {
  const continuation = request.headers["x-ms-continuation"];
  const pageSize = Number(request.headers["x-ms-max-item-count"] ?? PAGE);
  if (!Number.isInteger(pageSize) || pageSize < 1)
    throw hubErrors.argumentInvalid({ what: "x-ms-max-item-count", why: "it is a whole number from 1 on" });
  return typeof continuation === "string" && continuation !== "" ? { pageSize, continuation } : { pageSize };
}

/** Answers rows with what they are and where the next page is. */
export function sendPage(
  reply: FastifyReply,
  { rows, kind, continuation }: { rows: readonly object[]; kind: string; continuation?: string },
): FastifyReply {
  if (continuation !== undefined) reply.header("x-ms-continuation", continuation);
  return reply
    .header("x-ms-item-type", kind)
    .header("content-type", "application/json; charset=utf-8")
    .send(JSON.stringify(rows));
}

/** Where service applications ask about twins and jobs. */
export function queryRoutes({ server, callers, service, around: { throttles } }: Desk): void {
  server.post("/devices/query", async (request: Request, reply) => {
    callers.service(request, "registryRead");
    await throttles.pass("queries", "");
    const query = String(jsonOf(request.body)["query"] ?? "");
    const page = pageOf(request);
    const told = { category: "TwinQueries", messageSize: query.length } as const;
    const properties = {
      query: query.slice(0, 2_048),
      pageSize: page.pageSize,
      continuation: page.continuation !== undefined,
    };
    try {
      const answer = await service.queries.run(query, page);
      callers.told(request, "query", {
        ...told,
        properties: { ...properties, resultSize: answer.rows.length },
      });
      return sendPage(reply, answer);
    } catch (error) {
      if (isKnown(error))
        callers.told(request, "query", {
          ...told,
          cause: "invalidRequest",
          resultDescription: error.message,
          properties,
        });
      throw error;
    }
  });
}
