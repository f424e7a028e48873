import { checkStrict, type SecurityEvent } from "@picket/schema";
import { assertGood, packMessages, type Sender, securityMessage } from "./builders.js";
import { ClientError } from "./errors.js";
import { type EventQueue, memoryQueue, type QueueStatus } from "./queue.js";
import type { Transport } from "./transports.js";

/** How a sender works. */
export interface SecuritySenderOptions extends Sender {
  readonly transport: Transport;
  /** Where events wait; in memory when left out. */
  readonly queue?: EventQueue;
  /** Milliseconds for which events are gathered into one message; 5,000 when left out. */
  readonly gatherMs?: number;
  /** Bytes of a message at most: a hub takes 262,144. */
  readonly maxMessageBytes?: number;
  /** Hears why a message could not be sent; it is tried again. */
  readonly onProblem?: (error: Error) => void;
}

/** What a sender did so far. */
export interface SecuritySenderStatus extends QueueStatus {
  readonly sentMessages: number;
  readonly sentEvents: number;
  /** Messages as a hub bills them: one for each 4 KB begun. */
  readonly meteredMessages: number;
}

/** Bytes that a hub bills as one message. */
export const METERED_BYTES = 4_096;
const LARGEST = 262_144;
const USUAL_BYTES = 204_800;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/** How many messages a hub bills for a body and its properties: one for each 4 KB begun. */
export const meteredMessages = (bytes: number): number => Math.max(1, Math.ceil(bytes / METERED_BYTES));

/** Takes events and sees to it that the hub gets them: in few messages, in order, also after hours without a connection. */
export function openSecuritySender(options: SecuritySenderOptions): SecuritySender {
  return new SecuritySender(options);
}

/** See `openSecuritySender`. */
export class SecuritySender {
  readonly #options: SecuritySenderOptions;
  readonly #queue: EventQueue;
  readonly #maxBytes: number;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #wait = FIRST_WAIT_MS;
  #isClosed = false;
  #sent = { messages: 0, events: 0, metered: 0 };

  constructor(options: SecuritySenderOptions) {
    this.#options = options;
    this.#queue = options.queue ?? memoryQueue();
    this.#maxBytes = Math.min(options.maxMessageBytes ?? USUAL_BYTES, LARGEST);
    if (this.#queue.status().events > 0) this.#later(0);
  }

  /** Takes an event. Throws what is wrong with it, field by field, when it breaks the schema or can never fit a message. */
  add(event: SecurityEvent): void {
    if (this.#isClosed) throw new ClientError("CLIENT_CLOSED", "The sender was closed.");
    const whole = securityMessage(this.#options, [event]);
    if (checkStrict(whole).length > 0) assertGood(whole);
    const text = JSON.stringify(event);
    const printed = { text, bytes: Buffer.byteLength(text) };
    if (packMessages(this.#options, [printed], this.#maxBytes).tooLarge.length > 0)
      throw new ClientError(
        "CLIENT_TOO_LARGE",
        `The event has ${printed.bytes} bytes; with its envelope at most ${this.#maxBytes} fit a message. Send fewer payload items at a time.`,
      );
    this.#queue.add(printed);
    this.#later(this.#options.gatherMs ?? 5_000);
  }

  /** Sends what waits now; rejects with the first message that cannot be sent, which stays. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#sending?.catch(() => {});
    this.#sending = this.#sendAll();
    try {
      await this.#sending;
    } finally {
      this.#sending = undefined;
    }
  }

  status(): SecuritySenderStatus {
    const { messages, events, metered } = this.#sent;
    return {
      ...this.#queue.status(),
      sentMessages: messages,
      sentEvents: events,
      meteredMessages: metered,
    };
  }

  /** Tries once more to send what waits, then closes the queue; what could not be sent stays in one on disk. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.flush().catch((error: Error) => this.#options.onProblem?.(error));
    clearTimeout(this.#timer);
    this.#queue.close();
  }

  #later(milliseconds: number): void {
    if (this.#timer || this.#sending || this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.flush().catch((error: Error) => {
        this.#options.onProblem?.(error);
        this.#later(this.#wait);
        this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
      });
    }, milliseconds);
    this.#timer.unref();
  }

  async #sendAll(): Promise<void> {
    for (;;) {
      const events = this.#queue.oldest(this.#maxBytes);
      if (events.length === 0) return;
      const { bodies } = packMessages(this.#options, events, this.#maxBytes);
      const [body] = bodies;
      if (body === undefined) return;
      const { dropped } = this.#queue.status();
      await this.#options.transport.send(body);
      const count = countOf(body);
      // What a full queue gave up meanwhile was the oldest: some of what has just been sent.
      this.#queue.remove(Math.max(0, count - (this.#queue.status().dropped - dropped)));
      this.#wait = FIRST_WAIT_MS;
      this.#sent.messages += 1;
      this.#sent.events += count;
      this.#sent.metered += meteredMessages(Buffer.byteLength(body));
    }
  }
}

/** How many events a body that was packed holds. */
const countOf = (body: string): number => {
  const { Events }: { Events: unknown[] } = JSON.parse(body);
  return Events.length;
};
