import { randomBytes } from "node:crypto";
import type { Clock } from "@picket/kit";
import type { OperationCause } from "@picket/schema";
import type { KeyValueStore, Vault } from "../slots.js";
import type { Identity, Registry } from "./registry.js";
import { checkSasToken, parseSasToken } from "./sas-token.js";

/** What a shared access policy may allow. */
export type Right = "registryRead" | "registryWrite" | "serviceConnect" | "deviceConnect";

/** A shared access policy of the hub. */
export interface Policy {
  readonly name: string;
  readonly rights: readonly Right[];
  /** Base64. */
  readonly primaryKey: string;
  readonly secondaryKey: string;
}

const builtIn: Readonly<Record<string, readonly Right[]>> = {
  iothubowner: ["registryRead", "registryWrite", "serviceConnect", "deviceConnect"],
  service: ["serviceConnect"],
  device: ["deviceConnect"],
  registryRead: ["registryRead"],
  registryReadWrite: ["registryRead", "registryWrite"],
};

/** What a device's credentials came to. */
export type DeviceVerdict =
  | { readonly identity: Identity; readonly expiresAt: number }
  | { readonly cause: Exclude<OperationCause, "">; readonly why: string };

/** What a service application's credentials came to. */
export type ServiceVerdict =
  | { readonly policy: string; readonly rights: readonly Right[]; readonly expiresAt: number }
  | { readonly cause: Exclude<OperationCause, "">; readonly why: string };

const reasons: Readonly<Partial<Record<OperationCause, string>>> = {
  invalidSignature: "the signature of the token is made by none of the keys",
  expiredToken: "the token has expired",
  wrongAudience: "the token is for something else",
};

/** Tells who a caller is and what they may do, whatever the protocol. */
export class Authenticator {
  readonly #registry: Registry;
  readonly #hostNames: readonly string[];
  readonly #clock: Clock;
  readonly #store: KeyValueStore;
  readonly #vault: Vault;
  readonly #policies = new Map<string, Policy>();

  constructor(around: {
    readonly registry: Registry;
    readonly store: KeyValueStore;
    readonly vault: Vault;
    readonly clock: Clock;
    readonly hostNames: readonly string[];
  }) {
    this.#registry = around.registry;
    this.#hostNames = around.hostNames;
    this.#clock = around.clock;
    this.#store = around.store;
    this.#vault = around.vault;
  }

  /** Reads the policies, made at the first start. */
  async open(): Promise<void> {
    for (const [name, rights] of Object.entries(builtIn)) {
      const sealed = this.#store.get(`policy/${name}`);
      const secret = sealed ? this.#vault.open(sealed) : randomBytes(64);
      if (!sealed) await this.#store.write([{ key: `policy/${name}`, value: this.#vault.seal(secret) }]);
      const key = (from: number): string => Buffer.from(secret.subarray(from, from + 32)).toString("base64");
      this.#policies.set(name, { name, rights, primaryKey: key(0), secondaryKey: key(32) });
    }
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
    return [...this.#policies.values()];
  }

  device(deviceId: string, moduleId: string, credential: string): DeviceVerdict {
    const token = parseSasToken(credential);
    if (!token) return { cause: "malformedToken", why: "the password is no shared access signature" };
    const identity = this.#registry.find(deviceId, moduleId);
    if (!identity) return { cause: "unknownDevice", why: "it is not registered" };
    const device = moduleId === "" ? identity : this.#registry.find(deviceId);
    const policy = token.policy === undefined ? undefined : this.#policies.get(token.policy);
    if (token.policy !== undefined && !policy?.rights.includes("deviceConnect"))
      return {
        cause: "forbidden",
        why: `the policy ${token.policy.slice(0, 64)} does not let devices connect`,
      };
    const keys = policy ? [policy.primaryKey, policy.secondaryKey] : this.#registry.keys(identity);
    const path = moduleId === "" ? `/devices/${deviceId}` : `/devices/${deviceId}/modules/${moduleId}`;
    const cause = checkSasToken(token, { hostNames: this.#hostNames, path, keys, now: this.#clock.now() });
    if (cause !== "") return { cause, why: reasons[cause] ?? cause };
    if (identity.status !== "enabled" || device?.status !== "enabled")
      return { cause: "disabledDevice", why: "it is disabled" };
    return { identity, expiresAt: token.expiresAt * 1000 };
  }

  /** A reader of the Event Hub-compatible endpoint; `path` is what it reads. */
  eventReader(credential: string, path: string): ServiceVerdict {
    return this.service(credential, path, "text");
  }

  service(credential: string | undefined, path: string, signsWith: "key" | "text" = "key"): ServiceVerdict {
    const token = parseSasToken(credential ?? "");
    if (!token)
      return { cause: "malformedToken", why: "the Authorization header holds no shared access signature" };
    const policy = this.#policies.get(token.policy ?? "");
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
