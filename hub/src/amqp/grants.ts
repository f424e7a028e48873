import type { X509Certificate } from "node:crypto";
import type { OperationCause } from "@picket/schema";
import type { Address } from "../attendance.js";
import type { Authenticator, Right } from "../identity/authenticator.js";
import type { Identity } from "../identity/registry.js";
import { decoded, linkAddress } from "./addresses.js";

/** What a token lets its connection do. */
export type Grant =
  | {
      readonly kind: "device";
      readonly identity: Identity;
      readonly authType: "Sas" | "X509";
      readonly expiresAt: number;
    }
  | {
      readonly kind: "service" | "events";
      readonly policy: string;
      readonly rights: readonly Right[];
      readonly expiresAt: number;
    };

/** Why a token was refused, and whom it was for. */
export interface Refused extends Address {
  readonly cause: Exclude<OperationCause, "">;
  readonly why: string;
}

const MOST = 1_000;

/** The tokens of one connection by audience; gateways put one for each of their devices. */
export class Grants {
  readonly #authenticator: Authenticator;
  /** What the connection showed, which a device may use instead of a token. */
  readonly #certificate: X509Certificate | undefined;
  readonly #grants = new Map<string, Grant>();
  /** Tokens of policies that let devices connect, to be used for any of them. */
  readonly #deviceTokens = new Map<string, string>();

  constructor(authenticator: Authenticator, certificate?: X509Certificate) {
    this.#authenticator = authenticator;
    this.#certificate = certificate;
  }

  get isEmpty(): boolean {
    return this.#grants.size === 0;
  }

  /** Takes a token for an audience, such as `hub%2Fdevices%2Fpump-7`; a later one for the same replaces it. */
  put(audience: string, token: string): Grant | Refused {
    const text = decoded(audience);
    const path = text.replace(/^[a-z]+:\/\//i, "").replace(/^[^/]*/, "");
    const address = linkAddress(`${path}/twin`);
    const nobody = { deviceId: "", moduleId: "" };
    if (this.#grants.size >= MOST && !this.#grants.has(text.toLowerCase()))
      return { cause: "throttled", why: `a connection holds at most ${MOST} tokens`, ...nobody };
    if (address?.kind === "twin") return this.#device(address, token);
    const isEvents = /^(?:sb|amqps?):\/\//i.test(text);
    const verdict = isEvents
      ? this.#authenticator.eventReader(token, path)
      : this.#authenticator.service(token, path);
    if ("cause" in verdict) return { ...verdict, ...nobody };
    const grant: Grant = { kind: isEvents ? "events" : "service", ...verdict };
    this.#grants.set(text.toLowerCase(), grant);
    if (!isEvents && verdict.rights.includes("deviceConnect")) this.#deviceTokens.set(verdict.policy, token);
    return grant;
  }

  /** Whom a link may speak for, by what was put for it, a policy that lets devices connect, or the certificate. */
  device(address: Address): Extract<Grant, { kind: "device" }> | Refused {
    const grant = this.#grants.get(keyOf(address));
    if (grant?.kind === "device") return grant;
    for (const token of this.#deviceTokens.values()) {
      const found = this.#device(address, token);
      if ("kind" in found) return found;
    }
    if (this.#certificate) return this.#device(address, "");
    const { deviceId, moduleId } = address;
    return { cause: "forbidden", why: "it put no token on this connection", deviceId, moduleId };
  }

  /** True when a service application may do this here; `kinds` says with which tokens. */
  allows(right: Right, ...kinds: readonly Grant["kind"][]): boolean {
    return [...this.#grants.values()].some(
      (grant) => grant.kind !== "device" && kinds.includes(grant.kind) && grant.rights.includes(right),
    );
  }

  /** Takes away what has expired and answers it. */
  expired(now: number): Grant[] {
    const gone = [...this.#grants].filter(([, { expiresAt }]) => expiresAt <= now);
    for (const [key, grant] of gone) {
      this.#grants.delete(key);
      if (grant.kind !== "device") this.#deviceTokens.delete(grant.policy);
    }
    return gone.map(([, grant]) => grant);
  }

  #device(address: Address, token: string): Extract<Grant, { kind: "device" }> | Refused {
    const { deviceId, moduleId } = address;
    const verdict = this.#authenticator.device(deviceId, moduleId, token, this.#certificate);
    if ("cause" in verdict) return { ...verdict, deviceId, moduleId };
    const grant = { kind: "device", ...verdict } as const;
    this.#grants.set(keyOf(address), grant);
    return grant;
  }
}

const keyOf = ({ deviceId, moduleId }: Address): string => `device\n${deviceId}\n${moduleId}`;
