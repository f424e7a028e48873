import type { X509Certificate } from "node:crypto";
import type { Clock } from "@picket/kit";
import type { OperationCause } from "@picket/schema";
import type { KeyValueStore, Vault } from "../slots.js";
import { type ChainVerdict, checkThumbprint } from "./certificate-chain.js";
import type { Certificates } from "./certificates.js";
import { Policies, type Policy, type Right } from "./policies.js";
import type { Identity, Registry } from "./registry.js";
import { checkSasToken, parseSasToken, type SasToken } from "./sas-token.js";

export type { Policy, Right } from "./policies.js";

/** What a device's credentials came to. */
export type DeviceVerdict =
  | { readonly identity: Identity; readonly expiresAt: number; readonly authType: "Sas" | "X509" }
  | Refusal;

/** Why a caller is not let in. */
export interface Refusal {
  readonly cause: Exclude<OperationCause, "">;
  readonly why: string;
}

/** What a service application's credentials came to. */
export type ServiceVerdict =
  | { readonly policy: string; readonly rights: readonly Right[]; readonly expiresAt: number }
  | { readonly cause: Exclude<OperationCause, "">; readonly why: string };

const reasons: Readonly<Partial<Record<OperationCause, string>>> = {
  invalidSignature: "the signature of the token is made by none of the keys",
  expiredToken: "the token has expired",
  wrongAudience: "the token is for something else",
};

const unknown: Refusal = { cause: "unknownDevice", why: "it is not registered" };

/** Tells who a caller is and what they may do, whatever the protocol. */
export class Authenticator {
  readonly policyBook: Policies;
  readonly #registry: Registry;
  readonly #hostNames: readonly string[];
  readonly #clock: Clock;
  readonly #certificates: Certificates;

  constructor(around: {
    readonly registry: Registry;
    readonly store: KeyValueStore;
    readonly vault: Vault;
    readonly certificates: Certificates;
    readonly clock: Clock;
    readonly hostNames: readonly string[];
  }) {
    this.#registry = around.registry;
    this.#hostNames = around.hostNames;
    this.#clock = around.clock;
    this.policyBook = new Policies(around);
    this.#certificates = around.certificates;
  }

  /** Reads the policies, made at the first start. */
  open(): Promise<void> {
    return this.policyBook.open();
  }

  /** True when a client that names this host means this hub. */
  answersTo(host: string): boolean {
    const name = host.toLowerCase().replace(/:\d{1,5}$/, "");
    return this.#hostNames.some((each) => each.toLowerCase() === name);
  }

  /** The name the hub gives away. */
  get hostName(): string {
    return this.#hostNames[0] ?? "localhost";
  }

  policies(): Policy[] {
    return this.policyBook.list();
  }

  /** Checks a device's or module's token, or without one the certificate of its connection. */
  device(deviceId: string, moduleId: string, token: string, certificate?: X509Certificate): DeviceVerdict {
    const identity = this.#registry.find(deviceId, moduleId);
    if (token === "" && certificate) {
      if (!identity) return unknown;
      const verdict = this.#certificate(identity, certificate);
      return "cause" in verdict ? verdict : this.#enabled(identity, verdict.validTo, "X509");
    }
    const parsed = parseSasToken(token);
    if (!parsed)
      return { cause: "malformedToken", why: "there is neither a shared access signature nor a certificate" };
    if (!identity) return unknown;
    const refusal = this.#token(identity, parsed);
    return refusal ?? this.#enabled(identity, parsed.expiresAt * 1000, "Sas");
  }

  #token(identity: Identity, token: SasToken): Refusal | undefined {
    const { deviceId, moduleId } = identity;
    const policy = token.policy === undefined ? undefined : this.policyBook.find(token.policy);
    if (token.policy !== undefined && !policy?.rights.includes("deviceConnect"))
      return {
        cause: "forbidden",
        why: `the policy ${token.policy.slice(0, 64)} does not let devices connect`,
      };
    if (!policy && identity.authType !== "sas")
      return { cause: "certificateMismatch", why: "it is registered with a certificate, not with keys" };
    const keys = policy ? [policy.primaryKey, policy.secondaryKey] : this.#registry.keys(identity);
    const path = moduleId === "" ? `/devices/${deviceId}` : `/devices/${deviceId}/modules/${moduleId}`;
    const cause = checkSasToken(token, { hostNames: this.#hostNames, path, keys, now: this.#clock.now() });
    return cause === "" ? undefined : { cause, why: reasons[cause] ?? cause };
  }

  #certificate(identity: Identity, certificate: X509Certificate): ChainVerdict {
    const { deviceId, authType, primaryThumbprint, secondaryThumbprint } = identity;
    if (authType === "selfSigned")
      return checkThumbprint(certificate, [primaryThumbprint, secondaryThumbprint], this.#clock.now());
    if (authType === "certificateAuthority") return this.#certificates.check(deviceId, certificate);
    return { cause: "certificateMismatch", why: "it is registered with keys, not with a certificate" };
  }

  #enabled(identity: Identity, expiresAt: number, authType: "Sas" | "X509"): DeviceVerdict {
    const device = identity.moduleId === "" ? identity : this.#registry.find(identity.deviceId);
    if (identity.status !== "enabled" || device?.status !== "enabled")
      return { cause: "disabledDevice", why: "it is disabled" };
    return { identity, expiresAt, authType };
  }

  /** A reader of the Event Hub-compatible endpoint; `path` is what it reads. */
  eventReader(credential: string, path: string): ServiceVerdict {
    return this.service(credential, path, "text");
  }

  service(credential: string | undefined, path: string, signsWith: "key" | "text" = "key"): ServiceVerdict {
    const token = parseSasToken(credential ?? "");
    if (!token)
      return { cause: "malformedToken", why: "the Authorization header holds no shared access signature" };
    const policy = this.policyBook.find(token.policy ?? "");
    if (!policy)
      return { cause: "forbidden", why: `there is no policy ${(token.policy ?? "").slice(0, 64)}` };
    const cause = checkSasToken(token, {
      hostNames: this.#hostNames,
      path,
      keys: [policy.primaryKey, policy.secondaryKey],
      now: this.#clock.now(),
      signsWith,
    });
    return cause === ""
      ? { policy: policy.name, rights: policy.rights, expiresAt: token.expiresAt * 1000 }
      : { cause, why: reasons[cause] ?? cause };
  }
}
