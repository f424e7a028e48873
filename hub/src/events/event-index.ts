import type { Clock, Recorder } from "@picket/kit";
import { decodeRecords, type StreamRecord } from "@picket/schema";
import type { BatchWatcher } from "../outbound.js";
import { eventBatchDamaged } from "../signals.js";
import type { EventCursor, EventLog, KeyValueStore } from "../slots.js";
import { isEvent, partitionOf } from "./partitions.js";

/** How many events each partition has had when the stream had come to a position. */
export interface Point {
  readonly position: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly counts: readonly number[];
}

interface Pending {
  readonly counts: number[];
  readonly latest: number[];
  bytes: number;
}

const PREFIX = "events/point/";
const PARTITIONS = "events/partitions";
const POINT_MS = 10_000;
const POINT_BYTES = 32 * 1024 * 1024;
const STEP_BYTES = 4 * 1024 * 1024;
const keyOf = (position: number): string => PREFIX + position.toString(16).padStart(14, "0");

/**
 * Numbers the events of each partition without a gap, though the stream knows positions of batches only: it counts as
 * batches are written and keeps a point now and then, from which any number or time is found by reading on.
 */
export class EventIndex implements BatchWatcher {
  readonly partitions: number;
  readonly #log: EventLog;
  readonly #store: KeyValueStore;
  readonly #clock: Clock;
  readonly #recorder: Recorder;
  readonly #watchers = new Set<() => void>();
  readonly #latest: number[];
  #points: Point[] = [];
  #now: Point;
  #pending: Pending;
  #sinceBytes = 0;

  constructor(around: {
    readonly log: EventLog;
    readonly store: KeyValueStore;
    readonly clock: Clock;
    readonly recorder: Recorder;
    readonly partitions: number;
  }) {
    this.#log = around.log;
    this.#store = around.store;
    this.#clock = around.clock;
    this.#recorder = around.recorder;
    const kept = around.store.get(PARTITIONS);
    this.partitions = kept ? Number(Buffer.from(kept).toString()) : around.partitions;
    this.#latest = this.#zeros();
    this.#pending = this.#empty();
    this.#now = { position: around.log.first() - 1, at: 0, counts: this.#zeros() };
  }

  /** Reads the points and counts what came after the last one. */
  async open(): Promise<void> {
    await this.#store.write([{ key: PARTITIONS, value: Buffer.from(String(this.partitions)) }]);
    for (let after = PREFIX; ; ) {
      const page = this.#store.range({ prefix: PREFIX, after, limit: 1_000 });
      this.#points.push(...page.map(({ value }): Point => JSON.parse(Buffer.from(value).toString())));
      if (page.length < 1_000) break;
      after = page.at(-1)!.key;
    }
    const last = this.#points.at(-1);
    if (last) this.#now = { ...last, position: Math.max(last.position, this.#log.first() - 1) };
    else await this.#keep();
    await this.#countOn();
  }

  /** Where the newest event is. */
  get newest(): Point {
    return this.#now;
  }

  /** From where on events can still be read. */
  get oldest(): Point {
    const first = this.#log.first() - 1;
    return this.#points.find(({ position }) => position >= first) ?? this.#now;
  }

  /** When the newest event of a partition came, milliseconds since 1970. */
  latest(partition: number): number {
    return this.#latest[partition] ?? 0;
  }

  /** A point before the event with this number, from which it is found by reading on. */
  beforeNumber(partition: number, number: number): Point {
    return this.#last(({ counts }) => (counts[partition] ?? 0) <= number);
  }

  /** A point before all events that came at this instant or later. */
  beforeTime(at: number): Point {
    return this.#last((point) => point.at < at);
  }

  /** Calls whenever events were written; answers how to stop. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  added({ kind, deviceId, receivedAt, body }: StreamRecord): void {
    if (!isEvent(kind)) return;
    const partition = partitionOf(deviceId, this.partitions);
    this.#pending.counts[partition]! += 1;
    this.#pending.latest[partition] = receivedAt;
    this.#pending.bytes += body.byteLength;
  }

  sealed(): (position: number) => void {
    const sealed = this.#pending;
    this.#pending = this.#empty();
    return (position) => {
      this.#advance(position, sealed);
      for (const watcher of this.#watchers) watcher();
    };
  }

  #advance(position: number, { counts, latest, bytes }: Pending): void {
    this.#now = {
      position: Math.max(position, this.#now.position),
      at: this.#clock.now(),
      counts: this.#now.counts.map((count, index) => count + counts[index]!),
    };
    for (let index = 0; index < this.partitions; index += 1)
      if (latest[index]! > 0) this.#latest[index] = latest[index]!;
    this.#sinceBytes += bytes;
    const isDue =
      this.#now.at - (this.#points.at(-1)?.at ?? 0) >= POINT_MS || this.#sinceBytes >= POINT_BYTES;
    if (isDue) void this.#keep();
  }

  async #keep(): Promise<void> {
    this.#sinceBytes = 0;
    const point = this.#now;
    const first = this.#log.first() - 1;
    // The last point before the oldest batch stays: what is found from it is counted right.
    const gone = this.#points.filter(({ position }) => position < first);
    this.#points = [...this.#points.slice(gone.length), point];
    await this.#store.write([
      { key: keyOf(point.position), value: Buffer.from(JSON.stringify(point)) },
      ...gone.map(({ position }) => ({ key: keyOf(position), remove: true as const })),
    ]);
  }

  async #countOn(): Promise<void> {
    const cursor = this.#log.open();
    try {
      while (this.#now.position < this.#log.last() && this.#step(cursor))
        await new Promise((resolve) => setImmediate(resolve));
    } finally {
      cursor.close();
    }
  }

  #step(cursor: EventCursor): boolean {
    const entries = cursor.read(this.#now.position, STEP_BYTES);
    for (const { position, bytes } of entries) {
      for (const record of safely(bytes, (error) =>
        eventBatchDamaged(this.#recorder, {}, 1, { position, error }),
      ))
        this.added(record);
      const counted = this.#pending;
      this.#pending = this.#empty();
      this.#advance(position, counted);
    }
    return entries.length > 0;
  }

  #last(is: (point: Point) => boolean): Point {
    const oldest = this.oldest;
    const found = is(this.#now) ? this.#now : this.#points.findLast(is);
    return found && found.position >= oldest.position ? found : oldest;
  }

  #zeros(): number[] {
    return new Array<number>(this.partitions).fill(0);
  }

  #empty(): Pending {
    return { counts: this.#zeros(), latest: this.#zeros(), bytes: 0 };
  }
}

/** The records of a batch, as many as can be read. */
export function* safely(bytes: Uint8Array, damaged: (error: string) => void): Generator<StreamRecord> {
  try {
    yield* decodeRecords(bytes);
  } catch (error) {
    damaged(String(error));
  }
}
