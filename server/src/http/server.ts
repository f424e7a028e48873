import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import cookie from "@fastify/cookie";
import rateLimit from "@fastify/rate-limit";
import files from "@fastify/static";
import swagger from "@fastify/swagger";
import { type Problem, type Role, type Route, type RouteKey, routes } from "@picket/api";
import { type Closable, isKnown, type KnownError } from "@picket/kit";
import { type AuditEntry, recordKind } from "@picket/schema";
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import { bearerOf } from "../doors/door.js";
import { addKusto } from "../doors/kusto.js";
import { addLogAnalytics } from "../doors/log-analytics.js";
import { addSecurityCenter } from "../doors/security-center.js";
import { serverErrors } from "../errors.js";
import type { House } from "../house.js";
import type { Caller } from "../security/accounts.js";
import { localAddresses } from "../security/certificates.js";
import { type Around, RawJson } from "./handler.js";
import { handlers } from "./handlers.js";
import { live } from "./live.js";

const COOKIE = "picket_session";
const ranks: Readonly<Record<Role, number>> = { viewer: 0, analyst: 1, admin: 2 };
const consoleFiles = new URL("../../../console/dist/", import.meta.url).pathname;
const nobody: Caller = { name: "", role: "viewer", kind: "user", mustSetPassword: false };

/** Where one listener is, and by which names it may be called. */
interface Place {
  readonly host: string;
  readonly port: number;
  readonly names: readonly string[];
  readonly tls?: { readonly key: string; readonly cert: string };
}

/**
 * Opens the console and the API twice: in plain HTTP on the loopback address, where no browser warns, and over TLS, which
 * clients that send tokens insist on and which may be opened to others.
 */
export async function openHttp(house: House): Promise<Closable> {
  const { config, tls } = house.rooms;
  const own = ["127.0.0.1", "localhost", "[::1]"];
  const others = [config.hostName, ...config.webNames, ...localAddresses().map(bracketed)];
  const places: Place[] = [
    { host: "127.0.0.1", port: config.consolePort, names: own },
    { host: config.webBind, port: config.webPort, names: [...own, ...others], tls },
  ];
  const servers = await Promise.all(places.map((place) => openListener(house, place)));
  return {
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

const bracketed = (address: string): string => (address.includes(":") ? `[${address}]` : address);

async function openListener(house: House, place: Place): Promise<FastifyInstance> {
  const { tls } = place;
  const server = fastify({
    serverFactory: (handler) => (tls ? createTlsServer({ ...tls }, handler) : createServer(handler)),
    bodyLimit: 1_048_576,
    forceCloseConnections: true,
    ajv: { customOptions: { coerceTypes: "array", removeAdditional: false } },
    routerOptions: { maxParamLength: 300 },
  });
  await server.register(cookie);
  await server.register(rateLimit, { global: false });
  await server.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Picket", version: "0.1.0", description: "Threat protection for IoT fleets." },
    },
  });
  guard(server, place);
  server.setErrorHandler((error, request, reply) => failed(house, error, request, reply));
  server.removeContentTypeParser("text/plain");
  server.addContentTypeParser("application/json", { parseAs: "string" }, (_, body, done) =>
    parseJson(String(body), done),
  );
  for (const key of Object.keys(routes) as RouteKey[]) addRoute(server, house, key);
  server.get("/api/openapi.json", { schema: { hide: true } }, async () => server.swagger());
  server.get("/healthz", { schema: { hide: true } }, async () => ({ status: "ok" }));
  server.get("/metrics", { schema: { hide: true } }, async (request, reply) => {
    // Over the network, numbers about the house are for those who have a token.
    if (tls) bearerOf(house, request);
    return reply.type("text/plain; version=0.0.4").send(await metricsOf(house));
  });
  addLogAnalytics(server, house);
  addKusto(server, house);
  addSecurityCenter(server, house);
  await serveConsole(server);
  await server.listen({ port: place.port, host: place.host });
  return server;
}

