import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "@picket/kit";
import { type DeviceSnapshot, recordKind } from "@picket/schema";
import { hubErrors } from "../errors.js";
import type { Outbound } from "../outbound.js";
import type { KeyValueStore, Vault } from "../slots.js";
import { asJson, State } from "../state.js";
import { completed, drafted, redrafted, reportedBy, type TwinChange, twinChanged } from "./drafts.js";
import {
  checkIds,
  type Identity,
  type IdentityDraft,
  isId,
  keyOf,
  matchEtag,
  named,
  type Presence,
  registryLimits,
} from "./identity.js";
import type { KeyChoice } from "./policies.js";

export type { Identity, IdentityDraft, Presence } from "./identity.js";

/** A change of an identity or its twin, told once it is on disk. */
export interface IdentityChange {
  readonly kind: "created" | "updated" | "twin" | "reported" | "removed" | "connected" | "disconnected";
  readonly identity: Identity;
  /** What was changed, for `twin` and `reported`. */
  readonly patch?: TwinChange & { readonly reported?: object };
  /** Set when an automatic configuration made it. */
  readonly isRollout?: boolean;
}

/** One twin of many to change. */
export interface TwinTask {
  readonly address: { readonly deviceId: string; readonly moduleId: string };
  readonly change?: TwinChange;
  /** What automatic configurations came to, when one of them asks. */
  readonly configurations?: Identity["configurations"];
}

/** A twin that is changed and not written yet. */
export interface PreparedTwin {
  readonly identity: Identity;
  readonly patch?: TwinChange;
  readonly isRollout: boolean;
}

type Entry = ReturnType<typeof asJson>;

interface Counts {
  readonly total: number;
  readonly enabled: number;
}

const ACTIVITY_MS = 60_000;
const COUNTS = "registry/counts";
const never: Presence = { isConnected: false, changedAt: 0, lastActivityAt: 0 };
const decoded = (value: Uint8Array): Identity => completed(JSON.parse(Buffer.from(value).toString()));

/** Identities and twins: in the store, and every change as a record of the stream. */
export class Registry {
  readonly #state: State;
  readonly #vault: Vault;
  readonly #outbound: Outbound;
  readonly #clock: Clock;
  readonly #presence = new Map<string, Presence>();
  readonly #watchers = new Set<(change: IdentityChange) => void>();
  #connected = 0;
  #toldBefore: Promise<void> = Promise.resolve();

  constructor(around: {
    readonly store: KeyValueStore;
    readonly vault: Vault;
    readonly outbound: Outbound;
    readonly clock: Clock;
  }) {
    this.#state = around.store instanceof State ? around.store : new State(around.store);
    this.#vault = around.vault;
    this.#outbound = around.outbound;
    this.#clock = around.clock;
  }

