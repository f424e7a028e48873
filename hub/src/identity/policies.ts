import { randomBytes } from "node:crypto";
import type { Clock } from "@picket/kit";
import { hubErrors } from "../errors.js";
import type { KeyValueStore, Vault } from "../slots.js";

/** What a shared access policy may allow. */
export const rights = [
  "registryRead",
  "registryWrite",
  "serviceConnect",
  "deviceConnect",
  "enrollmentRead",
  "enrollmentWrite",
  "registrationStatusRead",
  "registrationStatusWrite",
] as const;
/** One of the rights. */
export type Right = (typeof rights)[number];

/** A shared access policy of the hub. */
export interface Policy {
  readonly name: string;
  readonly rights: readonly Right[];
  /** Base64. */
  readonly primaryKey: string;
  readonly secondaryKey: string;
  readonly isBuiltIn: boolean;
  /** When a key was last made. */
  readonly keysUpdatedTime: string;
}

/** Which key is made anew; `swap` makes the secondary the primary, so that clients can be moved one by one. */
export type KeyChoice = "primary" | "secondary" | "swap";

interface Terms {
  readonly rights: readonly Right[];
  readonly keysUpdatedTime: string;
}

const builtIn: Readonly<Record<string, readonly Right[]>> = {
  iothubowner: ["registryRead", "registryWrite", "serviceConnect", "deviceConnect"],
  service: ["serviceConnect"],
  device: ["deviceConnect"],
  registryRead: ["registryRead"],
  registryReadWrite: ["registryRead", "registryWrite"],
  provisioningserviceowner: [
    "enrollmentRead",
    "enrollmentWrite",
    "registrationStatusRead",
    "registrationStatusWrite",
  ],
};

const NAME = /^[A-Za-z0-9\-._]{1,64}$/;
const MOST = 50;
const BYTES = 32;
const [KEYS, TERMS] = ["policy/", "policy-terms/"];

/** The hub's shared access policies: those it begins with, and the operator's own; keys are sealed. */
export class Policies {
  readonly #store: KeyValueStore;
  readonly #vault: Vault;
  readonly #clock: Clock;
  readonly #policies = new Map<string, Policy>();

  constructor({ store, vault, clock }: { store: KeyValueStore; vault: Vault; clock: Clock }) {
    this.#store = store;
    this.#vault = vault;
    this.#clock = clock;
  }

  /** Reads the policies; those that a hub begins with are made at the first start. */
  async open(): Promise<void> {
    for (const { key } of this.#store.range({ prefix: KEYS, limit: MOST * 2 }))
      this.#read(key.slice(KEYS.length));
    for (const [name, allowed] of Object.entries(builtIn))
      if (!this.#policies.has(name)) await this.#write(name, allowed, randomBytes(BYTES * 2));
  }

  list(): Policy[] {
    return [...this.#policies.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(name: string): Policy | undefined {
    return this.#policies.get(name);
  }

  get(name: string): Policy {
    const policy = this.find(name);
    if (!policy) throw hubErrors.policyNotFound({ name: name.slice(0, 64) });
    return policy;
  }

  /** Makes a policy, or changes what one allows. */
  async put(name: string, allowed: readonly Right[]): Promise<Policy> {
    const refuse = (why: string): never => {
      throw hubErrors.argumentInvalid({ what: "The policy", why });
    };
    if (!NAME.test(name)) refuse("its name needs 1 to 64 letters, digits or - . _");
    if (Object.hasOwn(builtIn, name))
      refuse(`${name} is one that every hub has; what it allows does not change`);
    const unknown = allowed.find((right) => !rights.includes(right));
    if (unknown !== undefined)
      refuse(`there is no right ${String(unknown).slice(0, 32)}; there are ${rights.join(", ")}`);
    if (allowed.length === 0) refuse("it must allow something");
    const present = this.find(name);
    if (!present && this.#policies.size >= MOST) refuse(`there are ${MOST} already, which is the most`);
    return this.#write(
      name,
      [...new Set(allowed)],
      present ? this.#secret(name) : randomBytes(BYTES * 2),
      present,
    );
  }

  async regenerate(name: string, choice: KeyChoice): Promise<Policy> {
    const present = this.get(name);
    const secret = this.#secret(name);
    const [primary, secondary] = [secret.subarray(0, BYTES), secret.subarray(BYTES)];
    const fresh = randomBytes(BYTES);
    const made = { primary: [fresh, secondary], secondary: [primary, fresh], swap: [secondary, primary] }[
      choice
    ];
    return this.#write(name, present.rights, Buffer.concat(made));
  }

  async remove(name: string): Promise<void> {
    if (Object.hasOwn(builtIn, name))
      throw hubErrors.argumentInvalid({
        what: "The policy",
        why: `${name} is one that every hub has; regenerate its keys instead`,
      });
    this.get(name);
    await this.#store.write([KEYS, TERMS].map((prefix) => ({ key: prefix + name, remove: true as const })));
    this.#policies.delete(name);
  }

  #secret(name: string): Uint8Array {
    const sealed = this.#store.get(KEYS + name);
    if (!sealed) throw hubErrors.policyNotFound({ name });
    return this.#vault.open(sealed);
  }

  #read(name: string): void {
    const kept = this.#store.get(TERMS + name);
    const terms: Terms = kept
      ? JSON.parse(Buffer.from(kept).toString())
      : { rights: builtIn[name] ?? [], keysUpdatedTime: new Date(0).toISOString() };
    const secret = this.#secret(name);
    const key = (from: number): string => Buffer.from(secret.subarray(from, from + BYTES)).toString("base64");
    const isBuiltIn = Object.hasOwn(builtIn, name);
    this.#policies.set(name, { name, ...terms, primaryKey: key(0), secondaryKey: key(BYTES), isBuiltIn });
  }

  async #write(name: string, allowed: readonly Right[], secret: Uint8Array, keep?: Policy): Promise<Policy> {
    const keysUpdatedTime = keep?.keysUpdatedTime ?? new Date(this.#clock.now()).toISOString();
    const terms: Terms = { rights: allowed, keysUpdatedTime };
    await this.#store.write([
      { key: KEYS + name, value: this.#vault.seal(secret) },
      { key: TERMS + name, value: Buffer.from(JSON.stringify(terms)) },
    ]);
    this.#read(name);
    return this.get(name);
  }
}
