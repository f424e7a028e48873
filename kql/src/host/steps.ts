import { basket, clusters } from "./patterns.js";
import { scanned } from "./scan.js";
import { sequences } from "./sequences.js";
import { type HostValue, jsonOf } from "./values.js";

/** Rows to rows, outside the engine. */
export type HostStep = (rows: readonly HostValue[][], options: unknown) => HostValue[][];

/** Every step by name. */
export const steps: Readonly<Record<string, HostStep>> = {
  autocluster: clusters,
  basket,
  scan: scanned,
  sequences,
  session: sessions,
};

const isTime = (value: HostValue): value is bigint => typeof value === "bigint";

/** Starts of sessions: a new one begins too far from the first row of the last, or from the row before. */
function sessions(rows: readonly HostValue[][]): HostValue[][] {
  const groups = new Map<string, { start: bigint; last: bigint } | undefined>();
  return rows.map(([number, time, fromFirst, between, restart, ...group]) => {
    const key = jsonOf(group);
    const known = groups.get(key);
    if (!isTime(time) || !isTime(fromFirst) || !isTime(between)) {
      groups.set(key, undefined);
      return [number, null];
    }
    const isNew =
      !known || restart === true || time >= known.start + fromFirst || time >= known.last + between;
    const start = isNew ? time : known.start;
    groups.set(key, { start, last: time });
    return [number, start];
  });
}
