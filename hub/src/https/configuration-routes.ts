import { isKnown } from "@picket/kit";
import { type Configuration, configurationJson, metricsOf } from "../configurations/configuration.js";
import { parseCondition } from "../query/parser.js";
import { jsonOf, type Request } from "./bodies.js";
import type { Desk } from "./desk.js";

/** Where service applications keep automatic configurations. */
export function configurationRoutes(desk: Desk): void {
  const { server, callers } = desk;
  const { configurations } = desk.service;
  const shown = async (configuration: Configuration): Promise<object> =>
    configurationJson(configuration, await configurations.metrics(configuration.id));
  const told = (request: Request, operationName: string): void =>
    callers.told(request, operationName, {
      category: "Configurations",
      properties: { configurationId: request.params.id ?? "" },
    });
  server.get("/configurations", async (request: Request) => {
    callers.service(request, "registryRead");
    const most = Math.min(Number(request.query["top"] ?? 20) || 20, 100);
    const answer = await Promise.all(configurations.list().slice(0, most).map(shown));
    told(request, "readManyConfigurations");
    return answer;
  });
  server.get("/configurations/:id", async (request: Request) => {
    callers.service(request, "registryRead");
    const answer = await shown(configurations.get(request.params.id ?? ""));
    told(request, "readConfiguration");
    return answer;
  });
  server.put("/configurations/:id", async (request: Request, reply) => {
    callers.service(request, "registryWrite");
    const ifMatch = request.headers["if-match"];
    const made = await configurations.put(request.params.id ?? "", jsonOf(request.body), ifMatch);
    told(request, ifMatch === undefined ? "createConfiguration" : "updateConfiguration");
    return reply.header("etag", `"${made.etag}"`).send(configurationJson(made, { system: {}, custom: {} }));
  });
  server.delete("/configurations/:id", async (request: Request, reply) => {
    callers.service(request, "registryWrite");
    await configurations.remove(request.params.id ?? "", request.headers["if-match"] ?? "*");
    told(request, "deleteConfiguration");
    return reply.code(204).send();
  });
  testRoutes(desk);
}

/** Trying queries without keeping anything, and writing content to one device once. */
function testRoutes({ server, callers, service: { configurations } }: Desk): void {
  server.post("/configurations/testQueries", async (request: Request) => {
    callers.service(request, "registryRead");
    const { targetCondition = "", customMetricQueries } = jsonOf(request.body);
    const queries =
      typeof customMetricQueries === "object" && customMetricQueries !== null ? customMetricQueries : {};
    return {
      targetConditionError: problemOf(
        () => String(targetCondition) === "" || parseCondition(String(targetCondition)),
      ),
      customMetricQueryErrors: Object.fromEntries(
        Object.entries(queries).flatMap(([name, query]) => {
          const problem = problemOf(() => metricsOf({ [name]: query }));
          return problem === null ? [] : [[name, problem]];
        }),
      ),
    };
  });
  server.post("/devices/:d/applyConfigurationContent", async (request: Request, reply) => {
    callers.service(request, "registryWrite");
    await configurations.apply(request.params.d, jsonOf(request.body));
    callers.told(request, "applyConfiguration", { category: "Configurations" });
    return reply.code(204).send();
  });
}

function problemOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (isKnown(error)) return error.message;
    throw error;
  }
}
