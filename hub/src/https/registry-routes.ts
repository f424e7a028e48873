import type { Identity, IdentityDraft } from "../identity/registry.js";
import { jsonOf, type Request } from "./bodies.js";
import type { Desk } from "./desk.js";
import { identityJson } from "./wire.js";

/** Where service applications manage identities. */
export function registryRoutes(desk: Desk): void {
  for (const path of ["/devices/:d", "/devices/:d/modules/:m"]) identityRoutes(desk, path);
  listRoutes(desk);
}

const shown = ({ around: { registry } }: Desk, identity: Identity): object =>
  identityJson(identity, registry.presence(identity.deviceId, identity.moduleId), registry.keys(identity));

function identityRoutes(desk: Desk, path: string): void {
  const { server, callers, twins } = desk;
  const { registry } = desk.around;
  server.get(path, async (request: Request) => {
    callers.serviceOrOwner(request);
    return shown(desk, registry.get(request.params.d, request.params.m));
  });
  server.put(path, async (request: Request) => {
    callers.service(request, "registryWrite");
    const { d, m = "" } = request.params;
    const draft = draftOf(jsonOf(request.body));
    const ifMatch = request.headers["if-match"];
    if (ifMatch === undefined) await registry.create(d, m, draft);
    else await registry.update(registry.get(d, m), draft, ifMatch);
    callers.told(request, `${ifMatch === undefined ? "create" : "update"}${m === "" ? "Device" : "Module"}`);
    if (draft.status === "disabled") twins.disconnect(d, m);
    return shown(desk, registry.get(d, m));
  });
  server.delete(path, async (request: Request, reply) => {
    callers.service(request, "registryWrite");
    const { d, m = "" } = request.params;
    await registry.remove(registry.get(d, m), request.headers["if-match"] ?? "*");
    callers.told(request, `delete${m === "" ? "Device" : "Module"}`);
    twins.disconnect(d, m);
    return reply.code(204).send();
  });
}

function listRoutes(desk: Desk): void {
  const { server, callers } = desk;
  const { registry } = desk.around;
  server.get("/devices", async (request: Request) => {
    callers.service(request, "registryRead");
    const limit = Math.min(Number(request.query["top"] ?? 1_000) || 1_000, 1_000);
    return registry.list({ limit }).map((each) => shown(desk, each));
  });
  server.get("/devices/:d/modules", async (request: Request) => {
    callers.service(request, "registryRead");
    return registry.modules(request.params.d).map((each) => shown(desk, each));
  });
  server.get("/statistics/devices", async (request: Request) => {
    callers.service(request, "registryRead");
    const { total, enabled } = registry.count();
    return { totalDeviceCount: total, enabledDeviceCount: enabled, disabledDeviceCount: total - enabled };
  });
}

interface GivenIdentity {
  readonly status?: unknown;
  readonly statusReason?: unknown;
  readonly authentication?: {
    readonly symmetricKey?: {
      readonly primaryKey?: string | null;
      readonly secondaryKey?: string | null;
    } | null;
  };
}

function draftOf(body: GivenIdentity): IdentityDraft {
  const keys = body.authentication?.symmetricKey;
  return {
    ...(body.status === "disabled" || body.status === "enabled" ? { status: body.status } : {}),
    ...(typeof body.statusReason === "string" ? { statusReason: body.statusReason.slice(0, 128) } : {}),
    ...(keys?.primaryKey ? { primaryKey: keys.primaryKey } : {}),
    ...(keys?.secondaryKey ? { secondaryKey: keys.secondaryKey } : {}),
  };
}