/** Other sites must not reach a server on the loopback address through a name of theirs, nor put it into a frame. */
function guard(server: FastifyInstance, { names, port, tls }: Place): void {
  const known = new Set(names.flatMap((name) => [`${name}:${port}`, ...(port === 443 ? [name] : [])]));
  server.addHook("onRequest", async (request, reply) => {
    const host = (request.headers.host ?? "").toLowerCase();
    if (!known.has(host)) throw serverErrors.wrongHost({ host: host.slice(0, 100) });
    reply.headers({
      "content-security-policy":
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      ...(tls ? { "strict-transport-security": "max-age=31536000" } : {}),
      ...(request.url.startsWith("/api/") ? { "cache-control": "no-store" } : {}),
    });
  });
}

async function serveConsole(server: FastifyInstance): Promise<void> {
  if (!existsSync(consoleFiles)) return;
  await server.register(files, {
    root: consoleFiles,
    wildcard: false,
    immutable: true,
    maxAge: "1y",
    index: false,
    setHeaders: (reply, path) => void (path.endsWith(".html") && reply.header("cache-control", "no-cache")),
  });
  // Every other path is a screen: the console's router knows it.
  server.setNotFoundHandler((request, reply) => {
    if (request.method !== "GET" || /^\/(?:api|assets|v1|v2)\//.test(request.url))
      throw serverErrors.notFound({ what: `${request.method} ${request.url.split("?")[0]}` });
    return reply.header("cache-control", "no-cache").sendFile("index.html", { immutable: false, maxAge: 0 });
  });
}

/** Who makes each request that was admitted. */
const callers = new WeakMap<FastifyRequest, Caller>();

function addRoute(server: FastifyInstance, house: House, key: RouteKey): void {
  const route: Route = routes[key];
  const [method = "", path = ""] = key.split(" ");
  const isSignIn = key === "POST /session" || key === "POST /session/link";
  server.route({
    method: method as "GET",
    ...(route.maxBytes === undefined ? {} : { bodyLimit: route.maxBytes }),
    url: `/api/v1${path.replace(/\{(\w+)\}/g, ":$1")}`,
    ...(isSignIn
      ? {
          config: {
            rateLimit: {
              max: 10,
              timeWindow: 60_000,
              errorResponseBuilder: () => serverErrors.tooManyAttempts({}),
            },
          },
        }
      : {}),
    schema: {
      summary: route.about,
      operationId: key,
      ...(route.params ? { params: route.params } : {}),
      ...(route.query ? { querystring: route.query } : {}),
      ...(route.body ? { body: route.body } : {}),
    },
    // Before a byte of the body is read: nothing of who may not call is parsed or validated.
    onRequest: async (request) => {
      callers.set(request, admit(house, route, request));
    },
    handler: async (request, reply) => {
      const caller = callers.get(request) ?? nobody;
      if (key === "GET /alerts/live") return live(house, reply);
      const answer = await audited(house, { key, route, caller, request }, () => {
        const call = { params: request.params, query: request.query, body: request.body };
        const handler = handlers[key] as (given: typeof call, around: Around) => Promise<unknown>;
        return handler(call, {
          house,
          caller,
          origin: `${request.protocol}://${request.headers.host}`,
          ipAddress: request.ip,
          setSession: (secret) => setSession(reply, secret, request.protocol === "https"),
        });
      });
      if (answer instanceof RawJson) return reply.type("application/json; charset=utf-8").send(answer.text);
      return answer === undefined ? reply.code(204).send() : answer;
    },
  });
}

/** Who calls, and whether they may. */
function admit(house: House, route: Route, request: FastifyRequest): Caller {
  const bearer = /^Bearer (\S{1,200})$/.exec(request.headers.authorization ?? "")?.[1];
  const isChange = request.method !== "GET";
  if (isChange && bearer === undefined && request.headers["x-picket-client"] === undefined)
    throw serverErrors.crossSite({});
  if (route.role === "anyone") return nobody;
  const caller = house.rooms.accounts.caller(request.cookies[COOKIE], bearer);
  if (!caller) throw serverErrors.notSignedIn({});
  if (ranks[caller.role] >= ranks[route.role]) return caller;
  void audit(house, { key: "", route, caller, request }, "API_NOT_ALLOWED", 0);
  throw serverErrors.notAllowed({ role: caller.role, needs: route.role });
}

interface Audited {
  readonly key: string;
  readonly route: Route;
  readonly caller: Caller;
  readonly request: FastifyRequest;
}

async function audited<T>(house: House, about: Audited, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    const answer = await work();
    await audit(house, about, "ok", performance.now() - started);
    return answer;
  } catch (error) {
    await audit(house, about, isKnown(error) ? error.code : "API_INTERNAL", performance.now() - started);
    throw error;
  }
}

