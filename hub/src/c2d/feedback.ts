import { randomUUID } from "node:crypto";
import type { Clock, Recorder } from "@picket/kit";
import { feedbackForgotten } from "../signals.js";
import type { KeyValueStore } from "../slots.js";
import type { CommandHead } from "./command.js";

/** How a command ended. */
export type CommandEnd = "Success" | "Expired" | "DeliveryCountExceeded" | "Rejected" | "Purged";

/** What the sender of a command is told of its end; the fields of the original's feedback message. */
export interface FeedbackRecord {
  readonly originalMessageId: string;
  readonly enqueuedTimeUtc: string;
  readonly statusCode: CommandEnd;
  readonly description: string;
  readonly deviceId: string;
  readonly deviceGenerationId: string;
}

/** Feedback handed out together; it comes again unless it is completed while its lock lasts. */
export interface FeedbackBatch {
  readonly lockToken: string;
  readonly records: readonly FeedbackRecord[];
}

/** A change of the store. */
export type Change = Parameters<KeyValueStore["write"]>[0][number];

const PREFIX = "c2d/feedback/";
const LOCK_MS = 60_000;
const KEEP_MS = 48 * 3_600_000;
const MOST = 100_000;
const BATCH = 64;

interface Stored extends FeedbackRecord {
  readonly keptAt: number;
}

/** Feedback for the senders of commands, on disk until a service application has completed it or 48 hours have gone. */
export class FeedbackQueue {
  readonly #store: KeyValueStore;
  readonly #clock: Clock;
  readonly #recorder: Recorder;
  readonly #locks = new Map<string, { readonly keys: readonly string[]; readonly until: number }>();
  readonly #watchers = new Set<() => void>();
  #next = 1;
  #count = 0;

  constructor({
    store,
    clock,
    recorder,
  }: { readonly store: KeyValueStore; readonly clock: Clock; readonly recorder: Recorder }) {
    this.#store = store;
    this.#clock = clock;
    this.#recorder = recorder;
    for (let after = PREFIX; ; ) {
      const page = this.#store.range({ prefix: PREFIX, after, limit: 1_000 });
      this.#count += page.length;
      const last = page.at(-1);
      if (!last) break;
      after = last.key;
      this.#next = Number.parseInt(after.slice(PREFIX.length), 16) + 1;
    }
  }

  /** How much feedback waits. */
  get count(): number {
    return this.#count;
  }

  /** The change that keeps a record, for the write that ends the command; `told` must follow it. */
  keeping(command: CommandHead, statusCode: CommandEnd, description: string): Change {
    const stored: Stored = {
      originalMessageId: command.messageId,
      enqueuedTimeUtc: new Date(this.#clock.now()).toISOString(),
      statusCode,
      description,
      deviceId: command.deviceId,
      deviceGenerationId: command.generationId,
      keptAt: this.#clock.now(),
    };
    const key = PREFIX + this.#next.toString(16).padStart(14, "0");
    this.#next += 1;
    return { key, value: Buffer.from(JSON.stringify(stored)) };
  }

  /** Counts so much new feedback on disk and wakes those who wait for it. */
  told(count: number): void {
    if (count === 0) return;
    this.#count += count;
    this.#wake();
  }

  /** Calls the watcher whenever there is feedback to receive; answers how to stop. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Hands out the oldest feedback that nobody else holds. */
  receive(limit = BATCH): FeedbackBatch | undefined {
    const now = this.#clock.now();
    for (const [token, { until }] of this.#locks) if (until <= now) this.#locks.delete(token);
    const held = new Set([...this.#locks.values()].flatMap(({ keys }) => keys));
    const free = this.#store
      .range({ prefix: PREFIX, limit: limit + held.size })
      .filter(({ key }) => !held.has(key))
      .slice(0, limit);
    if (free.length === 0) return undefined;
    const lockToken = randomUUID();
    this.#locks.set(lockToken, { keys: free.map(({ key }) => key), until: now + LOCK_MS });
    return { lockToken, records: free.map(({ value }) => shown(value)) };
  }

  /** Forgets a batch that arrived; false when its lock was lost. */
  async complete(lockToken: string): Promise<boolean> {
    const lock = this.#locks.get(lockToken);
    if (!lock || lock.until <= this.#clock.now()) return false;
    await this.#store.write(lock.keys.map((key) => ({ key, remove: true })));
    this.#locks.delete(lockToken);
    this.#count -= lock.keys.length;
    return true;
  }

  /** Gives a batch back, to be handed out again. */
  abandon(lockToken: string): void {
    if (this.#locks.delete(lockToken)) this.#wake();
  }

  /** Forgets what nobody fetched in 48 hours, and the oldest beyond 100,000. */
  async sweep(): Promise<void> {
    const tooOld = this.#clock.now() - KEEP_MS;
    const held = new Set([...this.#locks.values()].flatMap(({ keys }) => keys));
    const oldest = this.#store.range({ prefix: PREFIX, limit: 1_000 });
    const gone = oldest.filter(
      ({ key, value }, index) =>
        !held.has(key) && (index < this.#count - MOST || parsed(value).keptAt < tooOld),
    );
    if (gone.length === 0) return;
    await this.#store.write(gone.map(({ key }) => ({ key, remove: true })));
    this.#count -= gone.length;
    feedbackForgotten(this.#recorder, {}, gone.length);
  }

  #wake(): void {
    for (const watcher of this.#watchers) watcher();
  }
}

const parsed = (value: Uint8Array): Stored => JSON.parse(Buffer.from(value).toString());

function shown(value: Uint8Array): FeedbackRecord {
  const { keptAt: _, ...record } = parsed(value);
  return record;
}
