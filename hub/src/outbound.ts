import type { Clock, Recorder } from "@picket/kit";
import { RecordBatch, type StreamRecord } from "@picket/schema";
import { outletBlocked, outletFree } from "./signals.js";
import type { Outlet } from "./slots.js";

/** Somebody who is told when a record is on disk; `mark` is theirs. */
export interface Receiver {
  durable(mark: number): void;
  /** Called once after a group of `durable`, to answer them together. */
  settled(): void;
}

/** Somebody who counts what is written, batch by batch. */
export interface BatchWatcher {
  added(record: StreamRecord): void;
  /** Ends the present batch; what it answers is called with its position when the batch is on disk. */
  sealed(): (position: number) => void;
}

const RETRY_MS = 1_000;
const KEEP_BYTES = 16_777_216;

/** Whether the stream takes records, and for how long it took none. */
export interface OutletHealth {
  readonly isHealthy: boolean;
  readonly blockedMs: number;
}

/**
 * Gathers records of all connections while the last batch is being written, then writes them as the next one: one disk
 * flush acknowledges everything that came in during the one before.
 */
export class Outbound {
  readonly #outlet: Outlet;
  readonly #recorder: Recorder;
  readonly #clock: Clock;
  /** One gathers while the other is written. */
  #batch = new RecordBatch();
  #spare = new RecordBatch();
  #receivers: (Receiver | undefined)[] = [];
  #marks: number[] = [];
  #isWriting = false;
  #blockedSince: number | undefined;
  #health: (health: OutletHealth) => void = () => {};
  #idle: (() => void)[] = [];
  #watcher: BatchWatcher | undefined;

  constructor(outlet: Outlet, around: { readonly recorder: Recorder; readonly clock: Clock }) {
    this.#outlet = outlet;
    this.#recorder = around.recorder;
    this.#clock = around.clock;
  }

  /** Tells when the stream takes nothing, and when it takes records again. */
  watchedBy(watcher: (health: OutletHealth) => void): void {
    this.#health = watcher;
  }

  /** Since when the stream takes nothing, milliseconds since 1970. */
  get blockedSince(): number | undefined {
    return this.#blockedSince;
  }

  /** Lets somebody count what is written from now on. */
  countedBy(watcher: BatchWatcher): void {
    this.#watcher = watcher;
  }

  /** Keeps a record; the receiver, if any, is told when it is on disk. */
  keep(record: StreamRecord, receiver?: Receiver, mark = 0): void {
    this.#batch.add(record);
    this.#watcher?.added(record);
    this.#receivers.push(receiver);
    this.#marks.push(mark);
    if (!this.#isWriting) void this.#write();
  }

  /** Resolves when the record is on disk. */
  kept(record: StreamRecord): Promise<void> {
    return new Promise((resolve) => this.keep(record, { durable: () => resolve(), settled: () => {} }));
  }

  /** Resolves when nothing waits to be written. */
  drained(): Promise<void> {
    return this.#isWriting ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve();
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    // What arrives in the same turn of the event loop shares the first write.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#batch.count > 0) {
      const receivers = this.#receivers;
      const marks = this.#marks;
      this.#receivers = [];
      this.#marks = [];
      const written = this.#watcher?.sealed();
      const full = this.#batch;
      this.#batch = this.#spare;
      const position = await this.#append(full.view());
      full.clear(KEEP_BYTES);
      this.#spare = full;
      written?.(position);
      tell(receivers, marks);
    }
    this.#isWriting = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #append(bytes: Uint8Array): Promise<number> {
    for (;;) {
      try {
        const position = await this.#outlet.append(bytes);
        if (this.#blockedSince !== undefined) {
          outletFree(this.#recorder, {});
          this.#health({ isHealthy: true, blockedMs: this.#clock.now() - this.#blockedSince });
        }
        this.#blockedSince = undefined;
        return position;
      } catch (error) {
        if (this.#blockedSince === undefined) {
          outletBlocked(this.#recorder, {}, 1, { error: String(error) });
          this.#health({ isHealthy: false, blockedMs: 0 });
        }
        this.#blockedSince ??= this.#clock.now();
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
}

function tell(receivers: readonly (Receiver | undefined)[], marks: readonly number[]): void {
  const touched = new Set<Receiver>();
  for (let index = 0; index < receivers.length; index += 1) {
    const receiver = receivers[index];
    if (!receiver) continue;
    receiver.durable(marks[index]!);
    touched.add(receiver);
  }
  for (const receiver of touched) receiver.settled();
}
