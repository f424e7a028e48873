import { encodeProperties, isSecurityMessage, recordKind } from "@picket/schema";
import type { Delivery, EventContext, Message, Receiver } from "rhea";
import { hubErrors } from "../errors.js";
import { Source } from "../messages/intake.js";
import type { Sender } from "../messages/properties.js";
import type { Receiver as Durable } from "../outbound.js";
import { conditionOf } from "./conditions.js";
import type { Host } from "./host.js";
import { amqpProperties, BATCH, bodyOf, unbatched } from "./messages.js";

const CREDIT = 100;
const LARGEST = 262_144;

interface Taken {
  readonly delivery: Delivery;
  readonly bytes: number;
  /** Messages of the batch that are not on disk yet. */
  left: number;
}

/** Whom the messages of a link are from. */
export interface Speaker {
  readonly deviceId: string;
  readonly moduleId: string;
  readonly sender: Sender;
}

/** Messages of a device, one by one or in batches; accepted when they are on disk. Credit is given back then, not before. */
export class EventsLink implements Durable {
  readonly #receiver: Receiver;
  readonly #host: Host;
  readonly #speaker: Speaker;
  readonly #source: Source;
  readonly #taken = new Map<number, Taken>();
  #next = 0;
  #freed = 0;
  #rest: NodeJS.Timeout | undefined;

  constructor(receiver: Receiver, host: Host, speaker: Speaker) {
    this.#receiver = receiver;
    this.#host = host;
    this.#speaker = speaker;
    this.#source = new Source(speaker, host.protocol);
    receiver.on("message", (context: EventContext) => this.#arrived(context));
    receiver.add_credit(CREDIT);
    host.whenGone(receiver, () => this.#gone());
  }

  durable(mark: number): void {
    const taken = this.#taken.get(mark);
    if (!taken) return;
    taken.left -= 1;
    if (taken.left > 0) return;
    this.#taken.delete(mark);
    this.#freed += 1;
    this.#host.unacked(-taken.bytes);
    taken.delivery.accept();
  }

  settled(): void {
    if (this.#rest) return;
    this.#receiver.add_credit(this.#freed);
    this.#freed = 0;
  }

  #arrived({ message, delivery }: EventContext): void {
    if (!message || !delivery || this.#receiver.is_closed()) return;
    const messages = messagesOf(message, delivery);
    if (messages && messages.length > 0) this.#take(messages, delivery);
    else this.#refused(delivery, "a batch that cannot be read");
  }

  #take(messages: readonly Message[], delivery: Delivery): void {
    const bodies = messages.map(bodyOf);
    const bytes = bodies.reduce((sum, body) => sum + body.length, 0);
    if (bytes > LARGEST) {
      this.#tooLarge(bytes);
      return;
    }
    if (!this.#isWithin(bodies)) return;
    this.#mark(delivery, bytes, messages.length);
    messages.forEach((each, index) => {
      this.#keep(each, bodies[index]!);
    });
  }

  /** A device over its rate gets no credit for a while; one far over it, or over the day's messages, loses its link. */
  #isWithin(bodies: readonly Buffer[]): boolean {
    const { throttles } = this.#host.around;
    const { deviceId } = this.#speaker;
    let wait = 0;
    for (const body of bodies) {
      wait = Math.max(wait, throttles.ask("telemetry", deviceId));
      if (!throttles.daily.take(deviceId, body.length))
        return this.#over("quotaExceeded", hubErrors.quotaExceeded({ id: deviceId }));
    }
    if (wait === Number.POSITIVE_INFINITY)
      return this.#over("throttled", hubErrors.throttled({ id: deviceId, what: "telemetry" }));
    if (wait > 0) this.#restFor(wait);
    return true;
  }

  #restFor(wait: number): void {
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      this.#rest = undefined;
      if (!this.#receiver.is_closed()) this.settled();
    }, wait).unref();
  }

  #over(cause: "throttled" | "quotaExceeded", error: Error): false {
    const { deviceId, moduleId } = this.#speaker;
    const told = { operationName: "ingress", category: "DeviceTelemetry", deviceId, moduleId };
    this.#host.tell({ ...told, cause, resultDescription: error.message });
    this.#host.refuse(this.#receiver, conditionOf(error));
    return false;
  }

  #mark(delivery: Delivery, bytes: number, left: number): void {
    this.#next += 1;
    this.#taken.set(this.#next, { delivery, bytes, left });
    this.#host.unacked(bytes);
  }

  #keep(message: Message, body: Buffer): void {
    const { around } = this.#host;
    const { deviceId, moduleId, sender } = this.#speaker;
    const properties = amqpProperties(message, sender);
    const isSecurity = isMarked(properties, message);
    around.intake.take(
      this.#source,
      {
        kind: isSecurity ? recordKind.message : recordKind.telemetry,
        receivedAt: around.clock.now(),
        deviceId,
        moduleId,
        body,
        properties: encodeProperties(properties),
      },
      this,
      this.#next,
    );
  }

  #refused(delivery: Delivery, what: string): void {
    const { deviceId, moduleId } = this.#speaker;
    delivery.reject({ condition: "amqp:decode-error", description: `The hub cannot read ${what}.` });
    this.#receiver.add_credit(1);
    this.#host.tell({
      operationName: "ingress",
      category: "DeviceTelemetry",
      deviceId,
      moduleId,
      cause: "protocolViolation",
      resultDescription: `${deviceId} sent ${what}; it was rejected.`,
    });
  }

  #tooLarge(bytes: number): void {
    const { deviceId, moduleId } = this.#speaker;
    const error = hubErrors.messageTooLarge({ bytes });
    this.#host.tell({
      operationName: "ingress",
      category: "DeviceTelemetry",
      deviceId,
      moduleId,
      cause: "messageTooLarge",
      resultDescription: error.message,
      messageSize: bytes,
    });
    this.#host.refuse(this.#receiver, conditionOf(error));
  }

  #gone(): void {
    clearTimeout(this.#rest);
    for (const { bytes } of this.#taken.values()) this.#host.unacked(-bytes);
    this.#taken.clear();
  }
}

/** A batch comes as bytes, since the library knows no format but its own. */
function messagesOf(message: Message, delivery: Delivery): Message[] | undefined {
  if (!Buffer.isBuffer(message)) return [message];
  if (delivery.format !== BATCH) return undefined;
  try {
    return unbatched(message);
  } catch {
    return undefined;
  }
}

/** The marker is an annotation; early clients gave it as a property. */
function isMarked({ system, application }: ReturnType<typeof amqpProperties>, message: Message): boolean {
  const early = message.message_annotations?.["iothub-interface-internal-id"];
  const bag = Object.entries(application).map(([name, value]): [string, string] => [name, String(value)]);
  return isSecurityMessage({
    ...Object.fromEntries(bag),
    ...(system.interfaceId ? { "iothub-interface-id": system.interfaceId } : {}),
    ...(early ? { "iothub-interface-internal-id": String(early) } : {}),
  });
}
