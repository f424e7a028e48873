import type { EventName, Payload, SecurityEvent } from "@picket/schema";
import { securityEvent } from "@picket/sdk";

/** How much of a snapshot is told. */
export interface Bounds {
  /** Bytes of one event's items. */
  readonly mostBytes: number;
  readonly mostEvents: number;
  /** When the snapshot was taken; its events share it, so that a reader sees them as one. */
  readonly at: number;
}

/** A snapshot as events that fit into messages, and how many of its items did not. */
export interface Bounded {
  readonly events: readonly SecurityEvent[];
  readonly leftOut: number;
}

/** Puts the items of a snapshot into as few events as they fit into; what is beyond the last one is counted. */
export function bounded<N extends EventName>(name: N, items: readonly Payload<N>[], bounds: Bounds): Bounded {
  const groups: Payload<N>[][] = [[]];
  let size = 0;
  let told = 0;
  for (const item of items) {
    const bytes = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (bytes > bounds.mostBytes) continue;
    if (size + bytes > bounds.mostBytes) {
      if (groups.length >= bounds.mostEvents) break;
      groups.push([]);
      size = 0;
    }
    groups.at(-1)?.push(item);
    size += bytes;
    told += 1;
  }
  return {
    events: groups.map((group) => securityEvent(name, group, { at: bounds.at })),
    leftOut: items.length - told,
  };
}
