import { marker, type SecurityEvent } from "@picket/schema";
import { type HubClient, packMessages, type Sender, securityEvent, securityMessage } from "@picket/sdk";
import type { Outbox, Queue } from "../outbox/outbox.js";

const properties = { [marker.mqtt]: marker.interfaceId };
const SMALL = 4_096;
const LEAST_MESSAGE = 8_192;
const MOST_MESSAGE = 262_144;
const SEPARATORS = 16;

type Counted = "High" | "Low";

/** Hands events over: into the outbox at once, from it to the hub when due, forgotten when acknowledged. */
export class Reporter {
  readonly #outbox: Outbox;
  readonly #client: HubClient;
  readonly #sender: Sender;
  readonly #overhead: number;
  readonly #messages = { sent: 0, small: 0, failed: 0 };
  readonly #counts: Record<Counted, { collected: number; dropped: number }> = {
    High: { collected: 0, dropped: 0 },
    Low: { collected: 0, dropped: 0 },
  };
  #mostBytes = 204_800;
  #sending: Promise<void> | undefined;
  readonly #wanted = new Set<Counted>();

  constructor(outbox: Outbox, client: HubClient, sender: Sender) {
    this.#outbox = outbox;
    this.#client = client;
    this.#sender = sender;
    this.#overhead = Buffer.byteLength(JSON.stringify(securityMessage(sender, []))) + SEPARATORS;
  }

  /** Largest message, within what hubs take. */
  set maxMessageBytes(bytes: number) {
    this.#mostBytes = Math.min(Math.max(bytes, LEAST_MESSAGE), MOST_MESSAGE);
  }

  /** Whether a message's worth is waiting, which is sent before its time. */
  get isFull(): boolean {
    return this.#outbox.bytes > this.#mostBytes;
  }

  /** Keeps events until the hub has them. */
  keep(queue: Queue, events: readonly SecurityEvent[]): void {
    if (events.length === 0) return;
    if (queue !== "Operational") this.#counts[queue].collected += events.length;
    this.#outbox.keep(
      queue,
      events.map((event) => JSON.stringify(event)),
    );
  }

  /** Counts events that were dropped. */
  dropped(queue: Queue, events: number): void {
    if (queue !== "Operational") this.#counts[queue].dropped += events;
  }

  /** Sends a queue, operational events first and the other queue with it as far as there is room. */
  send(queue: Counted): Promise<void> {
    this.#wanted.add(queue);
    this.#sending ??= this.#sendWanted().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  /** What was sent and dropped since the last call, as events. */
  statistics(): SecurityEvent[] {
    const { sent, small, failed } = this.#messages;
    Object.assign(this.#messages, { sent: 0, small: 0, failed: 0 });
    const queues = (["High", "Low"] as const).map((Queue) => ({
      Queue,
      CollectedEvents: this.#counts[Queue].collected,
      DroppedEvents: this.#counts[Queue].dropped,
    }));
    for (const count of Object.values(this.#counts)) Object.assign(count, { collected: 0, dropped: 0 });
    return [
      securityEvent("DroppedEventsStatistics", queues),
      securityEvent("MessageStatistics", [
        { MessagesSent: sent, MessagesUnder4KB: small, TotalFailed: failed },
      ]),
    ];
  }

  async #sendWanted(): Promise<void> {
    for (const queue of this.#wanted) {
      this.#wanted.delete(queue);
      if (!(await this.#drain(queue))) return;
    }
  }

  /** Answers whether everything could be sent. */
  async #drain(queue: Counted): Promise<boolean> {
    const order = ["Operational", queue, queue === "High" ? "Low" : "High"] as const;
    while (!this.#outbox.isEmpty(queue) || !this.#outbox.isEmpty("Operational")) {
      if (!this.#client.isConnected) return false;
      const { texts, forget } = this.#outbox.gather(order, this.#mostBytes - this.#overhead);
      const printed = texts.map((text) => ({ text, bytes: Buffer.byteLength(text) }));
      const { bodies, tooLarge } = packMessages(this.#sender, printed, this.#mostBytes);
      this.dropped(queue, tooLarge.length);
      try {
        for (const body of bodies) await this.#sendOne(body);
      } catch {
        this.#messages.failed += 1;
        return false;
      }
      forget();
    }
    return true;
  }

  async #sendOne(body: string): Promise<void> {
    await this.#client.send(body, properties);
    this.#messages.sent += 1;
    if (Buffer.byteLength(body) < SMALL) this.#messages.small += 1;
  }
}
