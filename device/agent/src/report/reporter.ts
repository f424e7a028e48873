import { marker, type SecurityEvent } from "@picket/schema";
import { type HubClient, packMessages, type Sender, securityEvent } from "@picket/sdk";
import type { Outbox } from "../outbox/outbox.js";

/** The two queues an event can wait in. */
export type Queue = "High" | "Low";

const SYNC_MS = 2_000;
const properties = { [marker.mqtt]: marker.interfaceId };

/** Hands events over: into the outbox at once, from it to the hub when it is due, forgotten when it is acknowledged. */
export class Reporter {
  readonly #outboxes: Readonly<Record<Queue, Outbox>>;
  readonly #client: HubClient;
  readonly #sender: Sender;
  readonly #stats = { sent: 0, small: 0, failed: 0 };
  readonly counts: Record<Queue, { collected: number; dropped: number }> = {
    High: { collected: 0, dropped: 0 },
    Low: { collected: 0, dropped: 0 },
  };
  #maxMessage = 204_800;
  #isSending = false;
  #wanted = new Set<Queue>();
  readonly #timer: NodeJS.Timeout;

  constructor(outboxes: Readonly<Record<Queue, Outbox>>, client: HubClient, sender: Sender) {
    this.#outboxes = outboxes;
    this.#client = client;
    this.#sender = sender;
    this.#timer = setInterval(() => outboxes.Low.sync(), SYNC_MS);
  }

  set maxMessageBytes(bytes: number) {
    this.#maxMessage = Math.min(Math.max(bytes, 8_192), 262_144);
  }

  /** Keeps events until the hub has them. */
  keep(queue: Queue, events: readonly SecurityEvent[]): void {
    const outbox = this.#outboxes[queue];
    outbox.append(events.map((event) => JSON.stringify(event)));
    if (queue === "High") outbox.sync();
    this.counts[queue].collected += events.length;
  }

  /** Sends a queue, and the other one with it as far as there is room; again if asked meanwhile. */
  async send(queue: Queue): Promise<void> {
    this.#wanted.add(queue);
    if (this.#isSending || !this.#client.isConnected) return;
    this.#isSending = true;
    try {
      while (this.#wanted.size > 0 && this.#client.isConnected) {
        const [next] = this.#wanted;
        this.#wanted.delete(next ?? queue);
        await this.#drain(next ?? queue);
      }
    } finally {
      this.#isSending = false;
    }
  }

  /** What was sent and dropped since the last call, as events. */
  statistics(): SecurityEvent[] {
    const { sent, small, failed } = this.#stats;
    Object.assign(this.#stats, { sent: 0, small: 0, failed: 0 });
    const queues = (["High", "Low"] as const).map((Queue) => ({
      Queue,
      CollectedEvents: this.counts[Queue].collected,
      DroppedEvents: this.counts[Queue].dropped,
    }));
    for (const count of Object.values(this.counts)) Object.assign(count, { collected: 0, dropped: 0 });
    return [
      securityEvent("DroppedEventsStatistics", queues),
      securityEvent("MessageStatistics", [
        { MessagesSent: sent, MessagesUnder4KB: small, TotalFailed: failed },
      ]),
    ];
  }

  close(): void {
    clearInterval(this.#timer);
    for (const outbox of Object.values(this.#outboxes)) outbox.close();
  }

  async #drain(queue: Queue): Promise<void> {
    const outbox = this.#outboxes[queue];
    while (!outbox.isEmpty) {
      const { texts, mark } = outbox.peek(this.#maxMessage);
      const printed = texts.map((text) => ({ text, bytes: Buffer.byteLength(text) }));
      const { bodies, tooLarge } = packMessages(this.#sender, printed, this.#maxMessage);
      this.counts[queue].dropped += tooLarge.length;
      try {
        for (const body of bodies) {
          await this.#client.send(body, properties);
          this.#stats.sent += 1;
          if (body.length < 4_096) this.#stats.small += 1;
        }
      } catch {
        this.#stats.failed += 1;
        return;
      }
      outbox.forget(mark);
    }
  }
}