  /** Tells of every change from now on; returns how to stop it. */
  watch(watcher: (change: IdentityChange) => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  find(deviceId: string, moduleId = ""): Identity | undefined {
    // What cannot be an id is not looked for: the store takes no key with a zero byte.
    if (!isId(deviceId) || (moduleId !== "" && !isId(moduleId))) return undefined;
    const bytes = this.#state.get(keyOf(deviceId, moduleId));
    return bytes && decoded(bytes);
  }

  get(deviceId: string, moduleId = ""): Identity {
    const identity = this.find(deviceId, moduleId);
    if (identity) return identity;
    throw hubErrors.deviceNotFound({ id: named(deviceId, moduleId) });
  }

  /** Devices in order of their id, without modules. */
  list({ after = "", limit }: { readonly after?: string; readonly limit: number }): Identity[] {
    const found: Identity[] = [];
    let from = after === "" ? "" : `${keyOf(after, "")}\uffff`;
    while (found.length < limit) {
      const { identities, next } = this.page({ after: from, limit: 200, kind: "devices" });
      found.push(...identities.slice(0, limit - found.length));
      if (next === undefined) break;
      from = next;
    }
    return found;
  }

  /** Reads on from a place in the registry: at most `limit` entries are looked at, of which one kind is returned. */
  page(options: {
    readonly after: string;
    readonly limit: number;
    readonly kind: "devices" | "modules" | "all";
  }): {
    identities: Identity[];
    next?: string;
  } {
    const { after, limit, kind } = options;
    const entries = this.#state.range({ prefix: "identity/", after, limit });
    const identities = entries
      .filter(({ key }) => kind === "all" || key.endsWith("|") === (kind === "devices"))
      .map(({ value }) => decoded(value));
    const next = entries.length < limit ? undefined : entries.at(-1)?.key;
    return { identities, ...(next === undefined ? {} : { next }) };
  }

  modules(deviceId: string): Identity[] {
    const prefix = keyOf(deviceId, "");
    return this.#state
      .range({ prefix, after: prefix, limit: registryLimits.modules })
      .map(({ value }) => decoded(value));
  }

  async create(deviceId: string, moduleId = "", draft: IdentityDraft = {}): Promise<Identity> {
    checkIds(deviceId, moduleId);
    if (moduleId !== "") this.get(deviceId);
    if (this.find(deviceId, moduleId)) throw hubErrors.deviceAlreadyExists({ id: named(deviceId, moduleId) });
    if (moduleId !== "" && this.modules(deviceId).length >= registryLimits.modules)
      throw hubErrors.tooManyModules({ id: deviceId, most: registryLimits.modules });
    if (moduleId === "" && this.count().total >= registryLimits.identities)
      throw hubErrors.tooManyDevices({ most: registryLimits.identities });
    const made = drafted({ deviceId, moduleId }, draft, { vault: this.#vault, now: this.#clock.now() });
    return this.#write("created", made);
  }

  async update({ deviceId, moduleId }: Identity, draft: IdentityDraft, ifMatch = "*"): Promise<Identity> {
    const now = this.get(deviceId, moduleId);
    matchEtag(named(deviceId, moduleId), ifMatch, now.etag);
    const made = { vault: this.#vault, now: this.#clock.now() };
    return this.#write("updated", redrafted(now, draft, made), now);
  }

  /** Makes a key anew; `swap` makes the secondary the primary, so that devices can be moved one by one. */
  async rollKeys(identity: Identity, choice: KeyChoice): Promise<Identity> {
    const [primaryKey, secondaryKey] = this.keys(this.get(identity.deviceId, identity.moduleId));
    const fresh = randomBytes(32).toString("base64");
    const draft = {
      primary: { primaryKey: fresh },
      secondary: { secondaryKey: fresh },
      swap: { primaryKey: secondaryKey, secondaryKey: primaryKey },
    }[choice];
    return this.update(identity, draft);
  }

  /** Removes a device with its modules, or one module. */
  async remove({ deviceId, moduleId }: Identity, ifMatch = "*"): Promise<void> {
    const identity = this.get(deviceId, moduleId);
    matchEtag(named(deviceId, moduleId), ifMatch, identity.etag);
    const gone = moduleId === "" ? [identity, ...this.modules(deviceId)] : [identity];
    await this.#state.write([
      ...gone.map((each) => ({ key: keyOf(each.deviceId, each.moduleId), remove: true as const })),
      ...this.#counted(identity, undefined),
    ]);
    for (const each of gone) {
      this.#presenceOf(keyOf(each.deviceId, each.moduleId), undefined);
      this.#tell(each, "deleted");
      this.#told({ kind: "removed", identity: each });
    }
  }

  /** Changes desired properties or tags by merge patch, or replaces them. */
  async setTwin({ deviceId, moduleId }: Identity, change: TwinChange, ifMatch = "*"): Promise<Identity> {
    const now = this.get(deviceId, moduleId);
    matchEtag(named(deviceId, moduleId), ifMatch, now.twinEtag);
    return this.#write("twin", twinChanged(now, change, this.#clock.now()), now, change);
  }

  /** Applies a device's patch of its reported properties. */
  async report({ deviceId, moduleId }: Identity, patch: object): Promise<Identity> {
    const now = this.get(deviceId, moduleId);
    return this.#write("reported", reportedBy(now, patch, this.#clock.now()), now, { reported: patch });
  }

  /** What a task makes of a twin, not written yet; an error when it may not. */
  prepared({ address: { deviceId, moduleId }, change, configurations }: TwinTask): PreparedTwin | Error {
    try {
      const now = this.get(deviceId, moduleId);
      const changed = change ? twinChanged(now, change, this.#clock.now()) : now;
      const identity = configurations ? { ...changed, configurations } : changed;
      return { identity, ...(change ? { patch: change } : {}), isRollout: configurations !== undefined };
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /** Writes prepared twins in one go, with what else belongs to them; resolves when all are on disk and told. Nothing may be awaited in between. */
  async setMany(changed: readonly PreparedTwin[], also: readonly Entry[] = []): Promise<void> {
    if (changed.length + also.length === 0) return;
    await this.#state.write([
      ...changed.map(({ identity }) => asJson(keyOf(identity.deviceId, identity.moduleId), identity)),
      ...also,
    ]);
    for (const { identity, patch, isRollout } of changed) {
      if (patch) this.#tell(identity);
      this.#told({ kind: "twin", identity, ...(patch ? { patch } : {}), isRollout });
    }
    // The stream writes these while the next ones are made; the ones before must be written, so that none pile up.
    const before = this.#toldBefore;
    this.#toldBefore = this.#outbound.drained();
    await before;
  }

  /** Primary and secondary key, base64. */
  keys({ primary, secondary }: Identity): readonly [string, string] {
    const open = (sealed: string): string =>
      Buffer.from(this.#vault.open(Buffer.from(sealed, "base64"))).toString("base64");
    return [open(primary), open(secondary)];
  }

  presence(deviceId: string, moduleId: string): Presence {
    return this.#presence.get(keyOf(deviceId, moduleId)) ?? never;
  }

  /** Identities that are connected now. */
  get connected(): number {
    return this.#connected;
  }

  /** Notes that an identity connected or left. */
  async present({ deviceId, moduleId }: Identity, isConnected: boolean, sdkVersion = ""): Promise<void> {
    const at = this.#clock.now();
    this.#presenceOf(keyOf(deviceId, moduleId), { isConnected, changedAt: at, lastActivityAt: at });
    const identity = this.find(deviceId, moduleId);
    if (!identity) return;
    this.#told({ kind: isConnected ? "connected" : "disconnected", identity });
    if (isConnected && sdkVersion !== "" && sdkVersion !== identity.sdkVersion)
      await this.#write("updated", { ...identity, sdkVersion }, identity);
    else this.#tell(identity);
  }

  /** Notes that an identity spoke; told to the stream once a minute at most. */
  active(deviceId: string, moduleId: string): void {
    const key = keyOf(deviceId, moduleId);
    const presence = this.#presence.get(key) ?? never;
    const now = this.#clock.now();
    if (now - presence.lastActivityAt < ACTIVITY_MS) return;
    this.#presenceOf(key, { ...presence, lastActivityAt: now });
    const identity = this.find(deviceId, moduleId);
    if (identity) this.#tell(identity);
    if (moduleId !== "") this.active(deviceId, "");
  }

  /** Devices in all, and enabled ones; kept with every change. */
  count(): Counts {
    const kept = this.#state.json<Counts>(COUNTS);
    if (kept) return kept;
    const counted = { total: 0, enabled: 0 };
    for (let after: string | undefined = ""; after !== undefined; ) {
      const page = this.page({ after, limit: 1_000, kind: "devices" });
      counted.total += page.identities.length;
      counted.enabled += page.identities.filter(({ status }) => status === "enabled").length;
      after = page.next;
    }
    return counted;
  }

  async #write(
    kind: IdentityChange["kind"],
    identity: Identity,
    before?: Identity,
    patch?: IdentityChange["patch"],
  ): Promise<Identity> {
    const key = keyOf(identity.deviceId, identity.moduleId);
    await this.#state.write([asJson(key, identity), ...this.#counted(before, identity)]);
    this.#tell(identity);
    this.#told({ kind, identity, ...(patch ? { patch } : {}) });
    return identity;
  }

  /** The counts after an identity became another, came or went, when that changes them. */
  #counted(before: Identity | undefined, after: Identity | undefined): ReturnType<typeof asJson>[] {
    if ((before ?? after)?.moduleId !== "") return [];
    const isEnabled = (identity: Identity | undefined): number => (identity?.status === "enabled" ? 1 : 0);
    const total = (after ? 1 : 0) - (before ? 1 : 0);
    const enabled = isEnabled(after) - isEnabled(before);
    if (total === 0 && enabled === 0) return [];
    const now = this.count();
    return [asJson(COUNTS, { total: now.total + total, enabled: now.enabled + enabled })];
  }

  #presenceOf(key: string, next: Presence | undefined): void {
    const was = this.#presence.get(key)?.isConnected ?? false;
    this.#connected += (next?.isConnected ? 1 : 0) - (was ? 1 : 0);
    if (next) this.#presence.set(key, next);
    else this.#presence.delete(key);
  }

  #told(change: IdentityChange): void {
    for (const watcher of this.#watchers) watcher(change);
  }

  /** Digests of the credentials in force, cut so short that they tell two alike and nothing else. */
  #printsOf(identity: Identity): string[] {
    const { authType, primaryThumbprint, secondaryThumbprint } = identity;
    const secrets =
      authType === "sas"
        ? this.keys(identity)
        : authType === "selfSigned"
          ? [primaryThumbprint, secondaryThumbprint]
          : [];
    return secrets
      .filter((secret) => secret !== "")
      .map((secret) => createHash("sha256").update(`picket print ${secret}`).digest("hex").slice(0, 12));
  }

