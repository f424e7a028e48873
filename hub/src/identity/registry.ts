import { randomBytes, randomUUID } from "node:crypto";
import type { Clock } from "@picket/kit";
import { type DeviceSnapshot, mergePatch, recordKind } from "@picket/schema";
import { hubErrors } from "../errors.js";
import type { Outbound } from "../outbound.js";
import type { KeyValueStore, Vault } from "../slots.js";

/** A device or module as the registry keeps it, with its twin. */
export interface Identity {
  readonly deviceId: string;
  /** Empty for the device itself. */
  readonly moduleId: string;
  readonly generationId: string;
  readonly etag: string;
  readonly status: "enabled" | "disabled";
  readonly statusReason: string;
  readonly statusUpdatedTime: string;
  readonly authType: "sas" | "none";
  /** Base64 of the sealed keys. */
  readonly primary: string;
  readonly secondary: string;
  readonly createdTime: string;
  readonly sdkVersion: string;
  readonly tags: Record<string, unknown>;
  readonly desired: Record<string, unknown>;
  readonly desiredVersion: number;
  readonly reported: Record<string, unknown>;
  readonly reportedVersion: number;
  readonly twinEtag: string;
  readonly twinVersion: number;
  readonly desiredUpdatedTime: string;
  readonly reportedUpdatedTime: string;
}

/** Whether an identity is connected, kept in memory. */
export interface Presence {
  readonly isConnected: boolean;
  readonly changedAt: number;
  readonly lastActivityAt: number;
}

/** What may be given when an identity is made or changed. */
export interface IdentityDraft {
  readonly status?: "enabled" | "disabled";
  readonly statusReason?: string;
  readonly primaryKey?: string;
  readonly secondaryKey?: string;
  readonly tags?: Record<string, unknown>;
  readonly desired?: Record<string, unknown>;
}

