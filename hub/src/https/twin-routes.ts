import type { FastifyReply } from "fastify";
import { hubErrors } from "../errors.js";
import { jsonOf, type Request } from "./bodies.js";
import type { Desk } from "./desk.js";
import { twinEtag, twinEtagOf, twinJson } from "./wire.js";

/** Where service applications read and change twins. */
export function twinRoutes(desk: Desk): void {
  for (const path of ["/twins/:d", "/twins/:d/modules/:m"]) {
    readRoute(desk, path);
    for (const method of ["PATCH", "PUT"] as const) changeRoute(desk, method, path);
  }
}

function sent(
  { around: { registry, commands } }: Desk,
  { params: { d, m = "" } }: Request,
  reply: FastifyReply,
): FastifyReply {
  const identity = registry.get(d, m);
  return reply
    .header("etag", `"${twinEtag(identity)}"`)
    .header("content-type", "application/json; charset=utf-8")
    .send(JSON.stringify(twinJson(identity, registry.presence(d, m), m === "" ? commands.pending(d) : 0)));
}

function readRoute(desk: Desk, path: string): void {
  desk.server.get(path, async (request: Request, reply) => {
    desk.callers.service(request, "serviceConnect");
    await desk.around.throttles.pass("twinReads", request.params.d);
    const answer = sent(desk, request, reply);
    desk.callers.told(request, "read", { category: "C2DTwinOperations" });
    return answer;
  });
}

function changeRoute(desk: Desk, method: "PATCH" | "PUT", url: string): void {
  const replace = method === "PUT";
  const handler = async (request: Request, reply: FastifyReply): Promise<FastifyReply> => {
    desk.callers.service(request, "serviceConnect");
    const { d: deviceId, m: moduleId = "" } = request.params;
    await desk.around.throttles.pass("twinUpdates", deviceId);
    const { tags, properties }: { tags?: unknown; properties?: { desired?: unknown } } = jsonOf(request.body);
    const change = { replace, ...part("tags", tags), ...part("desired", properties?.desired) };
    await desk.twins.change({ deviceId, moduleId }, change, twinEtagOf(request.headers["if-match"] ?? "*"));
    desk.callers.told(request, replace ? "replaceTwin" : "updateTwin", { category: "C2DTwinOperations" });
    return sent(desk, request, reply);
  };
  if (replace) desk.server.put(url, handler);
  else desk.server.patch(url, handler);
}

/** One part of a change; null empties it, nothing leaves it. */
function part<const K extends string>(name: K, given: unknown): { [P in K]?: object } {
  if (given === undefined) return {};
  if (typeof given !== "object" || Array.isArray(given))
    throw hubErrors.argumentInvalid({ what: `The twin's ${name}`, why: "it must be a JSON object" });
  const taken: { [P in K]?: object } = {};
  taken[name] = given ?? {};
  return taken;
}
