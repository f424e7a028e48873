import type { FastifyReply } from "fastify";
import type { Identity } from "../identity/identity.js";
import { jsonOf, type Request } from "./bodies.js";
import { bulk } from "./bulk.js";
import type { Desk } from "./desk.js";
import { draftOf } from "./identity-draft.js";
import { identityJson } from "./wire.js";

/** Where service applications manage identities. */
export function registryRoutes(desk: Desk): void {
  for (const path of ["/devices/:d", "/devices/:d/modules/:m"]) {
    readRoute(desk, path);
    writeRoute(desk, path);
    removeRoute(desk, path);
  }
  listRoutes(desk);
  bulkRoute(desk);
  purgeRoute(desk);
  statisticsRoutes(desk);
}

function shown({ around: { registry, commands } }: Desk, identity: Identity): object {
  const { deviceId, moduleId } = identity;
  const waiting = moduleId === "" ? commands.pending(deviceId) : 0;
  return identityJson(identity, registry.presence(deviceId, moduleId), registry.keys(identity), waiting);
}

const sent = (desk: Desk, reply: FastifyReply, identity: Identity): FastifyReply =>
  reply.header("etag", `"${identity.etag}"`).send(shown(desk, identity));

function readRoute(desk: Desk, path: string): void {
  desk.server.get(path, async (request: Request, reply) => {
    desk.callers.serviceOrOwner(request);
    await desk.around.throttles.pass("registry", request.params.d);
    return sent(desk, reply, desk.around.registry.get(request.params.d, request.params.m));
  });
}

function writeRoute({ server, callers, twins, ...desk }: Desk, path: string): void {
  const { registry } = desk.around;
  server.put(path, async (request: Request, reply) => {
    callers.service(request, "registryWrite");
    const { d, m = "" } = request.params;
    await desk.around.throttles.pass("registry", d);
    const draft = draftOf(jsonOf(request.body));
    const ifMatch = request.headers["if-match"];
    const identity =
      ifMatch === undefined
        ? await registry.create(d, m, draft)
        : await registry.update(registry.get(d, m), draft, ifMatch);
    const verb = ifMatch === undefined ? "create" : "update";
    callers.told(request, `${verb}${m === "" ? "Device" : "Module"}`);
    if (draft.status === "disabled") twins.disconnect(d, m);
    return sent({ server, callers, twins, ...desk }, reply, identity);
  });
}

function removeRoute({ server, callers, twins, around }: Desk, path: string): void {
  const { registry, throttles } = around;
  server.delete(path, async (request: Request, reply) => {
    callers.service(request, "registryWrite");
    const { d, m = "" } = request.params;
    await throttles.pass("registry", d);
    await registry.remove(registry.get(d, m), request.headers["if-match"] ?? "*");
    callers.told(request, `delete${m === "" ? "Device" : "Module"}`);
    twins.disconnect(d, m);
    return reply.code(204).send();
  });
}

function listRoutes(desk: Desk): void {
  const { server, callers } = desk;
  const { registry, throttles } = desk.around;
  server.get("/devices", async (request: Request) => {
    callers.service(request, "registryRead");
    await throttles.pass("registry", "");
    const limit = Math.min(Number(request.query["top"] ?? 1_000) || 1_000, 1_000);
    return registry.list({ limit }).map((each) => shown(desk, each));
  });
  server.get("/devices/:d/modules", async (request: Request) => {
    callers.service(request, "registryRead");
    registry.get(request.params.d);
    return registry.modules(request.params.d).map((each) => shown(desk, each));
  });
}

function bulkRoute(desk: Desk): void {
  desk.server.post("/devices", async (request: Request, reply) => {
    desk.callers.service(request, "registryWrite");
    await desk.around.throttles.pass("registry", "");
    const result = await bulk(desk, Object.values(jsonOf(request.body)));
    desk.callers.told(request, "bulkOperation", {
      ...(result.isSuccessful ? {} : { cause: "invalidRequest", resultDescription: summary(result.errors) }),
      properties: { failed: result.errors.length },
    });
    return reply.code(result.isSuccessful ? 200 : 400).send(result);
  });
}

const summary = (errors: readonly { errorStatus: string }[]): string =>
  `${errors.length} of the operations failed; the first: ${errors[0]?.errorStatus ?? ""}`;

function purgeRoute({ server, callers, around: { commands } }: Desk): void {
  server.delete("/devices/:d/commands", async (request: Request) => {
    callers.service(request, "serviceConnect");
    const { d: deviceId } = request.params;
    const caller = { protocol: "Https", ipAddress: request.ip } as const;
    return { totalMessagesPurged: await commands.purge(deviceId, caller), deviceId, moduleId: null };
  });
}

function statisticsRoutes({ server, callers, around: { registry } }: Desk): void {
  server.get("/statistics/devices", async (request: Request) => {
    callers.service(request, "registryRead");
    const { total, enabled } = registry.count();
    return { totalDeviceCount: total, enabledDeviceCount: enabled, disabledDeviceCount: total - enabled };
  });
  server.get("/statistics/service", async (request: Request) => {
    callers.service(request, "registryRead");
    return { connectedDeviceCount: registry.connected };
  });
}
