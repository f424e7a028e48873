import { createReadStream, statSync } from "node:fs";
import { isKnown, type KnownError } from "@picket/kit";
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import type { DoorAround } from "../around.js";
import { hubCodes, hubErrors } from "../errors.js";
import { doorBroke } from "../signals.js";
import type { HubConfig } from "../slots.js";
import { Callers } from "./callers.js";
import { commandRoutes } from "./command-routes.js";
import { configurationRoutes } from "./configuration-routes.js";
import type { Desk } from "./desk.js";
import { deviceRoutes } from "./device-routes.js";
import { enrolmentRoutes } from "./enrolment-routes.js";
import { jobRoutes } from "./job-routes.js";
import { methodRoutes } from "./method-routes.js";
import { provisioningRoutes } from "./provisioning-routes.js";
import { queryRoutes } from "./query-routes.js";
import { registryRoutes } from "./registry-routes.js";
import { twinRoutes } from "./twin-routes.js";
import { WebSockets, type WebSocketTakers } from "./web-sockets.js";

/** What stands behind the door: the services, and who takes WebSockets. */
type Behind = Pick<Desk, "twins" | "service"> & { readonly takers: WebSocketTakers };

const MAX_BODY = 262_144;

/** Where devices send over HTTPS, and service applications manage identities, twins and methods. */
export class HttpsDoor {
  readonly #around: DoorAround;
  readonly #server: FastifyInstance;
  readonly #callers: Callers;

  constructor(around: DoorAround, behind: Behind, config: HubConfig) {
    this.#around = around;
    const { takers, ...services } = behind;
    const { key, cert } = config.tls;
    const { connectMs } = around.limits;
    const options = {
      https: {
        key,
        cert,
        minVersion: "TLSv1.2" as const,
        // Callers without a certificate are let on to their token; a certificate is checked against the registry.
        requestCert: true,
        rejectUnauthorized: false,
        handshakeTimeout: connectMs,
        headersTimeout: connectMs,
        connectionsCheckingInterval: Math.min(connectMs, 5_000),
      },
      bodyLimit: MAX_BODY,
      forceCloseConnections: true,
      requestTimeout: 30_000,
      routerOptions: { maxParamLength: 512, ignoreTrailingSlash: true },
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
    around.ipFilter.guard(this.#server.server, "Https");
    const webSockets = new WebSockets(takers);
    this.#server.server.on("upgrade", (request, socket, head) => webSockets.upgrade(request, socket, head));
    this.#callers = new Callers(around);
    const desk: Desk = { server: this.#server, around, ...services, callers: this.#callers };
    for (const routes of [deviceRoutes, commandRoutes, registryRoutes, twinRoutes, methodRoutes])
      routes(desk);
    for (const routes of [queryRoutes, jobRoutes, configurationRoutes]) routes(desk);
    for (const routes of [provisioningRoutes, enrolmentRoutes]) routes(desk);
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

  #failed(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const known = isKnown(error) ? error : ownError(error);
    if (!known)
      doorBroke(this.#around.recorder, { door: "https" }, 1, { error: String(error), url: request.url });
    if (known) this.#callers.failed(request, known);
    const code = hubCodes[known?.code ?? ""] ?? "InternalServerError";
    const message = known?.message ?? "The hub could not answer; try again.";
    return reply
      .code(known?.status ?? 500)
      .header("iothub-errorcode", code)
      .headers(known?.status === 429 ? { "retry-after": "10" } : {})
      .header("content-type", "application/json; charset=utf-8")
      .send(
        JSON.stringify({
          // Clients split this text at its semicolons.
          Message: `ErrorCode:${code};${message.replaceAll(";", ",")}`,
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