const DEVICE_ID = /^[A-Za-z0-9\-:.+%_#*?!(),=@;$']{1,128}$/;
const TWIN_BYTES = 32_768;
const TAG_BYTES = 8_192;
const MODULES = 50;
const ACTIVITY_MS = 60_000;
const never: Presence = { isConnected: false, changedAt: 0, lastActivityAt: 0 };

const keyOf = (deviceId: string, moduleId: string): string => `identity/${deviceId}|${moduleId}`;
const named = (deviceId: string, moduleId: string): string =>
  moduleId === "" ? `The device ${deviceId}` : `The module ${moduleId} of ${deviceId}`;
const etag = (): string => randomBytes(6).toString("base64url");

/** Identities and twins: in the store, and every change as a record of the stream. */
export class Registry {
  readonly #store: KeyValueStore;
  readonly #vault: Vault;
  readonly #outbound: Outbound;
  readonly #clock: Clock;
  readonly #presence = new Map<string, Presence>();

  constructor(around: {
    readonly store: KeyValueStore;
    readonly vault: Vault;
    readonly outbound: Outbound;
    readonly clock: Clock;
  }) {
    this.#store = around.store;
    this.#vault = around.vault;
    this.#outbound = around.outbound;
    this.#clock = around.clock;
  }

  find(deviceId: string, moduleId = ""): Identity | undefined {
    if (deviceId.length > 128 || moduleId.length > 128) return undefined;
    const bytes = this.#store.get(keyOf(deviceId, moduleId));
    return bytes && JSON.parse(Buffer.from(bytes).toString());
  }

  get(deviceId: string, moduleId = ""): Identity {
    const identity = this.find(deviceId, moduleId);
    if (identity) return identity;
    throw hubErrors.deviceNotFound({ id: named(deviceId, moduleId) });
  }

  /** Devices in order of their id, without modules. */
  list({ after = "", limit }: { readonly after?: string; readonly limit: number }): Identity[] {
    const found: Identity[] = [];
    let from = after === "" ? "identity/" : `${keyOf(after, "")}\uffff`;
    while (found.length < limit) {
      const entries = this.#store.range({ prefix: "identity/", after: from, limit: 200 });
      if (entries.length === 0) break;
      for (const { key, value } of entries) {
        if (key.endsWith("|") && found.length < limit) found.push(JSON.parse(Buffer.from(value).toString()));
      }
      from = entries.at(-1)!.key;
    }
    return found;
  }

  modules(deviceId: string): Identity[] {
    const entries = this.#store.range({ prefix: keyOf(deviceId, ""), limit: MODULES + 1 });
    return entries
      .map(({ value }): Identity => JSON.parse(Buffer.from(value).toString()))
      .filter(({ moduleId }) => moduleId !== "");
  }

  async create(deviceId: string, moduleId = "", draft: IdentityDraft = {}): Promise<Identity> {
    if (!DEVICE_ID.test(deviceId))
      throw hubErrors.argumentInvalid({
        what: "The device id",
        why: "it needs 1 to 128 letters, digits or - : . + % _ # * ? ! ( ) , = @ ; $ '",
      });
    if (moduleId !== "" && !DEVICE_ID.test(moduleId))
      throw hubErrors.argumentInvalid({
        what: "The module id",
        why: "it needs 1 to 128 letters, digits or - : . + % _ # * ? ! ( ) , = @ ; $ '",
      });
    if (moduleId !== "") this.get(deviceId);
    if (this.find(deviceId, moduleId)) throw hubErrors.deviceAlreadyExists({ id: named(deviceId, moduleId) });
    if (moduleId !== "" && this.modules(deviceId).length >= MODULES)
      throw hubErrors.argumentInvalid({ what: "The module", why: `a device has at most ${MODULES}` });
    const now = new Date(this.#clock.now()).toISOString();
    const made: Identity = {
      deviceId,
      moduleId,
      generationId: randomUUID().replaceAll("-", "").slice(0, 18),
      etag: etag(),
      status: draft.status ?? "enabled",
      statusReason: draft.statusReason ?? "",
      statusUpdatedTime: now,
      authType: "sas",
      primary: this.#sealed(draft.primaryKey),
      secondary: this.#sealed(draft.secondaryKey),
      createdTime: now,
      sdkVersion: "",
      tags: draft.tags ?? {},
      desired: draft.desired ?? {},
      desiredVersion: 1,
      reported: {},
      reportedVersion: 1,
      twinEtag: etag(),
      twinVersion: 1,
      desiredUpdatedTime: now,
      reportedUpdatedTime: now,
    };
    return this.#write(made);
  }

  async update(identity: Identity, draft: IdentityDraft, ifMatch = "*"): Promise<Identity> {
    this.#match(identity, ifMatch, identity.etag);
    const now = new Date(this.#clock.now()).toISOString();
    return this.#write({
      ...identity,
      etag: etag(),
      status: draft.status ?? identity.status,
      statusReason: draft.statusReason ?? identity.statusReason,
      statusUpdatedTime: draft.status && draft.status !== identity.status ? now : identity.statusUpdatedTime,
      primary: draft.primaryKey ? this.#sealed(draft.primaryKey) : identity.primary,
      secondary: draft.secondaryKey ? this.#sealed(draft.secondaryKey) : identity.secondary,
    });
  }

  /** Removes a device with its modules, or one module. */
  async remove(identity: Identity, ifMatch = "*"): Promise<void> {
    this.#match(identity, ifMatch, identity.etag);
    const gone = identity.moduleId === "" ? [identity, ...this.modules(identity.deviceId)] : [identity];
    await this.#store.write(
      gone.map(({ deviceId, moduleId }) => ({ key: keyOf(deviceId, moduleId), remove: true as const })),
    );
    for (const each of gone) this.#tell(each, "deleted");
  }

  /** Changes desired properties or tags by merge patch, or replaces them. */
  async setTwin(
    identity: Identity,
    change: { readonly tags?: object; readonly desired?: object; readonly replace?: boolean },
    ifMatch = "*",
  ): Promise<Identity> {
    this.#match(identity, ifMatch, identity.twinEtag);
    const apply = (now: Record<string, unknown>, given: object | undefined): Record<string, unknown> =>
      given === undefined
        ? now
        : (mergePatch(change.replace ? {} : now, withoutMeta(given)) as Record<string, unknown>);
    const tags = bounded("The tags", apply(identity.tags, change.tags), TAG_BYTES);
    const desired = bounded("The desired properties", apply(identity.desired, change.desired), TWIN_BYTES);
    const isDesired = change.desired !== undefined;
    return this.#write({
      ...identity,
      tags,
      desired,
      desiredVersion: identity.desiredVersion + (isDesired ? 1 : 0),
      desiredUpdatedTime: isDesired ? new Date(this.#clock.now()).toISOString() : identity.desiredUpdatedTime,
      twinEtag: etag(),
      twinVersion: identity.twinVersion + 1,
    });
  }

  /** Applies a device's patch of its reported properties. */
  async report(identity: Identity, patch: object): Promise<Identity> {
    const reported = bounded(
      "The reported properties",
      mergePatch(identity.reported, withoutMeta(patch)) as Record<string, unknown>,
      TWIN_BYTES,
    );
    const now = new Date(this.#clock.now()).toISOString();
    return this.#write({
      ...identity,
      reported,
      reportedVersion: identity.reportedVersion + 1,
      reportedUpdatedTime: now,
      twinEtag: etag(),
      twinVersion: identity.twinVersion + 1,
    });
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

  /** Notes that an identity connected or left. */
  async present(identity: Identity, isConnected: boolean, sdkVersion = ""): Promise<void> {
    const now = this.#clock.now();
    this.#presence.set(keyOf(identity.deviceId, identity.moduleId), {
      isConnected,
      changedAt: now,
      lastActivityAt: now,
    });
    if (isConnected && sdkVersion !== "" && sdkVersion !== identity.sdkVersion)
      await this.#write({ ...identity, sdkVersion });
    else this.#tell(identity);
  }

  /** Notes that an identity spoke; told to the stream once a minute at most. */
  active(deviceId: string, moduleId: string): void {
    const key = keyOf(deviceId, moduleId);
    const presence = this.#presence.get(key) ?? never;
    const now = this.#clock.now();
    if (now - presence.lastActivityAt < ACTIVITY_MS) return;
    this.#presence.set(key, { ...presence, lastActivityAt: now });
    const identity = this.find(deviceId, moduleId);
    if (identity) this.#tell(identity);
    if (moduleId !== "") this.active(deviceId, "");
  }

  count(): { total: number; enabled: number } {
    let total = 0;
    let enabled = 0;
    for (
      let after = "", page = this.list({ limit: 1_000 });
      page.length > 0;
      page = this.list({ after, limit: 1_000 })
    ) {
      total += page.length;
      enabled += page.filter(({ status }) => status === "enabled").length;
      after = page.at(-1)!.deviceId;
    }
    return { total, enabled };
  }

  async #write(identity: Identity): Promise<Identity> {
    await this.#store.write([
      { key: keyOf(identity.deviceId, identity.moduleId), value: Buffer.from(JSON.stringify(identity)) },
    ]);
    this.#tell(identity);
    return identity;
  }

  #match(identity: Identity, ifMatch: string, present: string): void {
    const given = ifMatch.replace(/^W\//, "").replaceAll('"', "");
    if (given !== "*" && given !== present)
      throw hubErrors.preconditionFailed({ id: named(identity.deviceId, identity.moduleId) });
  }

  #sealed(key: string | undefined): string {
    const plain = key ? Buffer.from(key, "base64") : randomBytes(32);
    if (plain.length < 16 || plain.length > 64)
      throw hubErrors.argumentInvalid({ what: "The key", why: "it must be base64 of 16 to 64 bytes" });
    return Buffer.from(this.#vault.seal(plain)).toString("base64");
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

/** `$version` and `$metadata` are the hub's own. */
const withoutMeta = (properties: object): object =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => !name.startsWith("$")));

function bounded(what: string, value: Record<string, unknown>, limit: number): Record<string, unknown> {
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes > limit)
    throw hubErrors.argumentInvalid({ what, why: `they have ${bytes} bytes, at most ${limit} are kept` });
  return value;
}
