import { randomBytes, randomUUID } from "node:crypto";
import { hubErrors } from "../errors.js";
import type { Vault } from "../slots.js";
import { checkProperties, patched, withoutMeta } from "../twins/properties.js";
import { type Identity, type IdentityDraft, newEtag, registryLimits, thumbprintOf } from "./identity.js";

const TWIN_BYTES = 32_768;
const TAG_BYTES = 8_192;

/** What a twin is changed by: merged, or put in the place of what is there. */
export interface TwinChange {
  readonly tags?: object;
  readonly desired?: object;
  readonly replace?: boolean;
}

function bounded<T>(what: string, value: T, limit: number): T {
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes > limit)
    throw hubErrors.argumentInvalid({ what, why: `they have ${bytes} bytes, at most ${limit} are kept` });
  return value;
}

/** A key as it is kept: made when none is given. */
export function sealedKey(vault: Vault, key: string | undefined): string {
  const plain = key ? Buffer.from(key, "base64") : randomBytes(32);
  const [least, most] = registryLimits.keyBytes;
  if (plain.length < least || plain.length > most)
    throw hubErrors.argumentInvalid({ what: "The key", why: "it must be base64 of 16 to 64 bytes" });
  return Buffer.from(vault.seal(plain)).toString("base64");
}

/** A new identity with an empty twin, or the twin that the draft gives. */
export function drafted(
  id: { deviceId: string; moduleId: string },
  draft: IdentityDraft,
  made: Making,
): Identity {
  const time = new Date(made.now).toISOString();
  const generationId = randomUUID().replaceAll("-", "").slice(0, 18);
  const isEdge = draft.isEdge ?? false;
  const stamps = { $: [made.now, 1] as const };
  const empty: Identity = {
    ...id,
    generationId,
    etag: newEtag(),
    status: draft.status ?? "enabled",
    statusReason: draft.statusReason ?? "",
    statusUpdatedTime: time,
    authType: draft.authType ?? "sas",
    primary: sealedKey(made.vault, draft.primaryKey),
    secondary: sealedKey(made.vault, draft.secondaryKey),
    primaryThumbprint: thumbprintOf(draft.primaryThumbprint ?? ""),
    secondaryThumbprint: thumbprintOf(draft.secondaryThumbprint ?? ""),
    isEdge,
    deviceScope: isEdge ? `ms-azure-iot-edge://${id.deviceId}-${generationId}` : (draft.deviceScope ?? ""),
    parentScopes: draft.parentScopes ?? (isEdge || !draft.deviceScope ? [] : [draft.deviceScope]),
    managedBy: draft.managedBy ?? "",
    createdTime: time,
    sdkVersion: "",
    tags: {},
    desired: {},
    desiredVersion: 1,
    desiredStamps: stamps,
    reported: {},
    reportedVersion: 1,
    reportedStamps: stamps,
    twinEtag: newEtag(),
    twinVersion: 1,
    desiredUpdatedTime: time,
    reportedUpdatedTime: time,
    configurations: {},
  };
  checkAuthentication(empty);
  const given = {
    ...(draft.tags ? { tags: draft.tags } : {}),
    ...(draft.desired ? { desired: draft.desired } : {}),
  };
  const { tags, desired, desiredStamps } = twinChanged(empty, given, made.now);
  return { ...empty, tags, desired, desiredStamps };
}

/** What identities are made with. */
export interface Making {
  readonly vault: Vault;
  readonly now: number;
}

