import type { PrintedEvent } from "./builders.js";

/** What waits in a queue, and what it had to give up. */
export interface QueueStatus {
  readonly events: number;
  readonly bytes: number;
  /** Events given up since the queue was opened, since there was no room: the oldest go first. */
  readonly dropped: number;
}

/** Where events wait until the hub has them. */
export interface EventQueue {
  add(event: PrintedEvent): void;
  /** The oldest events, as many as fit into so many bytes; they stay. */
  oldest(maxBytes: number): readonly PrintedEvent[];
  /** Takes the oldest away: the hub has them. */
  remove(count: number): void;
  status(): QueueStatus;
  close(): void;
}

/** Bounds of a queue. */
export interface QueueBounds {
  /** Bytes of events that may wait; 16 MB when left out. */
  readonly maxBytes?: number;
}

/** The usual bound of a queue, bytes. */
export const USUAL_QUEUE_BYTES = 16 * 1024 * 1024;

/** A queue in memory: what waits is lost when the process ends. */
export function memoryQueue({ maxBytes = USUAL_QUEUE_BYTES }: QueueBounds = {}): EventQueue {
  return new MemoryQueue(maxBytes);
}

class MemoryQueue implements EventQueue {
  readonly #maxBytes: number;
  #events: PrintedEvent[] = [];
  #bytes = 0;
  #dropped = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(event: PrintedEvent): void {
    this.#events.push(event);
    this.#bytes += event.bytes;
    let gone = 0;
    while (this.#bytes > this.#maxBytes && gone < this.#events.length) {
      this.#bytes -= this.#events[gone]!.bytes;
      gone += 1;
    }
    if (gone > 0) this.#events.splice(0, gone);
    this.#dropped += gone;
  }

  oldest(maxBytes: number): readonly PrintedEvent[] {
    let bytes = 0;
    const end = this.#events.findIndex((event) => {
      bytes += event.bytes;
      return bytes > maxBytes;
    });
    return end < 0 ? [...this.#events] : this.#events.slice(0, Math.max(end, 1));
  }

  remove(count: number): void {
    for (const event of this.#events.splice(0, count)) this.#bytes -= event.bytes;
  }

  status(): QueueStatus {
    return { events: this.#events.length, bytes: this.#bytes, dropped: this.#dropped };
  }

  close(): void {}
}
