import { recordKind } from "@picket/schema";
import { hubErrors } from "../errors.js";
import { Source } from "../messages/intake.js";
import { bagBytes } from "../messages/properties.js";
import type { Receiver } from "../outbound.js";
import type { Will } from "./connecting.js";
import { pubacks } from "./frames.js";
import type { SessionHost } from "./session-host.js";
import { parseTopic, type TelemetryTopic } from "./topics.js";

const MOST_BYTES = 262_144;
/** A mark holds the size of a message above its packet id. */
const ID_ROOM = 65_536;

/**
 * The hot path: messages of one client. Devices repeat their topics, so the last one is compared as bytes and its
 * properties are kept ready; a message is acknowledged when it is on disk, all of a flush in one write.
 */
export class Telemetry implements Receiver {
  readonly #host: SessionHost;
  readonly #source: Source;
  #topic: Buffer = Buffer.alloc(0);
  #properties: Uint8Array = this.#topic;
  #isSecurity = false;
  #acks: number[] = [];
  #unacked = 0;
  #rest: NodeJS.Timeout | undefined;

  constructor(host: SessionHost) {
    this.#host = host;
    this.#source = new Source(host.speaker, host.wire.protocol);
  }

  get unackedBytes(): number {
    return this.#unacked;
  }

  /** True when the topic is the one of the last message. */
  isRepeated(topic: Buffer): boolean {
    return topic.length > 0 && topic.equals(this.#topic);
  }

  /** Makes a topic the present one. */
  turnTo(bytes: Buffer, { bag, isSecurity }: TelemetryTopic, isRetained: boolean): void {
    // Nothing is retained by a hub; the message says that its sender asked for it.
    const properties = isRetained ? { ...bag, "mqtt-retain": "true" } : bag;
    this.#topic = isRetained ? Buffer.alloc(0) : Buffer.from(bytes);
    this.#properties = bagBytes(properties, this.#host.sender);
    this.#isSecurity = isSecurity;
  }

  /** Takes a message with the present topic; an id of 0 is not acknowledged. */
  take(payload: Buffer, id: number): boolean {
    const { around, wire } = this.#host;
    if (payload.length > MOST_BYTES) return this.#tooLarge(payload.length);
    if (!this.#isWithin(payload.length)) return false;
    this.#unacked += payload.length;
    const { deviceId, moduleId } = this.#source;
    const record = {
      kind: this.#isSecurity ? recordKind.message : recordKind.telemetry,
      receivedAt: around.clock.now(),
      deviceId,
      moduleId,
      body: payload,
      properties: this.#properties,
    };
    around.intake.take(this.#source, record, this, payload.length * ID_ROOM + id);
    if (this.#unacked > around.limits.unackedBytes) wire.stream.pause();
    return true;
  }

  durable(mark: number): void {
    this.#unacked -= Math.floor(mark / ID_ROOM);
    const id = mark % ID_ROOM;
    if (id > 0) this.#acks.push(id);
  }

  settled(): void {
    const { around, wire } = this.#host;
    if (this.#acks.length > 0) this.#host.write(pubacks(this.#acks));
    this.#acks = [];
    if (this.#unacked < around.limits.unackedBytes / 2 && wire.stream.isPaused() && !this.#rest)
      wire.stream.resume();
  }

  /** Ends the rest that a client over its rate was given. */
  close(): void {
    clearTimeout(this.#rest);
  }

  /** Takes the will of a client that left without a word. */
  last({ topic, payload, isRetained }: Will, ownTopic: string): void {
    const parsed = parseTopic(topic, ownTopic);
    if (parsed?.kind !== "telemetry") return;
    const bag = { ...parsed.bag, "iothub-MessageType": "Will" };
    this.turnTo(Buffer.from(topic), { ...parsed, bag }, isRetained);
    this.take(payload, 0);
  }

  /** A client over its rate is not read for a while; one far over it, or over the day's messages, is closed. */
  #isWithin(bytes: number): boolean {
    const { throttles } = this.#host.around;
    const { deviceId } = this.#source;
    const wait = throttles.ask("telemetry", deviceId);
    if (wait === Number.POSITIVE_INFINITY)
      return this.#refused("throttled", `${deviceId} sends much faster than the hub allows; it was closed.`);
    if (!throttles.daily.take(deviceId, bytes))
      return this.#refused("quotaExceeded", hubErrors.quotaExceeded({ id: deviceId }).message);
    if (wait > 0) this.#restFor(wait);
    return true;
  }

  #restFor(wait: number): void {
    const { stream } = this.#host.wire;
    if (this.#rest) clearTimeout(this.#rest);
    else {
      const why = `${this.#source.deviceId} sends faster than the hub allows; it is read more slowly.`;
      this.#host.tell("ingress", "DeviceTelemetry", "throttled", why);
    }
    stream.pause();
    this.#rest = setTimeout(() => {
      this.#rest = undefined;
      this.settled();
    }, wait).unref();
  }

  #refused(cause: "throttled" | "quotaExceeded", why: string): false {
    this.#host.tell("ingress", "DeviceTelemetry", cause, why);
    this.#host.end(cause);
    return false;
  }

  #tooLarge(bytes: number): false {
    const why = `A message of ${bytes} bytes was refused; at most ${MOST_BYTES} are taken.`;
    this.#host.tell("ingress", "DeviceTelemetry", "messageTooLarge", why);
    this.#host.end("messageTooLarge");
    return false;
  }
}
