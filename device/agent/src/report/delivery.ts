import { join } from "node:path";
import type { Recorder } from "@picket/kit";
import type { EventName, SecurityEvent } from "@picket/schema";
import type { HubClient, Sender } from "@picket/sdk";
import { Outbox, type Queue } from "../outbox/outbox.js";
import type { Rounds } from "../rounds.js";
import type { Settings } from "../settings/settings.js";
import * as signals from "../signals.js";
import { Ledger, type LossReason } from "./ledger.js";
import { Reporter, type Timed } from "./reporter.js";

const SOON_MS: Readonly<Record<Timed, number>> = { High: 50, Medium: 1_500, Low: 1_500 };
const timed: readonly Timed[] = ["High", "Medium", "Low"];
const FAREWELL_MS = 3_000;

/** What a delivery works with. */
export interface DeliveryOptions {
  readonly folder: string;
  readonly client: Pick<HubClient, "send" | "isConnected">;
  readonly sender: Sender;
  readonly settings: Settings;
  readonly recorder: Recorder;
  readonly rounds: Rounds;
  /** Send what is new at once rather than by the twin's intervals. */
  readonly lowLatency: () => boolean;
  /** Milliseconds that never jump. */
  readonly now?: () => number;
}

/** The way of an event from its making to the hub: kept by its queue, sent when that is due, accounted for. */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #now: () => number;
  readonly #ledger = new Ledger();
  readonly #outbox: Outbox;
  readonly #reporter: Reporter;
  readonly #due: Record<Timed, number> = { High: 0, Medium: 0, Low: 0 };
  readonly #fresh = new Map<Queue, SecurityEvent[]>();
  #isClosing = false;

  constructor(options: DeliveryOptions) {
    const { folder, settings, recorder, client, sender } = options;
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#outbox = new Outbox(join(folder, "outbox"), {
      maxBytes: settings.count("maxLocalCacheSizeInBytes"),
      dropped: (queue, events, reason) => this.#dropped(queue, events, reason),
      failed: (error) => signals.outboxFailed(recorder, {}, 1, { why: error.message }),
      gentler: (how) => signals.diskSpared(recorder, { how }),
      now: this.#now,
    });
    this.#reporter = new Reporter({ outbox: this.#outbox, client, sender, ledger: this.#ledger });
  }

  /** Takes over what the twin says. A shorter interval holds at once. */
  obey(): void {
    const { settings } = this.#options;
    this.#outbox.maxBytes = settings.count("maxLocalCacheSizeInBytes");
    this.#outbox.maxAgeMs = settings.maxAgeMs;
    this.#outbox.wearBytesPerDay = settings.count("maxDiskWritesInBytesPerDay");
    this.#reporter.maxMessageBytes = settings.count("maxMessageSizeInBytes");
    this.#reporter.compresses = settings.value("messageCompression") === "gzip";
    for (const queue of timed)
      this.#due[queue] = Math.min(this.#due[queue], this.#now() + settings.sendMs(queue));
  }

  /** Keeps events until the hub has them; those that are switched off are left out. What comes at once is written at once. */
  keep(events: readonly SecurityEvent[]): void {
    const { settings } = this.#options;
    for (const event of events) {
      const queue = settings.queueOf(event.Name as EventName);
      if (queue === undefined) continue;
      if (this.#fresh.size === 0) queueMicrotask(() => this.#write());
      const fresh = this.#fresh.get(queue);
      if (fresh) fresh.push(event);
      else this.#fresh.set(queue, [event]);
    }
  }

  /** Counts what was lost before it became an event. */
  lost(events: number, reason: LossReason): void {
    this.#ledger.made("Low", events);
    this.#ledger.dropped("Low", events, reason);
  }

  /** Sends what is due; what comes due while the hub is away is sent when it is back. */
  async tick(): Promise<void> {
    this.#write();
    if (!this.#options.client.isConnected) return;
    const now = this.#now();
    for (const queue of timed) {
      if (now < this.#due[queue]) continue;
      this.#due[queue] = now + this.#options.settings.sendMs(queue);
      await this.#reporter.send(queue);
    }
    if (this.#reporter.isFull) await this.all();
  }

  /** Sends everything that waits. */
  async all(): Promise<void> {
    this.#write();
    for (const queue of timed) await this.#reporter.send(queue);
  }

  sync(): void {
    this.#write();
    this.#outbox.sync();
  }

  /** Where every event went since the start. */
  balance() {
    this.#write();
    return this.#ledger.balance((queue: Queue) => this.#outbox.waiting(queue));
  }

  /** What was collected, dropped and sent since the last time, as events. */
  statistics(): SecurityEvent[] {
    return this.#ledger.statistics();
  }

  /** Sends what can be sent in a short while, and leaves the rest on disk. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.race([this.all(), new Promise((resolve) => setTimeout(resolve, FAREWELL_MS))]);
    this.#outbox.close();
  }

  /** Writes what came since the last turn of the loop, a queue at a time. */
  #write(): void {
    const { lowLatency, rounds } = this.#options;
    for (const [queue, events] of this.#fresh) {
      this.#reporter.keep(queue, events);
      if (this.#isClosing || !lowLatency()) continue;
      const own = queue === "Operational" ? "Low" : queue;
      rounds.soon(own, SOON_MS[own], () => this.#reporter.send(own));
    }
    this.#fresh.clear();
  }

  #dropped(queue: Queue, events: number, reason: LossReason): void {
    this.#ledger.dropped(queue, events, reason);
    signals.eventsDropped(this.#options.recorder, { queue, reason }, events);
  }
}
