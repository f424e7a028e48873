import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Head, Segments } from "./segments.js";
import { type Gentleness, Wear } from "./wear.js";

/** The queues an event can wait in. Operational ones tell how the agent fares and go first. */
export const queues = ["Operational", "High", "Medium", "Low"] as const;
export type Queue = (typeof queues)[number];
type Weighed = Exclude<Queue, "Operational">;

/** Why events were dropped. */
export type DropReason = "outboxFull" | "diskFull" | "damaged" | "expired";

const OPERATIONAL_BYTES = 524_288;
const LEAST_BYTES = 8_192;
const SEGMENTS = 16;
const WEAR_BYTES_PER_DAY = 256_000_000;

/** Room that no other queue may take; what is above it gives way first, low before high. */
const reserves: Readonly<Record<Weighed, number>> = { Low: 0.1, Medium: 0.15, High: 0.5 };
const givesWay: readonly Weighed[] = ["Low", "Medium", "High"];

/** What is told of an outbox. */
export interface OutboxOptions {
  readonly maxBytes: number;
  readonly dropped: (queue: Queue, events: number, reason: DropReason) => void;
  readonly failed: (error: Error) => void;
  /** Told when the disk is written more gently, or less. */
  readonly gentler?: (how: Gentleness) => void;
  /** Milliseconds that never jump. */
  readonly now?: () => number;
}

/** Texts for one message, and how to forget them once it was acknowledged. */
export interface Load {
  readonly items: readonly { readonly queue: Queue; readonly text: string }[];
  /** Answers how many of each queue are forgotten by it; those that were dropped meanwhile are not. */
  readonly forget: () => [Queue, number][];
}

/** Keeps printed events on disk, by queue, until they are handed over; the oldest low ones make room first. */
export class Outbox {
  readonly #queues: Readonly<Record<Queue, Segments>>;
  readonly #options: OutboxOptions;
  readonly #wear: Wear;
  readonly #oldest: Partial<Record<Weighed, { since: number; until: number }[]>> = {};
  readonly #now: () => number;
  #gentleness: Gentleness = "direct";
  #maxBytes = 0;
  /** How long an event may wait; for ever when undefined. */
  maxAgeMs: number | undefined;