/** An identity with what a draft changes of it. */
export function redrafted(identity: Identity, draft: IdentityDraft, { vault, now }: Making): Identity {
  const isOther = draft.status !== undefined && draft.status !== identity.status;
  const isEdge = draft.isEdge ?? identity.isEdge;
  const own = `ms-azure-iot-edge://${identity.deviceId}-${identity.generationId}`;
  const scope = draft.deviceScope ?? identity.deviceScope;
  const next: Identity = {
    ...identity,
    etag: newEtag(),
    status: draft.status ?? identity.status,
    statusReason: draft.statusReason ?? identity.statusReason,
    statusUpdatedTime: isOther ? new Date(now).toISOString() : identity.statusUpdatedTime,
    authType: draft.authType ?? identity.authType,
    primary: draft.primaryKey ? sealedKey(vault, draft.primaryKey) : identity.primary,
    secondary: draft.secondaryKey ? sealedKey(vault, draft.secondaryKey) : identity.secondary,
    primaryThumbprint: thumbprintOf(draft.primaryThumbprint ?? identity.primaryThumbprint),
    secondaryThumbprint: thumbprintOf(draft.secondaryThumbprint ?? identity.secondaryThumbprint),
    isEdge,
    deviceScope: isEdge ? own : scope === own ? "" : scope,
    parentScopes: draft.parentScopes ?? identity.parentScopes,
    managedBy: draft.managedBy ?? identity.managedBy,
  };
  checkAuthentication(next);
  return next;
}

function checkAuthentication({ authType, primaryThumbprint, secondaryThumbprint }: Identity): void {
  if (authType === "selfSigned" && primaryThumbprint === "" && secondaryThumbprint === "")
    throw hubErrors.argumentInvalid({
      what: "The authentication",
      why: "selfSigned needs the thumbprint of a certificate",
    });
}

/** An identity after its tags or desired properties changed. */
export function twinChanged(identity: Identity, change: TwinChange, now: number): Identity {
  const version = identity.desiredVersion + (change.desired ? 1 : 0);
  let next = identity;
  if (change.tags) {
    checkProperties("The tags", change.tags);
    const start = change.replace
      ? undefined
      : { properties: identity.tags, stamps: { $: [now, 1] as const } };
    next = {
      ...next,
      tags: bounded("The tags", patched(start, change.tags, [now, 1]).properties, TAG_BYTES),
    };
  }
  if (change.desired) {
    const given = withoutMeta(change.desired);
    checkProperties("The desired properties", given);
    const start = { properties: identity.desired, stamps: identity.desiredStamps };
    const { properties, stamps } = patched(change.replace ? undefined : start, given, [now, version]);
    next = {
      ...next,
      desired: bounded("The desired properties", properties, TWIN_BYTES),
      desiredStamps: stamps,
      desiredVersion: version,
      desiredUpdatedTime: new Date(now).toISOString(),
    };
  }
  return { ...next, twinEtag: newEtag(), twinVersion: identity.twinVersion + 1 };
}

/** An identity after its device reported. */
export function reportedBy(identity: Identity, patch: object, now: number): Identity {
  const given = withoutMeta(patch);
  checkProperties("The reported properties", given);
  const version = identity.reportedVersion + 1;
  const start = { properties: identity.reported, stamps: identity.reportedStamps };
  const { properties, stamps } = patched(start, given, [now, version]);
  return {
    ...identity,
    reported: bounded("The reported properties", properties, TWIN_BYTES),
    reportedStamps: stamps,
    reportedVersion: version,
    reportedUpdatedTime: new Date(now).toISOString(),
    twinEtag: newEtag(),
    twinVersion: identity.twinVersion + 1,
  };
}

/** An identity that an older version kept, with what it did not keep yet. */
export function completed(kept: Identity): Identity {
  if (kept.desiredStamps) return kept;
  const stampsOf = (time: string, version: number) => ({ $: [Date.parse(time), version] as const });
  return {
    ...kept,
    primaryThumbprint: "",
    secondaryThumbprint: "",
    isEdge: false,
    deviceScope: "",
    parentScopes: [],
    managedBy: "",
    desiredStamps: stampsOf(kept.desiredUpdatedTime, kept.desiredVersion),
    reportedStamps: stampsOf(kept.reportedUpdatedTime, kept.reportedVersion),
    configurations: {},
  };
}
