import { isKnown } from "@picket/kit";
import { hubErrors } from "../errors.js";
import { decoded } from "../mqtt/bag.js";
import { PINGRESP, packetType, pubacks } from "../mqtt/frames.js";
import { packetBytes, parsedJson, parsePacket, publishBytes } from "../mqtt/packets.js";
import { refusalBody } from "./answers.js";
import type { Comer, Provisioning, ProvisioningAnswer } from "./provisioning.js";

/** What a visit asks of the connection it is on. */
export interface VisitHost {
  write(bytes: Buffer): void;
  violated(what: string): false;
  /** Ends the connection once what was written is sent. */
  farewell(): void;
}

const RESULTS = "$dps/registrations/res/#";
const REGISTER = "$dps/registrations/PUT/iotdps-register/";
const STATUS = "$dps/registrations/GET/iotdps-get-operationstatus/";
const MOST_BODY = 16_384;

/** Who asks to be provisioned, by its user name. */
export interface Visitor {
  readonly idScope: string;
  readonly registrationId: string;
}

/** Reads the user name of a device that wants to be provisioned; undefined for one that has an identity. */
export function visitorOf(userName: string): Visitor | undefined {
  const found = /^([^/]{1,64})\/registrations\/([^/]{1,128})\/api-version=/.exec(userName);
  return found ? { idScope: found[1]!, registrationId: decoded(found[2]!) } : undefined;
}

/** A connection of a device that asks to be provisioned. */
export class MqttVisit {
  readonly #provisioning: Provisioning;
  readonly #host: VisitHost;
  readonly #comer: Comer;

  constructor(provisioning: Provisioning, host: VisitHost, comer: Comer) {
    this.#provisioning = provisioning;
    this.#host = host;
    this.#comer = comer;
  }

  frame(type: number, flags: number, frame: Buffer, body: number): boolean {
    if (type === packetType.publish) return this.#published(flags, frame.subarray(body));
    if (type === packetType.subscribe || type === packetType.unsubscribe) return this.#subscribed(frame);
    if (type === packetType.pingreq) this.#host.write(PINGRESP);
    else if (type === packetType.disconnect) this.#host.farewell();
    else if (type !== packetType.puback) return this.#host.violated(`packet type ${type}`);
    return true;
  }

  #subscribed(frame: Buffer): boolean {
    const packet = parsePacket(frame);
    const messageId = packet?.messageId ?? 0;
    if (messageId === 0) return this.#host.violated("a SUBSCRIBE that cannot be read");
    if (packet?.cmd === "subscribe" && packet.subscriptions.length > 0) {
      const granted = packet.subscriptions.map(({ topic, qos }) =>
        topic === RESULTS ? Math.min(qos, 1) : 0x80,
      );
      this.#host.write(packetBytes({ cmd: "suback", messageId, granted }));
    } else if (packet?.cmd === "unsubscribe") {
      this.#host.write(packetBytes({ cmd: "unsuback", messageId, granted: [] }));
    } else return this.#host.violated("a SUBSCRIBE that cannot be read");
    return true;
  }

  #published(flags: number, rest: Buffer): boolean {
    const qos = (flags >> 1) & 3;
    const topicEnd = rest.length < 2 ? Number.POSITIVE_INFINITY : 2 + rest.readUInt16BE(0);
    const payloadAt = topicEnd + qos * 2;
    if (qos > 1 || payloadAt > rest.length) return this.#host.violated("a PUBLISH that cannot be read");
    if (rest.length - payloadAt > MOST_BODY) return this.#host.violated("a request of more than 16 KB");
    if (qos === 1) this.#host.write(pubacks([rest.readUInt16BE(topicEnd)]));
    const topic = rest.toString("utf8", 2, topicEnd);
    const [path = "", query = ""] = topic.split("?");
    const parameters = new URLSearchParams(query);
    const rid = parameters.get("$rid") ?? "";
    if (path === REGISTER) void this.#answer(rid, () => this.#register(rest.toString("utf8", payloadAt)));
    else if (path === STATUS)
      void this.#answer(rid, async () =>
        this.#provisioning.operation(this.#comer, parameters.get("operationId") ?? ""),
      );
    else return this.#host.violated(`a topic of somebody else: ${topic.slice(0, 128)}`);
    return true;
  }

  async #register(text: string): Promise<ProvisioningAnswer> {
    const body = parsedJson(text);
    if (typeof body !== "object" || body === null)
      throw hubErrors.argumentInvalid({ what: "The body", why: "it must be a JSON object" });
    return this.#provisioning.register(this.#comer, "payload" in body ? body.payload : undefined);
  }

  async #answer(rid: string, work: () => Promise<ProvisioningAnswer>): Promise<void> {
    const { status, retryAfter, body } = await work().catch((error: unknown): ProvisioningAnswer => {
      const known = isKnown(error) ? error : undefined;
      return { status: known?.status ?? 503, body: refusalBody(known) };
    });
    const retry = retryAfter === undefined ? "" : `&retry-after=${retryAfter}`;
    this.#host.write(
      publishBytes(`$dps/registrations/res/${status}/?$rid=${rid}${retry}`, JSON.stringify(body)),
    );
  }
}