  #tell(identity: Identity, status: DeviceSnapshot["status"] = identity.status): void {
    const { deviceId, moduleId } = identity;
    const presence = this.presence(deviceId, moduleId);
    const snapshot: DeviceSnapshot = {
      deviceId,
      moduleId,
      status,
      authType: identity.authType,
      generationId: identity.generationId,
      connectionState: presence.isConnected ? "Connected" : "Disconnected",
      ...(presence.changedAt > 0
        ? { connectionStateUpdatedTime: new Date(presence.changedAt).toISOString() }
        : {}),
      ...(presence.lastActivityAt > 0
        ? { lastActivityTime: new Date(presence.lastActivityAt).toISOString() }
        : {}),
      createdTime: identity.createdTime,
      sdkVersion: identity.sdkVersion,
      tags: identity.tags,
      desired: identity.desired,
      reported: identity.reported,
      desiredVersion: identity.desiredVersion,
      reportedVersion: identity.reportedVersion,
      ...(moduleId === "" ? { credentialPrints: this.#printsOf(identity) } : {}),
    };
    this.#outbound.keep({
      kind: recordKind.device,
      receivedAt: this.#clock.now(),
      deviceId,
      moduleId,
      body: Buffer.from(JSON.stringify(snapshot)),
    });
  }
}
