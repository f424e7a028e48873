import type { ISubscribePacket, IUnsubscribePacket } from "mqtt-packet";
import { packetBytes } from "./packets.js";
import type { SessionHost } from "./session-host.js";
import { type Purpose, purposeOf } from "./topics.js";

const REFUSED = 0x80;
const MOST_FILTERS = 20;

interface Stored {
  readonly generationId: string;
  readonly granted: Readonly<Partial<Record<Purpose, number>>>;
}

/** What a client asked to be told. On disk when the client wants its session kept, so that it survives both ends' restarts. */
export class Subscriptions {
  readonly #host: SessionHost;
  readonly #isKept: boolean;
  readonly #granted = new Map<Purpose, number>();

  constructor(host: SessionHost, isKept: boolean) {
    this.#host = host;
    this.#isKept = isKept;
  }

  has(purpose: Purpose): boolean {
    return this.#granted.has(purpose);
  }

  /** QoS of a subscription; undefined when there is none. */
  qos(purpose: Purpose): number | undefined {
    return this.#granted.get(purpose);
  }

  /** Takes up what the client asked for in its last connection; true when there was one. A clean session forgets it. */
  resume(): boolean {
    const { store } = this.#host.around;
    const bytes = store.get(this.#key);
    if (!bytes) return false;
    const { generationId, granted }: Stored = JSON.parse(Buffer.from(bytes).toString());
    if (this.#isKept && generationId === this.#host.speaker.generationId) {
      for (const purpose of purposes) {
        const qos = granted[purpose];
        if (qos !== undefined) this.#granted.set(purpose, qos);
      }
      return true;
    }
    void store.write([{ key: this.#key, remove: true }]);
    return false;
  }

  /** Grants what a client may have; resolves when it is kept and answered. */
  async grant({ subscriptions, messageId = 0 }: ISubscribePacket): Promise<void> {
    const { deviceId, moduleId } = this.#host.speaker;
    const before = this.#print();
    const granted = subscriptions.map(({ topic, qos }, index) => {
      const purpose = index < MOST_FILTERS ? purposeOf(topic, deviceId, moduleId) : undefined;
      if (purpose === undefined) return this.#refused(topic);
      const given = Math.min(qos, 1);
      this.#granted.set(purpose, given);
      return given;
    });
    if (this.#print() !== before) await this.#keep();
    this.#host.write(packetBytes({ cmd: "suback", messageId, granted }));
  }

  /** Takes subscriptions back; resolves when that is kept and answered. */
  async release({ unsubscriptions, messageId = 0 }: IUnsubscribePacket): Promise<void> {
    const { deviceId, moduleId } = this.#host.speaker;
    const before = this.#print();
    for (const filter of unsubscriptions) {
      const purpose = purposeOf(filter, deviceId, moduleId);
      if (purpose) this.#granted.delete(purpose);
    }
    if (this.#print() !== before) await this.#keep();
    this.#host.write(packetBytes({ cmd: "unsuback", messageId, granted: [] }));
  }

  get #key(): string {
    const { deviceId, moduleId } = this.#host.speaker;
    return `mqtt/session/${deviceId}|${moduleId}`;
  }

  #print(): string {
    return JSON.stringify(Object.fromEntries(this.#granted));
  }

  async #keep(): Promise<void> {
    if (!this.#isKept) return;
    const { generationId } = this.#host.speaker;
    const stored: Stored = { generationId, granted: Object.fromEntries(this.#granted) };
    await this.#host.around.store.write([{ key: this.#key, value: Buffer.from(JSON.stringify(stored)) }]);
  }

  #refused(filter: string): number {
    const why = `The client may not subscribe to ${filter.slice(0, 128)}.`;
    this.#host.tell("subscribe", "Connections", "forbidden", why);
    return REFUSED;
  }
}

const purposes: readonly Purpose[] = [
  "twin",
  "desired",
  "methods",
  "commands",
  "inputs",
  "metrics",
  "metrics-accepted",
  "metrics-rejected",
];
