import { isKnown } from "@picket/kit";
import { hubCodes, hubErrors } from "../errors.js";
import type { Desk } from "./desk.js";
import { draftOf } from "./identity-draft.js";

const MOST = 100;

interface BulkError {
  readonly deviceId: string;
  readonly moduleId?: string;
  readonly errorCode: string;
  readonly errorStatus: string;
}

/** What a bulk operation came to: each item stands or falls alone. */
export interface BulkResult {
  readonly isSuccessful: boolean;
  readonly errors: readonly BulkError[];
  readonly warnings: readonly {
    readonly deviceId: string;
    readonly warningCode: string;
    readonly warningStatus: string;
  }[];
}

interface Item {
  readonly id?: unknown;
  readonly moduleId?: unknown;
  readonly importMode?: unknown;
  readonly eTag?: unknown;
  readonly etag?: unknown;
  readonly tags?: object;
  readonly twinETag?: unknown;
  readonly properties?: { readonly desired?: object };
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Makes, changes or removes up to 100 identities. */
export async function bulk(desk: Desk, items: readonly unknown[]): Promise<BulkResult> {
  if (items.length === 0 || items.length > MOST)
    throw hubErrors.argumentInvalid({
      what: "The list of devices",
      why: `it has ${items.length}, 1 to ${MOST} are taken`,
    });
  const errors: BulkError[] = [];
  for (const item of items) {
    const given: Item = typeof item === "object" && item !== null ? item : {};
    const [deviceId, moduleId] = [text(given.id), text(given.moduleId)];
    try {
      await importOne(desk, { deviceId, moduleId }, given);
    } catch (error) {
      if (!isKnown(error)) throw error;
      const { code, message } = error;
      errors.push({
        deviceId,
        ...(moduleId === "" ? {} : { moduleId }),
        errorCode: hubCodes[code] ?? "InternalServerError",
        errorStatus: message,
      });
    }
  }
  return { isSuccessful: errors.length === 0, errors, warnings: [] };
}

async function importOne(
  { around: { registry }, twins }: Desk,
  id: { deviceId: string; moduleId: string },
  given: Item,
): Promise<void> {
  const { deviceId, moduleId } = id;
  const mode = text(given.importMode).toLowerCase() || "create";
  const ifMatch = mode.endsWith("ifmatchetag") ? text(given.eTag) || text(given.etag) || "*" : "*";
  const draft = draftOf(Object.fromEntries(Object.entries(given)));
  const twin = {
    ...(given.tags ? { tags: given.tags } : {}),
    ...(given.properties?.desired ? { desired: given.properties.desired } : {}),
  };
  if (mode === "create") await registry.create(deviceId, moduleId, { ...draft, ...twin });
  else if (mode === "createorupdate" && !registry.find(deviceId, moduleId))
    await registry.create(deviceId, moduleId, { ...draft, ...twin });
  else if (mode === "update" || mode === "updateifmatchetag" || mode === "createorupdate") {
    await registry.update(registry.get(deviceId, moduleId), draft, ifMatch);
    if (draft.status === "disabled") twins.disconnect(deviceId, moduleId);
  } else if (mode === "updatetwin" || mode === "updatetwinifmatchetag") {
    const etag = mode === "updatetwin" ? "*" : text(given.twinETag) || "*";
    await twins.change({ deviceId, moduleId }, twin, etag);
  } else if (mode === "delete" || mode === "deleteifmatchetag") {
    const identity = registry.get(deviceId, moduleId);
    twins.disconnect(deviceId, moduleId);
    await registry.remove(identity, ifMatch);
  } else
    throw hubErrors.argumentInvalid({
      what: `The import mode ${mode.slice(0, 32)}`,
      why: "it is none of IoT Hub's",
    });
}
