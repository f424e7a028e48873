import type { AggregatedEvent, Payload, SecurityEvent } from "@picket/schema";
import { securityEvent } from "@picket/sdk";
import { Fold } from "./fold.js";

/** Something that happened, before it is folded with others like it. */
export interface Happening<N extends AggregatedEvent> {
  readonly name: N;
  /** Same key, same kind: everything of the payload that tells one kind from another. */
  readonly key: string;
  /** A coarser key for when there are too many kinds; absent when nothing coarser makes sense. */
  readonly coarseKey?: () => string;
  /** What differs within a coarse kind, such as the command line. */
  readonly sample?: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Made only when it is needed. */
  readonly item: () => Payload<N>;
  /** Adds this one's numbers to those of the ones before it. */
  add?(sum: Payload<N>): Payload<N>;
}

const MOST_KINDS = 2_000;
const MOST_COARSE = 500;
const MOST_BYTES = 3_000_000;

/** How an aggregation works. */
export interface AggregationOptions {
  /** Whether the first of a kind goes out at once as it is, so that only what follows is folded. */
  readonly firstAtOnce: boolean;
  readonly intervalMs: (name: AggregatedEvent) => number;
  /** How many kinds of an event are folded at once, when the twin says so; more are folded by their coarse keys. */
  readonly limit?: (name: AggregatedEvent) => number | undefined;
  /** Whether to fold coarsely what is too much; otherwise the oldest folds are closed and every kind is told. */
  readonly isCoarse?: () => boolean;
  /** Told how many folds were closed before their time because there were too many. */
  readonly cut?: (folds: number) => void;
  /** Milliseconds that never jump. */
  readonly now?: () => number;
}

/**
 * Folds repeats of a happening into one event with a count. When there are too many kinds, the oldest fold is closed, or new
 * kinds are folded by a coarser key with samples, when the twin or the agent's limits ask for it. No happening goes uncounted.
 */
export class Aggregation {
  readonly #folds = new Map<string, Fold>();
  readonly #kinds = new Map<AggregatedEvent, number>();
  readonly #options: AggregationOptions;
  readonly #now: () => number;
  #coarse = 0;
  #bytes = 0;

  constructor(options: AggregationOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  get size(): number {
    return this.#folds.size;
  }

  /** Bytes that the folds take, as an estimate. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The events to keep now: the happening itself, or folds that had to make room. */
  take<N extends AggregatedEvent>(happening: Happening<N>): SecurityEvent[] {
    const { name, at } = happening;
    const exact = `${name}\0${happening.key}`;
    const coarse = this.#folds.has(exact) || !this.#isCrowded(name) ? undefined : happening.coarseKey?.();
    const key = coarse === undefined ? exact : `${name}\0\0${coarse}`;
    const known = this.#folds.get(key);
    if (known) {
      this.#bytes += known.hit(happening);
      return [];
    }
    const fold = new Fold(happening, {
      firstAtOnce: this.#options.firstAtOnce,
      isCoarse: coarse !== undefined,
      since: this.#now(),
    });
    this.#open(key, fold);
    const made = this.#options.firstAtOnce ? [securityEvent(name, [happening.item()], { at })] : [];
    return [...made, ...this.#makeRoom(at)];
  }

  /** Events of what was folded for its interval; `all` closes every fold. */
  flush(at: number, all = false): SecurityEvent[] {
    const now = this.#now();
    const events: SecurityEvent[] = [];
    for (const [key, fold] of this.#folds)
      if (all || now - fold.since >= this.#options.intervalMs(fold.name))
        events.push(...this.#close(key, fold, at));
    return events;
  }

  #isCrowded(name: AggregatedEvent): boolean {
    const limit = this.#options.limit?.(name);
    const most = limit ?? (this.#options.isCoarse?.() ? MOST_KINDS : Number.POSITIVE_INFINITY);
    return (this.#kinds.get(name) ?? 0) >= most;
  }

  #open(key: string, fold: Fold): void {
    this.#folds.set(key, fold);
    this.#bytes += fold.bytes + key.length * 2;
    if (fold.isCoarse) this.#coarse += 1;
    else this.#kinds.set(fold.name, (this.#kinds.get(fold.name) ?? 0) + 1);
  }

  #close(key: string, fold: Fold, at: number): SecurityEvent[] {
    this.#folds.delete(key);
    this.#bytes -= fold.bytes + key.length * 2;
    if (fold.isCoarse) this.#coarse -= 1;
    else this.#kinds.set(fold.name, (this.#kinds.get(fold.name) ?? 1) - 1);
    return fold.event(at);
  }

  #isOverfull(): boolean {
    return this.#bytes > MOST_BYTES || this.#coarse > MOST_COARSE;
  }

  #makeRoom(at: number): SecurityEvent[] {
    const events: SecurityEvent[] = [];
    for (const [key, fold] of this.#folds) {
      const limit = this.#options.limit?.(fold.name) ?? MOST_KINDS;
      const isOver = this.#isOverfull() || (!fold.isCoarse && (this.#kinds.get(fold.name) ?? 0) > limit);
      if (!isOver) break;
      events.push(...this.#close(key, fold, at));
    }
    if (events.length > 0) this.#options.cut?.(events.length);
    return events;
  }
}

/** What tells one kind of program start from another. */
export const processKey = (executable: string, commandLine: string, uid: number): string =>
  `${executable}\0${uid}\0${commandLine}`;

/** The same without the numbers and ids that differ from start to start. */
export const coarseProcessKey = (executable: string, commandLine: string, uid: number): string =>
  processKey(executable, masked(commandLine), uid);

/** A text with its numbers and long hexadecimal words replaced, so that what differs only there is alike. */
export const masked = (text: string): string =>
  text.replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{16,}\b|\d+/gi, "#");

/** What tells one kind of connection from another; which port depends on who opened it. */
export function connectionKey(item: Payload<"ConnectionCreate">): string {
  return [coarseConnectionKey(item), item.LocalAddress, item.RemoteAddress].join("\0");
}

/** The same whatever the addresses: a program that speaks with very many hosts. */
export function coarseConnectionKey(item: Payload<"ConnectionCreate">): string {
  const port = item.Direction === "In" ? item.LocalPort : item.RemotePort;
  return [item.Executable, item.CommandLine, item.UserId, item.Direction, item.Protocol, port].join("\0");
}
