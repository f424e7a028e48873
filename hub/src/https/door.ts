import { createReadStream, statSync } from "node:fs";
import { isKnown, type KnownError } from "@picket/kit";
import { isSecurityMessage, type OperationCause, recordKind } from "@picket/schema";
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import { hubCodes, hubErrors } from "../errors.js";
import type { Right } from "../identity/authenticator.js";
import type { IdentityDraft } from "../identity/registry.js";
import type { DoorAround } from "../mqtt/door.js";
import { doorBroke, messageTaken } from "../signals.js";
import type { HubConfig } from "../slots.js";
import type { TwinsAndMethods } from "../twins/twins-and-methods.js";
import { identityJson, twinEtagOf, twinJson } from "./wire.js";

interface Path {
  readonly d: string;
  readonly m?: string;
}
type Request = FastifyRequest<{ Params: Path; Body: unknown; Querystring: Record<string, string> }>;

const BATCH = "application/vnd.microsoft.iothub.json";
const MAX_BODY = 262_144;

/** Where devices send over HTTPS, and service applications manage identities, twins and methods. */
export class HttpsDoor {
  readonly #around: DoorAround;
  readonly #twins: TwinsAndMethods;
  readonly #server: FastifyInstance;

  constructor(around: DoorAround, twins: TwinsAndMethods, config: HubConfig) {
    this.#around = around;
    this.#twins = twins;
    const { key, cert } = config.tls;
    const options = {
      https: { key, cert, minVersion: "TLSv1.2" as const },
      bodyLimit: MAX_BODY,
      forceCloseConnections: true,
      requestTimeout: 30_000,
      routerOptions: { maxParamLength: 512 },
    };
    // Fastify types each transport apart; the routes are the same.
    this.#server = fastify(options) as unknown as FastifyInstance;
    this.#parsers();
    this.#server.setErrorHandler((error, request, reply) => this.#failed(error, request, reply));
    this.#server.setNotFoundHandler((request, reply) =>
      this.#failed(
        hubErrors.argumentInvalid({
          what: "The request",
          why: `there is no ${request.method} ${request.url.split("?")[0]}`,
        }),
        request,
        reply,
      ),
    );
    this.#deviceRoutes();
    this.#identityRoutes("/devices/:d");
    this.#identityRoutes("/devices/:d/modules/:m");
    this.#twinRoutes("/twins/:d");
    this.#twinRoutes("/twins/:d/modules/:m");
    this.#listRoutes();
    for (const [path, file] of Object.entries(config.downloads ?? {})) this.#download(path, file);
  }

  async listen(port: number, bind: string): Promise<void> {
    await this.#server.listen({ port, host: bind }).catch((error: Error) => {
      throw hubErrors.portTaken({ port, cause: error.message }, { cause: error });
    });
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  /** Bodies stay bytes: what a device sends is kept as it is. */
  #parsers(): void {
    this.#server.removeAllContentTypeParsers();
    this.#server.addContentTypeParser("*", { parseAs: "buffer" }, (_, body, done) => done(null, body));
  }

  #download(path: string, file: string): void {
    this.#server.get(`/picket/${path}`, (_, reply) => {
      const { size } = statSync(file);
      return reply
        .header("content-type", "application/octet-stream")
        .header("content-length", size)
        .send(createReadStream(file));
    });
  }

  #deviceRoutes(): void {
    for (const path of ["/devices/:d/messages/events", "/devices/:d/modules/:m/messages/events"]) {
      this.#server.post(path, async (request: Request, reply) => {
        this.#device(request);
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const isBatch = String(request.headers["content-type"] ?? "").startsWith(BATCH);
        for (const message of isBatch ? batchOf(body) : [{ body, properties: headersOf(request) }])
          await this.#take(request, message);
        return reply.code(204).send();
      });
    }
    this.#server.get("/devices/:d/messages/devicebound", async (request: Request, reply) => {
      this.#device(request);
      return reply.code(204).send();
    });
  }

  async #take(
    request: Request,
    { body, properties }: { body: Buffer; properties: Record<string, string> },
  ): Promise<void> {
    const { d: deviceId, m: moduleId = "" } = request.params;
    const isSecurity = isSecurityMessage(properties);
    messageTaken(this.#around.recorder, { kind: isSecurity ? "security" : "telemetry" });
    this.#around.registry.active(deviceId, moduleId);
    if (isSecurity)
      await this.#around.outbound.kept({
        kind: recordKind.message,
        receivedAt: this.#around.clock.now(),
        deviceId,
        moduleId,
        body,
      });
  }

  #device(request: Request): void {
    const { d: deviceId, m: moduleId = "" } = request.params;
    const verdict = this.#around.authenticator.device(
      deviceId,
      moduleId,
      request.headers.authorization ?? "",
    );
    if ("cause" in verdict)
      throw this.#refused(request, {
        cause: verdict.cause,
        why: verdict.why,
        operationName: "ingress",
        category: "Connections",
      });
  }

  #service(request: Request, ...rights: readonly Right[]): void {
    const path = request.url.split("?")[0] ?? "";
    const verdict = this.#around.authenticator.service(request.headers.authorization, path);
    if ("cause" in verdict)
      throw this.#refused(request, {
        cause: verdict.cause,
        why: verdict.why,
        operationName: request.method.toLowerCase(),
        category: "DeviceIdentityOperations",
      });
    const missing = rights.filter((right) => !verdict.rights.includes(right));
    if (missing.length > 0) {
      const why = `the policy ${verdict.policy} lacks ${missing.join(" and ")}`;
      throw this.#refused(request, {
        cause: "forbidden",
        why,
        operationName: request.method.toLowerCase(),
        category: "DeviceIdentityOperations",
      });
    }
  }

  /** A device may read its own module, to get the module's key as the original's agents do. */
  #serviceOrOwner(request: Request): void {
    const { d, m } = request.params;
    const verdict =
      m === undefined
        ? undefined
        : this.#around.authenticator.device(d, "", request.headers.authorization ?? "");
    if (!verdict || "cause" in verdict) this.#service(request, "registryRead");
  }

  #refused(
    request: Request,
    {
      cause,
      why,
      operationName,
      category,
    }: { cause: Exclude<OperationCause, "">; why: string; operationName: string; category: string },
  ): KnownError {
    const { d = "", m = "" } = request.params ?? {};
    const sdkVersion = String(request.headers["user-agent"] ?? "").slice(0, 256);
    this.#around.operations.tell({
      operationName,
      category,
      deviceId: d,
      moduleId: m,
      protocol: "Https",
      authType: "Sas",
      ipAddress: request.ip,
      sdkVersion,
      cause,
      resultDescription: `${d || "A caller"} was refused: ${why}.`,
    });
    return hubErrors.unauthorized({ why });
  }

  #told(request: Request, operationName: string, category = "DeviceIdentityOperations"): void {
    const { d = "", m = "" } = request.params;
    this.#around.operations.tell({
      operationName,
      category,
      deviceId: d,
      moduleId: m,
      protocol: "Https",
      authType: "Sas",
      ipAddress: request.ip,
    });
  }

  #identityRoutes(path: string): void {
    const { registry } = this.#around;
    const shown = (request: Request): object => {
      const identity = registry.get(request.params.d, request.params.m);
      return identityJson(
        identity,
        registry.presence(identity.deviceId, identity.moduleId),
        registry.keys(identity),
      );
    };
    this.#server.get(path, async (request: Request) => {
      this.#serviceOrOwner(request);
      return shown(request);
    });
    this.#server.put(path, async (request: Request) => {
      this.#service(request, "registryWrite");
      const { d, m = "" } = request.params;
      const draft = draftOf(jsonOf(request.body));
      const ifMatch = request.headers["if-match"];
      if (ifMatch === undefined) await registry.create(d, m, draft);
      else await registry.update(registry.get(d, m), draft, ifMatch);
      this.#told(
        request,
        ifMatch === undefined
          ? `create${m === "" ? "Device" : "Module"}`
          : `update${m === "" ? "Device" : "Module"}`,
      );
      if (draft.status === "disabled") this.#twins.disconnect(d, m);
      return shown(request);
    });
    this.#server.delete(path, async (request: Request, reply) => {
      this.#service(request, "registryWrite");
      const { d, m = "" } = request.params;
      await registry.remove(registry.get(d, m), request.headers["if-match"] ?? "*");
      this.#told(request, `delete${m === "" ? "Device" : "Module"}`);
      this.#twins.disconnect(d, m);
      return reply.code(204).send();
    });
  }

  #twinRoutes(path: string): void {
    const { registry } = this.#around;
    const shown = (d: string, m: string): object => twinJson(registry.get(d, m), registry.presence(d, m));
    this.#server.get(path, async (request: Request) => {
      this.#service(request, "serviceConnect");
      return shown(request.params.d, request.params.m ?? "");
    });
    for (const method of ["PATCH", "PUT"] as const) {
      this.#server.route({
        method,
        url: path,
        handler: async (given) => {
          const request = given as Request;
          this.#service(request, "serviceConnect");
          const { d, m = "" } = request.params;
          const body = jsonOf(request.body) as { tags?: object; properties?: { desired?: object } };
          const change = {
            replace: method === "PUT",
            ...(body.tags ? { tags: body.tags } : {}),
            ...(body.properties?.desired ? { desired: body.properties.desired } : {}),
          };
          await this.#twins.change(
            { deviceId: d, moduleId: m },
            change,
            twinEtagOf(request.headers["if-match"] ?? "*"),
          );
          this.#told(request, method === "PUT" ? "replaceTwin" : "updateTwin", "C2DTwinOperations");
          return shown(d, m);
        },
      });
    }
    this.#server.post(`${path}/methods`, async (request: Request) => {
      this.#service(request, "serviceConnect");
      const { d, m = "" } = request.params;
      const {
        methodName = "",
        payload,
        responseTimeoutInSeconds = 30,
      } = jsonOf(request.body) as {
        methodName?: string;
        payload?: unknown;
        responseTimeoutInSeconds?: number;
      };
      const seconds = Math.min(Math.max(responseTimeoutInSeconds, 5), 300);
      const answer = await this.#twins.invoke(
        { deviceId: d, moduleId: m },
        { name: methodName, payload, seconds },
      );
      this.#told(request, "send", "DirectMethods");
      return answer;
    });
  }

  #listRoutes(): void {
    const { registry } = this.#around;
    this.#server.get("/devices", async (request: Request) => {
      this.#service(request, "registryRead");
      const limit = Math.min(Number(request.query["top"] ?? 1_000) || 1_000, 1_000);
      return registry
        .list({ limit })
        .map((each) => identityJson(each, registry.presence(each.deviceId, ""), registry.keys(each)));
    });
    this.#server.get("/devices/:d/modules", async (request: Request) => {
      this.#service(request, "registryRead");
      return registry
        .modules(request.params.d)
        .map((each) =>
          identityJson(each, registry.presence(each.deviceId, each.moduleId), registry.keys(each)),
        );
    });
    this.#server.get("/statistics/devices", async (request: Request) => {
      this.#service(request, "registryRead");
      const { total, enabled } = registry.count();
      return { totalDeviceCount: total, enabledDeviceCount: enabled, disabledDeviceCount: total - enabled };
    });
  }

  #failed(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const known = isKnown(error) ? error : ownError(error);
    if (!known)
      doorBroke(this.#around.recorder, { door: "https" }, 1, { error: String(error), url: request.url });
    const code = hubCodes[known?.code ?? ""] ?? "InternalServerError";
    const message = known?.message ?? "The hub could not answer; try again.";
    return reply
      .code(known?.status ?? 500)
      .header("iothub-errorcode", code)
      .header("content-type", "application/json; charset=utf-8")
      .send(
        JSON.stringify({
          Message: `ErrorCode:${code};${message}`,
          ExceptionMessage: `${message} Time:${new Date().toISOString()}`,
        }),
      );
  }
}