  constructor(directory: string, options: OutboxOptions) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#wear = new Wear(WEAR_BYTES_PER_DAY, this.#now);
    this.#queues = {
      Operational: new Segments(join(directory, "operational")),
      High: new Segments(join(directory, "high")),
      Medium: new Segments(join(directory, "medium")),
      Low: new Segments(join(directory, "low")),
    };
    this.#queues.Operational.segmentBytes = OPERATIONAL_BYTES / 8;
    this.maxBytes = options.maxBytes;
  }

  /** Room for all events but operational ones. */
  set maxBytes(bytes: number) {
    this.#maxBytes = Math.max(bytes, LEAST_BYTES);
    for (const queue of givesWay) this.#queues[queue].segmentBytes = this.#maxBytes / SEGMENTS;
    this.#makeRoom();
  }

  /** Bytes that may be written to the disk in a day before they are gathered in memory. */
  set wearBytesPerDay(bytes: number) {
    this.#wear.bytesPerDay = bytes;
  }

  /** Bytes of events that wait, operational ones apart. */
  get bytes(): number {
    return givesWay.reduce((total, queue) => total + this.#queues[queue].bytes, 0);
  }

  isEmpty(queue: Queue): boolean {
    return this.#queues[queue].isEmpty;
  }

  /** How many events wait. */
  waiting(queue: Queue): number {
    return this.#queues[queue].waiting;
  }

  /** Keeps printed events. When the disk refuses them although older ones made room, they are told as dropped. */
  keep(queue: Queue, texts: readonly string[]): void {
    try {
      this.#append(queue, texts);
    } catch (error) {
      this.#options.failed(error instanceof Error ? error : new Error(String(error)));
      this.#options.dropped(queue, texts.length, "diskFull");
      return;
    }
    if (queue === "High") this.#queues.High.sync(this.#options.failed);
    this.#note(queue);
    this.#spend();
    this.#makeRoom();
  }

  /** Brings everything to the disk, and drops what waited too long. */
  sync(): void {
    for (const queue of Object.values(this.#queues)) queue.sync(this.#options.failed);
    this.#spend();
    this.#expire();
  }

  /** The oldest events of some queues, one queue after the other, as many as fit. */
  gather(order: readonly Queue[], mostBytes: number): Load {
    const items: { queue: Queue; text: string }[] = [];
    const heads: [Queue, Head][] = [];
    let room = mostBytes;
    for (const queue of order) {
      if (this.#queues[queue].isEmpty || room <= 0) continue;
      const head = this.#queues[queue].peek(room);
      const bytes = head.texts.reduce((total, text) => total + Buffer.byteLength(text) + 1, 0);
      // A first text is answered whatever its size; after others it waits for the next message.
      if (bytes > room && items.length > 0) break;
      room -= bytes;
      for (const text of head.texts) items.push({ queue, text });
      heads.push([queue, head]);
    }
    return { items, forget: () => heads.map(([queue, head]) => [queue, this.#forget(queue, head)]) };
  }

  close(): void {
    for (const queue of Object.values(this.#queues)) queue.close();
  }

  #append(queue: Queue, texts: readonly string[]): void {
    for (;;) {
      try {
        this.#queues[queue].append(texts);
        return;
      } catch (error) {
        const isFull =
          error instanceof Error && "code" in error && /^(ENOSPC|EDQUOT)$/.test(String(error.code));
        const victim = isFull ? givesWay.find((each) => !this.#queues[each].isEmpty) : undefined;
        // A lower event never pushes out a higher one.
        if (!victim || (queue !== "Operational" && givesWay.indexOf(victim) > givesWay.indexOf(queue)))
          throw error;
        this.#dropFrom(victim, "diskFull");
      }
    }
  }

  #forget(queue: Queue, { mark, damaged }: Head): number {
    const before = this.#queues[queue].waiting;
    this.#queues[queue].forget(mark);
    const forgotten = before - this.#queues[queue].waiting;
    const lost = Math.min(damaged, forgotten);
    if (lost > 0) this.#options.dropped(queue, lost, "damaged");
    return forgotten - lost;
  }

  #makeRoom(): void {
    const isAbove = (queue: Weighed): boolean =>
      !this.#queues[queue].isEmpty && this.#queues[queue].bytes > this.#maxBytes * reserves[queue];
    while (this.bytes > this.#maxBytes) {
      const queue = givesWay.find(isAbove);
      if (!queue || !this.#dropFrom(queue, "outboxFull")) break;
    }
    while (this.#queues.Operational.bytes > OPERATIONAL_BYTES)
      if (!this.#dropFrom("Operational", "outboxFull")) break;
  }

  #dropFrom(queue: Queue, reason: DropReason): boolean {
    const events = this.#queues[queue].dropOldest();
    if (events > 0) this.#options.dropped(queue, events, reason);
    return events > 0;
  }

  #spend(): void {
    const bytes = Object.values(this.#queues).reduce((total, queue) => total + queue.takeSpent(), 0);
    const how = this.#wear.spend(bytes);
    if (how === this.#gentleness) return;
    this.#gentleness = how;
    for (const queue of ["Low", "Medium"] as const) this.#queues[queue].gathers = how !== "direct";
    for (const queue of ["Operational", "High"] as const) this.#queues[queue].gathers = how === "gatherAll";
    this.#options.gentler?.(how);
  }

  /** Notes from when on a queue's events up to now wait, once a minute. */
  #note(queue: Queue): void {
    if (queue === "Operational" || this.maxAgeMs === undefined) return;
    const notes = this.#oldest[queue] ?? [];
    this.#oldest[queue] = notes;
    const until = this.#queues[queue].end;
    const since = this.#now();
    const last = notes.at(-1);
    if (last && since - last.since < 60_000) last.until = until;
    else notes.push({ since, until });
  }

  #expire(): void {
    if (this.maxAgeMs === undefined) return;
    for (const queue of givesWay) {
      const notes = this.#oldest[queue] ?? [];
      while (notes[0] && this.#now() - notes[0].since > this.maxAgeMs) {
        const { until } = notes.shift()!;
        const events = this.#queues[queue].dropBefore(until);
        if (events > 0) this.#options.dropped(queue, events, "expired");
      }
    }
  }
}
