import type { AggregatedEvent, Payload, SecurityEvent } from "@picket/schema";
import { printLocal } from "@picket/schema";
import { securityEvent } from "@picket/sdk";

/** Something that happened, before it is folded with others like it. */
export interface Happening<N extends AggregatedEvent> {
  readonly name: N;
  /** Same key, same kind: everything of the payload that tells one kind from another. */
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Made only when it is needed. */
  readonly item: () => Payload<N>;
}

interface Fold {
  readonly name: AggregatedEvent;
  readonly item: Readonly<Record<string, unknown>>;
  readonly bytes: number;
  readonly since: number;
  hits: number;
  last: number;
}

const MOST_FOLDS = 3_000;
const MOST_BYTES = 3_000_000;
const OVERHEAD_BYTES = 300;

/** How an aggregation works. */
export interface AggregationOptions {
  /** Whether the first of a kind goes out at once as it is, so that only what follows is folded. */
  readonly firstAtOnce: boolean;
  readonly intervalMs: (name: AggregatedEvent) => number;
  /** Told how many folds were closed before their time because there were too many. */
  readonly cut?: (folds: number) => void;
}

/** Folds repeats of a happening into one event with a count. Nothing is lost for want of room: the oldest fold is closed. */
export class Aggregation {
  readonly #folds = new Map<string, Fold>();
  readonly #options: AggregationOptions;
  #bytes = 0;

  constructor(options: AggregationOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#folds.size;
  }

  /** The events to keep now: the happening itself, or folds that had to make room. */
  take<N extends AggregatedEvent>({ name, key, at, item }: Happening<N>): SecurityEvent[] {
    const whole = `${name}\0${key}`;
    const fold = this.#folds.get(whole);
    if (fold) {
      fold.hits += 1;
      fold.last = at;
      return [];
    }
    const made = item();
    const { firstAtOnce } = this.#options;
    const kept: Record<string, unknown> = { ...made };
    // What a program descends from was told with the first; folded, it would be the first one's anyway.
    if (firstAtOnce && made.ExtraDetails) kept["ExtraDetails"] = withoutAncestry(made.ExtraDetails);
    const bytes = OVERHEAD_BYTES + whole.length * 2;
    this.#folds.set(whole, { name, item: kept, bytes, since: at, hits: firstAtOnce ? 0 : 1, last: at });
    this.#bytes += bytes;
    const closed = this.#makeRoom(at);
    return firstAtOnce ? [securityEvent(name, [made], { at }), ...closed] : closed;
  }

  /** Events of what was folded for its interval; `all` closes every fold. */
  flush(now: number, all = false): SecurityEvent[] {
    const events: SecurityEvent[] = [];
    for (const [key, fold] of this.#folds) {
      if (!all && now - fold.since < this.#options.intervalMs(fold.name)) continue;
      this.#close(key, fold);
      if (fold.hits > 0) events.push(eventOf(fold, now));
    }
    return events;
  }

  #makeRoom(now: number): SecurityEvent[] {
    const events: SecurityEvent[] = [];
    let cut = 0;
    for (const [key, fold] of this.#folds) {
      if (this.#folds.size <= MOST_FOLDS && this.#bytes <= MOST_BYTES) break;
      this.#close(key, fold);
      if (fold.hits === 0) continue;
      cut += 1;
      events.push(eventOf(fold, now));
    }
    if (cut > 0) this.#options.cut?.(cut);
    return events;
  }

  #close(key: string, fold: Fold): void {
    this.#folds.delete(key);
    this.#bytes -= fold.bytes;
  }
}

const withoutAncestry = ({
  Ancestry: _,
  ...rest
}: Readonly<Record<string, string>>): Record<string, string> => rest;

/** Ids blanked as the original blanked them, and count and span in the details. */
function eventOf({ name, item, hits, since, last }: Fold, now: number): SecurityEvent {
  const offset = -new Date(now).getTimezoneOffset();
  const details = {
    ...(typeof item["ExtraDetails"] === "object" ? item["ExtraDetails"] : {}),
    HitCount: String(hits),
    StartTimeLocal: printLocal(since, offset),
    StartTimeUtc: new Date(since).toISOString(),
    EndTimeLocal: printLocal(last, offset),
    EndTimeUtc: new Date(last).toISOString(),
  };
  const blanked: Record<string, unknown> = { ...item, ProcessId: 0, ExtraDetails: details };
  if (name === "ProcessCreate") blanked["ParentProcessId"] = 0;
  if (name === "ConnectionCreate") blanked[item["Direction"] === "In" ? "RemotePort" : "LocalPort"] = "0";
  // The item came from a payload of this very name; only numbers in it were changed.
  return securityEvent(name, [blanked as Payload<typeof name>], { at: now, category: "Aggregated" });
}

/** What tells one kind of program start from another. */
export const processKey = (executable: string, commandLine: string, uid: number): string =>
  `${executable}\0${uid}\0${commandLine}`;

/** What tells one kind of connection from another; which port depends on who opened it. */
export function connectionKey(item: Payload<"ConnectionCreate">): string {
  const port = item.Direction === "In" ? item.LocalPort : item.RemotePort;
  const own = [item.Executable, item.CommandLine, item.UserId, item.Direction, item.Protocol];
  return [...own, item.LocalAddress, item.RemoteAddress, port].join("\0");
}
