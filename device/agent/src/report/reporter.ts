import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { marker, type SecurityEvent } from "@picket/schema";
import { type HubClient, packMessages, type Sender, securityMessage } from "@picket/sdk";
import type { Load, Outbox, Queue } from "../outbox/outbox.js";
import type { Ledger } from "./ledger.js";

const LEAST_MESSAGE = 8_192;
const MOST_MESSAGE = 262_144;
const SEPARATORS = 16;

/** The queues that have a time of their own; operational events go with any of them. */
export type Timed = Exclude<Queue, "Operational">;
const byUrgency: readonly Timed[] = ["High", "Medium", "Low"];

/** What a reporter works with. */
export interface ReporterOptions {
  readonly outbox: Outbox;
  readonly client: Pick<HubClient, "send" | "isConnected">;
  readonly sender: Sender;
  readonly ledger: Ledger;
}

/** Messages under way: the same bytes are sent again until the hub has taken them. */
interface Parcel {
  readonly bodies: string[];
  readonly load: Load;
  readonly tooLarge: readonly Queue[];
}

/** Hands events over: into the outbox at once, from it to the hub when due, forgotten when acknowledged. */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #overhead: number;
  #mostBytes = 204_800;
  #parcel: Parcel | undefined;
  #sending: Promise<void> | undefined;
  readonly #wanted = new Set<Timed>();
  /** Whether bodies are compressed; the receiver must know the content encoding gzip. */
  compresses = false;

  constructor(options: ReporterOptions) {
    this.#options = options;
    this.#overhead = Buffer.byteLength(JSON.stringify(securityMessage(options.sender, []))) + SEPARATORS;
  }

  /** Largest message, within what hubs take. */
  set maxMessageBytes(bytes: number) {
    this.#mostBytes = Math.min(Math.max(bytes, LEAST_MESSAGE), MOST_MESSAGE);
  }

  /** Whether a message's worth is waiting, which is sent before its time. */
  get isFull(): boolean {
    return this.#options.outbox.bytes > this.#mostBytes;
  }

  /** Keeps events until the hub has them. */
  keep(queue: Queue, events: readonly SecurityEvent[]): void {
    if (events.length === 0) return;
    this.#options.ledger.made(queue, events.length);
    this.#options.outbox.keep(
      queue,
      events.map((event) => JSON.stringify(event)),
    );
  }

  /** Sends a queue, operational events first and the other queues with it as far as there is room. */
  send(queue: Timed): Promise<void> {
    this.#wanted.add(queue);
    this.#sending ??= this.#sendWanted().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  async #sendWanted(): Promise<void> {
    for (const queue of this.#wanted) {
      this.#wanted.delete(queue);
      if (!(await this.#drain(queue))) return;
    }
  }

  /** Answers whether everything could be sent. */
  async #drain(queue: Timed): Promise<boolean> {
    const { outbox, client } = this.#options;
    const order: Queue[] = ["Operational", queue, ...byUrgency.filter((each) => each !== queue)];
    while (this.#parcel || !outbox.isEmpty(queue) || !outbox.isEmpty("Operational")) {
      if (!client.isConnected) return false;
      this.#parcel ??= this.#packed(order);
      if (!(await this.#delivered(this.#parcel))) return false;
      this.#settle(this.#parcel);
      this.#parcel = undefined;
    }
    return true;
  }

  #packed(order: readonly Queue[]): Parcel {
    const load = this.#options.outbox.gather(order, this.#mostBytes - this.#overhead);
    const printed = load.items.map(({ text, queue }) => ({ text, queue, bytes: Buffer.byteLength(text) }));
    const { bodies, tooLarge } = packMessages(this.#options.sender, printed, this.#mostBytes);
    const refused = new Set<object>(tooLarge);
    const tooLargeIn = printed.flatMap((each) => (refused.has(each) ? each.queue : []));
    return { bodies, load, tooLarge: tooLargeIn };
  }

  async #delivered({ bodies }: Parcel): Promise<boolean> {
    while (bodies[0] !== undefined) {
      try {
        await this.#sendOne(bodies[0]);
      } catch {
        this.#options.ledger.message(undefined);
        return false;
      }
      bodies.shift();
    }
    return true;
  }

  #settle({ load, tooLarge }: Parcel): void {
    const { ledger } = this.#options;
    for (const [queue, forgotten] of load.forget()) {
      const refused = Math.min(tooLarge.filter((each) => each === queue).length, forgotten);
      if (refused > 0) ledger.dropped(queue, refused, "tooLarge");
      ledger.sent(queue, forgotten - refused);
    }
  }

  async #sendOne(body: string): Promise<void> {
    // Made of the content: the same events sent again are the same message, after a restart too.
    const id = createHash("sha256").update(body).digest("hex").slice(0, 32);
    const properties = { [marker.mqtt]: marker.interfaceId, "$.mid": id };
    const bytes = this.compresses ? gzipSync(body) : body;
    await this.#options.client.send(bytes, this.compresses ? { ...properties, "$.ce": "gzip" } : properties);
    this.#options.ledger.message(Buffer.byteLength(bytes));
  }
}
