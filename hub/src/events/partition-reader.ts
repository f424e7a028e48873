import type { Clock, Recorder } from "@picket/kit";
import type { OutLink } from "../amqp/out-link.js";
import { eventsSkipped } from "../signals.js";
import type { EventIndex } from "./event-index.js";
import { eventMessage } from "./event-message.js";
import type { EventPages, NumberedEvent } from "./event-pages.js";
import type { Start } from "./start.js";

/** What a reader reads from, and what it is told beside. */
export interface ReaderAround {
  readonly index: EventIndex;
  readonly pages: EventPages;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly partition: number;
  readonly wantsMetrics: boolean;
  /** Bytes that its connection has not fetched yet. */
  readonly unsent: () => number;
}

const UNSENT_BYTES = 1_000_000;
const AGAIN_MS = 20;

/** One reader of one partition: sends as the client gives credit and fetches, and waits at the end of the stream. */
export class PartitionReader {
  readonly #out: OutLink;
  readonly #around: ReaderAround;
  readonly #unwatch: () => void;
  readonly #leaveOut: Start["leaveOut"];
  #after: number;
  #counts: readonly number[];
  #events: readonly NumberedEvent[] = [];
  #at = 0;
  #isDue = false;
  #isClosed = false;

  constructor(out: OutLink, start: Start, around: ReaderAround) {
    this.#out = out;
    this.#around = around;
    this.#leaveOut = start.leaveOut;
    this.#after = start.point.position;
    this.#counts = start.point.counts;
    this.#unwatch = around.index.watch(() => this.#wake());
    out.whenRoom(() => this.#wake());
    this.#wake();
  }

  close(): void {
    this.#isClosed = true;
    this.#unwatch();
  }

  /** Goes on in a turn of its own, so that many readers share the time. */
  #wake(): void {
    if (this.#isDue || this.#isClosed) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.#goOn();
    });
  }

  #goOn(): void {
    if (this.#isClosed) return;
    if (this.#around.unsent() > UNSENT_BYTES) {
      setTimeout(() => this.#wake(), AGAIN_MS);
      return;
    }
    for (let room = this.#out.room; room > 0 && this.#at < this.#events.length; room -= 1) this.#send();
    if (this.#at >= this.#events.length && this.#out.room > 0 && this.#turnPage()) this.#wake();
  }

  #send(): void {
    const event = this.#events[this.#at]!;
    this.#at += 1;
    const { index, partition, clock, wantsMetrics } = this.#around;
    const newest = (index.newest.counts[partition] ?? 0) - 1;
    const enqueued = wantsMetrics
      ? { number: Math.max(newest, event.number), at: index.latest(partition), now: clock.now() }
      : undefined;
    this.#out.send(eventMessage(event, enqueued));
  }

  #turnPage(): boolean {
    const { index, pages, partition, recorder } = this.#around;
    const { oldest } = index;
    if (oldest.position > this.#after) {
      // What was trimmed away before this reader came to it is told, not passed over in silence.
      const lost = (oldest.counts[partition] ?? 0) - (this.#counts[partition] ?? 0);
      if (lost > 0) eventsSkipped(recorder, {}, lost, { partition });
      this.#after = oldest.position;
      this.#counts = oldest.counts;
    }
    const page = pages.after(this.#after, this.#counts);
    if (!page) return false;
    this.#after = page.last;
    this.#counts = page.counts;
    this.#events = (page.events[partition] ?? []).filter(
      ({ number, record }) => !this.#leaveOut({ number, at: record.receivedAt }),
    );
    this.#at = 0;
    return true;
  }
}
