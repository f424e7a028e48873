import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Head, Segments } from "./segments.js";

/** The queues an event can wait in. Operational ones tell how the agent fares and go first. */
export type Queue = "Operational" | "High" | "Low";

/** Why events were dropped. */
export type DropReason = "full" | "damaged";

const OPERATIONAL_BYTES = 524_288;
const LEAST_BYTES = 8_192;

/** What is told of an outbox. */
export interface OutboxOptions {
  readonly maxBytes: number;
  readonly dropped: (queue: Queue, events: number, reason: DropReason) => void;
  readonly failed: (error: Error) => void;
}

/** Texts for one message, and how to forget them once it was acknowledged. */
export interface Load {
  readonly texts: readonly string[];
  readonly forget: () => void;
}

/** Keeps printed events on disk, by queue, until they are handed over; the oldest low ones make room first. */
export class Outbox {
  readonly #queues: Readonly<Record<Queue, Segments>>;
  readonly #options: OutboxOptions;
  #maxBytes = 0;

  constructor(directory: string, options: OutboxOptions) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#options = options;
    this.#queues = {
      Operational: new Segments(join(directory, "operational")),
      High: new Segments(join(directory, "high")),
      Low: new Segments(join(directory, "low")),
    };
    this.#queues.Operational.segmentBytes = OPERATIONAL_BYTES / 8;
    this.maxBytes = options.maxBytes;
  }

  /** Room for high and low events together. */
  set maxBytes(bytes: number) {
    this.#maxBytes = Math.max(bytes, LEAST_BYTES);
    for (const queue of ["High", "Low"] as const) this.#queues[queue].segmentBytes = this.#maxBytes / 16;
    this.#makeRoom();
  }

  /** Bytes of high and low events that wait. */
  get bytes(): number {
    return this.#queues.High.bytes + this.#queues.Low.bytes;
  }

  isEmpty(queue: Queue): boolean {
    return this.#queues[queue].isEmpty;
  }

  /** Keeps printed events. When the disk refuses them, they are told as dropped. */
  keep(queue: Queue, texts: readonly string[]): void {
    try {
      this.#queues[queue].append(texts);
      if (queue === "High") this.#queues.High.sync(this.#options.failed);
      this.#makeRoom();
    } catch (error) {
      this.#options.failed(error instanceof Error ? error : new Error(String(error)));
      this.#options.dropped(queue, texts.length, "full");
    }
  }

  /** Brings everything to the disk. */
  sync(): void {
    for (const queue of Object.values(this.#queues)) queue.sync(this.#options.failed);
  }

  /** The oldest events of some queues, one queue after the other, as many as fit. */
  gather(order: readonly Queue[], mostBytes: number): Load {
    const texts: string[] = [];
    const heads: [Queue, Head][] = [];
    let room = mostBytes;
    for (const queue of order) {
      if (this.#queues[queue].isEmpty || room <= 0) continue;
      const head = this.#queues[queue].peek(room);
      const bytes = head.texts.reduce((total, text) => total + Buffer.byteLength(text) + 8, 0);
      // A first text is answered whatever its size; after others it waits for the next message.
      if (bytes > room && texts.length > 0) break;
      room -= bytes;
      for (const text of head.texts) texts.push(text);
      heads.push([queue, head]);
    }
    return { texts, forget: () => this.#forget(heads) };
  }

  close(): void {
    for (const queue of Object.values(this.#queues)) queue.close();
  }

  #forget(heads: readonly [Queue, Head][]): void {
    for (const [queue, { mark, damaged }] of heads) {
      this.#queues[queue].forget(mark);
      if (damaged > 0) this.#options.dropped(queue, damaged, "damaged");
    }
  }

  #makeRoom(): void {
    while (this.bytes > this.#maxBytes) if (!this.#dropFrom(this.#queues.Low.isEmpty ? "High" : "Low")) break;
    while (this.#queues.Operational.bytes > OPERATIONAL_BYTES) if (!this.#dropFrom("Operational")) break;
  }

  #dropFrom(queue: Queue): boolean {
    if (this.#queues[queue].isEmpty) return false;
    this.#options.dropped(queue, this.#queues[queue].dropOldest(), "full");
    return true;
  }
}