/** What must not be read in the audit table. */
const secret = /password|token|(primary|secondary|shared|storage|endorsement)\w*key|connectionstring/i;

/** An audit row says what was asked, without secrets; a whole rule pack would drown it. */
function shortened(value: unknown): unknown {
  const text = JSON.stringify(value, (name, inner) => (secret.test(name) ? "(left out)" : inner)) ?? "null";
  return text.length > 8_000 ? `(${text.length} characters)` : JSON.parse(text);
}

async function audit(
  house: House,
  { route, caller, request }: Audited,
  result: string,
  durationMs: number,
): Promise<void> {
  if (route.audit === undefined) return;
  const body = typeof request.body === "object" && request.body !== null ? request.body : {};
  const details = Object.fromEntries(
    Object.entries(body)
      .filter(([name]) => !secret.test(name) && !/present/i.test(name))
      .map(([name, value]) => [name, shortened(value)]),
  );
  const entry: AuditEntry = {
    actor: caller.name || String("name" in body ? body.name : "anyone").slice(0, 64),
    actorType: caller.kind,
    role: caller.role,
    action: route.audit,
    target: Object.values(request.params ?? {})
      .join("/")
      .slice(0, 200),
    result,
    ipAddress: request.ip,
    durationMs: Math.round(durationMs),
    details,
  };
  await house.record(recordKind.audit, entry);
}

function setSession(reply: FastifyReply, secret: string | undefined, secure: boolean): void {
  if (secret === undefined) reply.clearCookie(COOKIE, { path: "/" });
  else
    reply.setCookie(COOKIE, secret, {
      path: "/",
      httpOnly: true,
      sameSite: "strict",
      secure,
      maxAge: 12 * 3_600,
    });
}

function failed(house: House, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = isKnown(error) ? error : frameworkError(error);
  if (known) return reply.code(known.status).send(problemOf(known));
  const id = randomUUID();
  house.rooms.metrics.log("error", "A request failed for a reason of ours.", {
    id,
    url: request.url,
    error: error instanceof Error ? error.stack : String(error),
  });
  return reply.code(500).send(problemOf(serverErrors.internal({ id })));
}

const problemOf = ({ code, message, details }: KnownError): Problem => ({
  error: { code, message, details },
});

/** What the web framework itself refuses: bodies that break a route's schema, and the like. */
function frameworkError(error: unknown): KnownError | undefined {
  if (!(error instanceof Error)) return undefined;
  const status = "statusCode" in error ? Number(error.statusCode) : 500;
  return status >= 400 && status < 500 ? serverErrors.badRequest({ why: error.message }) : undefined;
}

function parseJson(text: string, done: (error: Error | null, body?: unknown) => void): void {
  try {
    done(null, text === "" ? undefined : JSON.parse(text));
  } catch {
    done(serverErrors.badRequest({ why: "the body is not JSON" }));
  }
}

async function metricsOf(house: House): Promise<string> {
  const { metrics, hub, stream, analysis } = house.rooms;
  const status = hub.status();
  const pipeline = await analysis.pipelineStatus();
  metrics.gauge("picket_hub_connections", {}, status.connections);
  metrics.gauge("picket_hub_unacked_bytes", {}, status.unackedBytes);
  metrics.gauge("picket_stream_bytes", {}, stream.status().bytes);
  metrics.gauge("picket_pipeline_behind_seconds", {}, pipeline.behindSeconds);
  metrics.gauge("picket_process_rss_bytes", {}, process.memoryUsage.rss());
  return metrics.registry.metrics();
}
