import { type RecordKind, recordKind } from "@picket/schema";

/** Partitions that a hub may have; the number is chosen when it starts for the first time. */
export const partitionBounds = { least: 1, usual: 4, most: 32 } as const;

/** The partition of a device's messages: all of one device are in one, in order. FNV-1a over the id. */
export function partitionOf(deviceId: string, count: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < deviceId.length; index += 1)
    hash = Math.imul(hash ^ deviceId.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % count;
}

/** What readers of the hub's messages get; the rest of the stream is the house's own. */
export const isEvent = (kind: RecordKind): boolean =>
  kind === recordKind.telemetry || kind === recordKind.message || kind === recordKind.notification;