/** What the web framework itself refuses. */
function ownError(error: unknown): KnownError | undefined {
  const status =
    typeof error === "object" && error !== null && "statusCode" in error ? Number(error.statusCode) : 500;
  if (status === 413) return hubErrors.messageTooLarge({ bytes: MAX_BODY + 1 });
  return status < 500 ? hubErrors.argumentInvalid({ what: "The request", why: String(error) }) : undefined;
}

function jsonOf(body: unknown): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(
      Buffer.isBuffer(body) && body.length > 0 ? body.toString("utf8") : "{}",
    );
    if (typeof parsed === "object" && parsed !== null) return parsed as Record<string, unknown>;
  } catch {}
  throw hubErrors.argumentInvalid({ what: "The body", why: "it must be a JSON object" });
}

function headersOf(request: Request): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

function batchOf(body: Buffer): { body: Buffer; properties: Record<string, string> }[] {
  const list: unknown = Object.values(jsonOf(body));
  if (!Array.isArray(list)) return [];
  return list.map((item: { body?: unknown; properties?: Record<string, unknown> }) => {
    if (typeof item?.body !== "string")
      throw hubErrors.argumentInvalid({ what: "The batch", why: "each item needs a body in base64" });
    const properties = Object.fromEntries(
      Object.entries(item.properties ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
    );
    return { body: Buffer.from(item.body, "base64"), properties };
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
