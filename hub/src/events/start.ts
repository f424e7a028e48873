import type { EventIndex, Point } from "./event-index.js";

/** Where a reader begins: it reads on from a point and leaves out what comes before. */
export interface Start {
  readonly point: Point;
  readonly leaveOut: (event: { readonly number: number; readonly at: number }) => boolean;
}

const FILTER = /^amqp\.annotation\.(x-opt-[a-z-]+)\s*(>=?)\s*'([^']{0,64})'$/;
const everything = (): boolean => false;

/** Reads a reader's filter; undefined when it is none that there is. */
export function startOf(filter: string | undefined, partition: number, index: EventIndex): Start | undefined {
  if (filter === undefined) return { point: index.oldest, leaveOut: everything };
  const [, name, operator, value = ""] = FILTER.exec(filter.trim()) ?? [];
  const isInclusive = operator === ">=";
  if (name === "x-opt-enqueued-time" || name === "x-opt-enqueuedtimeutc")
    return fromTime(Number(value), isInclusive, index);
  if (name !== "x-opt-offset" && name !== "x-opt-sequence-number") return undefined;
  if (value === "@latest") return { point: index.newest, leaveOut: everything };
  const number = Number(value);
  if (!Number.isSafeInteger(number)) return undefined;
  const first = isInclusive ? number : number + 1;
  if (first <= 0) return { point: index.oldest, leaveOut: everything };
  return { point: index.beforeNumber(partition, first), leaveOut: (event) => event.number < first };
}

function fromTime(at: number, isInclusive: boolean, index: EventIndex): Start | undefined {
  if (!Number.isFinite(at)) return undefined;
  return {
    point: index.beforeTime(at),
    leaveOut: (event) => (isInclusive ? event.at < at : event.at <= at),
  };
}
