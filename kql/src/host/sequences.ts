import { kqlErrors } from "../errors.js";
import { type HostValue, jsonOf } from "./values.js";

/** What a search for sequences is told, in ticks. */
export interface SequenceOptions {
  /** How many tests there are, one per step. */
  readonly steps: number;
  /** The most time between two steps, and from the first to the last. */
  readonly between: bigint;
  readonly whole: bigint;
}

interface Event {
  readonly at: bigint;
  readonly meets: readonly boolean[];
}

const MOST = 100_000;

/** Rows are a time, a test per step and the dimensions; each sequence comes out with its times and its length. */
export function sequences(rows: readonly (readonly HostValue[])[], options: unknown): HostValue[][] {
  const given = options as SequenceOptions;
  const groups = new Map<string, { readonly dimensions: readonly HostValue[]; readonly events: Event[] }>();
  for (const [at, ...rest] of rows) {
    if (typeof at !== "bigint") continue;
    const dimensions = rest.slice(given.steps);
    const key = jsonOf(dimensions);
    const group = groups.get(key) ?? { dimensions, events: [] };
    groups.set(key, group);
    group.events.push({ at, meets: rest.slice(0, given.steps).map((each) => each === true) });
  }
  const found: HostValue[][] = [];
  for (const { dimensions, events } of groups.values())
    for (const times of chains(events, given)) {
      if (found.length >= MOST) throw kqlErrors.stepTooLarge({ what: "sequence_detect()", limit: MOST });
      found.push([...dimensions, ...times, times.at(-1)! - times[0]!]);
    }
  return found;
}

/** Every way in which events meet one test after the other; events are in the order of their times. */
function* chains(events: readonly Event[], { steps, between, whole }: SequenceOptions): Generator<bigint[]> {
  function* follow(from: number, times: bigint[]): Generator<bigint[]> {
    if (times.length === steps) {
      yield times;
      return;
    }
    for (let place = from; place < events.length; place += 1) {
      const { at, meets } = events[place]!;
      const [first, last] = [times[0] ?? at, times.at(-1) ?? at];
      if (at - last > between || at - first > whole) return;
      if (meets[times.length]) yield* follow(place + 1, [...times, at]);
    }
  }
  for (const [place, { at, meets }] of events.entries()) if (meets[0]) yield* follow(place + 1, [at]);
}
