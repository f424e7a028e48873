import type { Recorder } from "@picket/kit";
import type { StreamRecord } from "@picket/schema";
import { eventBatchDamaged } from "../signals.js";
import type { EventCursor, EventLog } from "../slots.js";
import { safely } from "./event-index.js";
import { isEvent, partitionOf } from "./partitions.js";

/** An event with its number in its partition. */
export interface NumberedEvent {
  readonly number: number;
  readonly record: StreamRecord;
}

/** Some batches read together, their events by partition. */
export interface Page {
  /** The position that readers go on from. */
  readonly last: number;
  readonly counts: readonly number[];
  readonly events: readonly (readonly NumberedEvent[])[];
}

interface Kept {
  readonly page: Page;
  readonly bytes: number;
}
interface Placed {
  readonly cursor: EventCursor;
  next: number;
}

const PAGE_BYTES = 256 * 1024;
const CACHE_BYTES = 32 * 1024 * 1024;
const CURSORS = 8;

/**
 * The stream as pages of events. Readers at the same place share a page, so that many at the end of the stream cost one
 * reading; those far behind have cursors of their own.
 */
export class EventPages {
  readonly #log: EventLog;
  readonly #recorder: Recorder;
  readonly #partitions: number;
  readonly #pages = new Map<number, Kept>();
  #cursors: Placed[] = [];
  #bytes = 0;

  constructor(log: EventLog, partitions: number, recorder: Recorder) {
    this.#log = log;
    this.#partitions = partitions;
    this.#recorder = recorder;
  }

  /** What comes after a position; `counts` says how many events there were before it. Undefined when there is no more. */
  after(position: number, counts: readonly number[]): Page | undefined {
    const kept = this.#pages.get(position);
    if (kept) return kept.page;
    if (position >= this.#log.last()) return undefined;
    const placed = this.#cursorAt(position);
    const entries = placed.cursor.read(position, PAGE_BYTES);
    const last = entries.at(-1);
    if (!last) return undefined;
    placed.next = last.position;
    const page = this.#numbered(entries, counts, last.position);
    this.#keep(
      position,
      page,
      entries.reduce((sum, { bytes }) => sum + bytes.byteLength, 0),
    );
    return page;
  }

  close(): void {
    for (const { cursor } of this.#cursors.splice(0)) cursor.close();
    this.#pages.clear();
  }

  #numbered(
    entries: readonly { readonly position: number; readonly bytes: Uint8Array }[],
    before: readonly number[],
    last: number,
  ): Page {
    const counts = [...before];
    const events = Array.from({ length: this.#partitions }, (): NumberedEvent[] => []);
    for (const { position, bytes } of entries) {
      const damaged = (error: string): void => eventBatchDamaged(this.#recorder, {}, 1, { position, error });
      for (const record of safely(bytes, damaged)) {
        if (!isEvent(record.kind)) continue;
        const partition = partitionOf(record.deviceId, this.#partitions);
        events[partition]!.push({ number: counts[partition]!, record });
        counts[partition]! += 1;
      }
    }
    return { last, counts, events };
  }

  #keep(position: number, page: Page, bytes: number): void {
    this.#pages.set(position, { page, bytes });
    this.#bytes += bytes;
    for (const [oldest, kept] of this.#pages) {
      if (this.#bytes <= CACHE_BYTES || oldest === position) break;
      this.#pages.delete(oldest);
      this.#bytes -= kept.bytes;
    }
  }

  /** The cursor that stands here already, or the one that was not used for longest. */
  #cursorAt(position: number): Placed {
    const found = this.#cursors.find(({ next }) => next === position);
    const placed =
      found ??
      (this.#cursors.length < CURSORS ? { cursor: this.#log.open(), next: position } : this.#cursors[0]!);
    this.#cursors = [...this.#cursors.filter((each) => each !== placed), placed];
    return placed;
  }
}
