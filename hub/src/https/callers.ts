import type { X509Certificate } from "node:crypto";
import { TLSSocket } from "node:tls";
import type { KnownError } from "@picket/kit";
import type { OperationCause } from "@picket/schema";
import type { FastifyRequest } from "fastify";
import type { DoorAround } from "../around.js";
import { hubErrors } from "../errors.js";
import type { DeviceVerdict, Right } from "../identity/authenticator.js";
import type { Told } from "../operations/operation-log.js";
import type { Path, Request } from "./bodies.js";
import { categoryOf, causeOf, verbs } from "./failures.js";

/** Who was let in, and how. */
export type Admission = Exclude<DeviceVerdict, { readonly cause: unknown }>;

interface Refusal {
  readonly cause: Exclude<OperationCause, "">;
  readonly why: string;
  readonly operationName: string;
  readonly category: string;
}

/** Lets callers of the HTTPS door in or refuses them, and writes both into the operation log. */
export class Callers {
  readonly #around: DoorAround;
  /** Requests that have a row of the log already. */
  readonly #heard = new WeakSet<object>();

  constructor(around: DoorAround) {
    this.#around = around;
  }

  /** Lets in the device or module that the path names. */
  device(request: Request): Admission {
    const { d: deviceId, m: moduleId = "" } = request.params;
    const token = request.headers.authorization ?? "";
    const verdict = this.#around.authenticator.device(deviceId, moduleId, token, certificateOf(request));
    if (!("cause" in verdict)) return verdict;
    throw this.#refused(request, { ...verdict, operationName: "ingress", category: "Connections" });
  }

  /** Lets in a service application whose policy has these rights. */
  service(request: Request, ...rights: readonly Right[]): void {
    const path = request.url.split("?")[0] ?? "";
    const operationName = request.method.toLowerCase();
    const category = "DeviceIdentityOperations";
    const verdict = this.#around.authenticator.service(request.headers.authorization, path);
    if ("cause" in verdict) throw this.#refused(request, { ...verdict, operationName, category });
    const missing = rights.filter((right) => !verdict.rights.includes(right));
    if (missing.length === 0) return;
    const why = `the policy ${verdict.policy} lacks ${missing.join(" and ")}`;
    throw this.#refused(request, { cause: "forbidden", why, operationName, category });
  }

  /** A device may read its own module, to get the module's key as the original's agents do. */
  serviceOrOwner(request: Request): void {
    const { d, m } = request.params;
    const token = request.headers.authorization ?? "";
    const { authenticator } = this.#around;
    const verdict = m === undefined ? undefined : authenticator.device(d, "", token, certificateOf(request));
    if (!verdict || "cause" in verdict) this.service(request, "registryRead");
  }

  /** Writes why a request was refused into the operation log, unless somebody who knows more did. */
  failed(request: FastifyRequest, { code, message }: KnownError): void {
    const url = request.routeOptions.url ?? request.url;
    const category = categoryOf(url);
    if (!category || this.#heard.has(request.raw)) return;
    const { id = "" }: Partial<Path> = Object(request.params);
    const isMessage = category === "DeviceTelemetry" || category === "C2DCommands";
    this.told(request as Request, isMessage ? "ingress" : (verbs[request.method] ?? "request"), {
      category,
      cause: causeOf(code),
      resultDescription: message,
      ...(id === "" ? {} : { properties: { id } }),
    });
  }

  /** Writes what a caller did into the operation log. */
  told(request: Request, operationName: string, more: Partial<Told> = {}): void {
    this.#heard.add(request.raw);
    const { d = "", m = "" }: Partial<Path> = Object(request.params);
    this.#around.operations.tell({
      operationName,
      category: "DeviceIdentityOperations",
      deviceId: d,
      moduleId: m,
      protocol: "Https",
      authType: request.headers.authorization ? "Sas" : certificateOf(request) ? "X509" : "None",
      ipAddress: request.ip,
      sdkVersion: sdkOf(request),
      ...more,
    });
  }

  #refused(request: Request, { cause, why, operationName, category }: Refusal): KnownError {
    const { d } = request.params ?? {};
    const resultDescription = `${d || "A caller"} was refused: ${why}.`;
    this.told(request, operationName, { category, cause, resultDescription });
    return hubErrors.unauthorized({ why });
  }
}

/** The certificate of a request's connection. */
export function certificateOf({ raw: { socket } }: Request): X509Certificate | undefined {
  return socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
}

/** What a client says it is. */
export const sdkOf = (request: Request): string => String(request.headers["user-agent"] ?? "").slice(0, 256);
