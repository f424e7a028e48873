import type { TLSSocket } from "node:tls";
import { type OperationCause, recordKind } from "@picket/schema";
import {
  generate,
  type IConnectPacket,
  type ISubscribePacket,
  type IUnsubscribePacket,
  type Packet,
  parser,
} from "mqtt-packet";
import type { Attendant } from "../attendance.js";
import { hubErrors } from "../errors.js";
import type { Identity } from "../identity/registry.js";
import { bagBytes, type Sender, senderOf } from "../messages/properties.js";
import type { Receiver } from "../outbound.js";
import { connectionMade, messageTaken } from "../signals.js";
import type { MqttDoor } from "./door.js";
import { connack, FrameReader, type FrameTaker, PINGRESP, packetType, pubacks } from "./frames.js";
import { type DeviceTopic, parseTopic, subscriptionOf, telemetryTopic } from "./topics.js";

const MAX_TOPIC = 8_192;
const REQUEST_BYTES = 131_072;

/** Why a caller is refused, and who it says it is. */
interface Refusal {
  readonly cause: Exclude<OperationCause, "">;
  readonly why: string;
  readonly deviceId: string;
  readonly moduleId: string;
}

type TelemetryTopic = Extract<DeviceTopic, { kind: "telemetry" }>;

interface PendingMethod {
  readonly resolve: (answer: { status: number; payload: unknown }) => void;
  readonly timer: NodeJS.Timeout;
}

/** One MQTT connection: before CONNECT of anybody, after it of one identity. */
export class MqttSession implements FrameTaker, Receiver, Attendant {
  readonly #socket: TLSSocket;
  readonly #door: MqttDoor;
  readonly #frames = new FrameReader(this);
  readonly #address: string;
  readonly #subscriptions = new Set<string>();
  readonly #methods = new Map<string, PendingMethod>();
  #identity: Identity | undefined;
  #telemetry = "";
  #acks: number[] = [];
  #unacked = 0;
  #sizes = new Map<number, number>();
  #lastTopic = Buffer.alloc(0);
  #lastParsed: DeviceTopic | undefined;
  #lastProperties: Uint8Array = new Uint8Array();
  #sender: Sender | undefined;
  #nextRid = 0;
  #expiry: NodeJS.Timeout | undefined;
  #endCause: Exclude<OperationCause, ""> | undefined;
  #sdk = "";
  #ended = false;

  constructor(socket: TLSSocket, door: MqttDoor) {
    this.#socket = socket;
    this.#door = door;
    this.#address = (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
    socket.setTimeout(door.limits.connectMs, () => this.#timedOut());
    socket.on("data", (chunk) => this.#frames.read(chunk));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#closed());
  }

  get address(): string {
    return this.#address;
  }

  get unackedBytes(): number {
    return this.#unacked;
  }

  /** Ends the connection for a reason that the operation log gives. */
  end(cause: Exclude<OperationCause, "">): void {
    this.#endCause ??= cause;
    this.#socket.destroy();
  }

  /** Pushes a patch of desired properties, if the client asked for them. */
  pushDesired(patch: object, version: number): void {
    if (!this.#subscriptions.has("desired")) return;
    this.#publish(
      `$iothub/twin/PATCH/properties/desired/?$version=${version}`,
      JSON.stringify({ ...patch, $version: version }),
    );
  }

  /** Calls a direct method and answers what the device says. */
  invoke(name: string, payload: unknown, seconds: number): Promise<{ status: number; payload: unknown }> {
    const id = this.#identity?.deviceId ?? "";
    if (!this.#subscriptions.has("methods")) return Promise.reject(hubErrors.deviceNotOnline({ id }));
    this.#nextRid += 1;
    const rid = this.#nextRid.toString(16);
    const body = payload === undefined ? "" : JSON.stringify(payload);
    this.#publish(`$iothub/methods/POST/${encodeURIComponent(name)}/?$rid=${rid}`, body);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#methods.delete(rid);
        reject(hubErrors.gatewayTimeout({ id, seconds }));
      }, seconds * 1000);
      this.#methods.set(rid, { resolve, timer });
    });
  }

  frame(type: number, flags: number, frame: Buffer, body: number): boolean {
    if (!this.#identity) return this.#first(type, frame);
    if (type === packetType.publish) return this.#published(flags, frame, body);
    if (type === packetType.pingreq) this.#socket.write(PINGRESP);
    else if (type === packetType.subscribe || type === packetType.unsubscribe) return this.#subscribe(frame);
    else if (type === packetType.disconnect) this.#socket.end();
    else if (type !== packetType.puback) return this.#violated(`packet type ${type}`);
    return true;
  }

  broken(why: string): void {
    this.#violated(why);
  }

  durable(id: number): void {
    this.#unacked -= this.#sizes.get(id) ?? 0;
    this.#sizes.delete(id);
    if (id > 0) this.#acks.push(id);
  }

  settled(): void {
    if (this.#acks.length > 0 && !this.#socket.destroyed) this.#socket.write(pubacks(this.#acks));
    this.#acks = [];
    if (this.#unacked < this.#door.limits.unackedBytes / 2 && this.#socket.isPaused()) this.#socket.resume();
  }

  #first(type: number, frame: Buffer): boolean {
    const packet = type === packetType.connect ? parseOne(frame) : undefined;
    if (packet?.cmd !== "connect") return this.#violated("something else than CONNECT first");
    return this.#connect(packet);
  }

  #connect(packet: IConnectPacket): boolean {
    const [deviceId = "", moduleId = "", ...more] = (packet.clientId ?? "").split("/");
    const agent = /[?&]DeviceClientType=([^&]*)/.exec(packet.username ?? "")?.[1] ?? "";
    this.#sdk = safelyDecoded(agent).slice(0, 256);
    if (packet.protocolVersion !== 4)
      return this.#refuse(1, {
        cause: "protocolViolation",
        deviceId,
        moduleId,
        why: "the protocol is not MQTT 3.1.1",
      });
    if (deviceId === "" || more.length > 0)
      return this.#refuse(2, {
        cause: "invalidRequest",
        deviceId,
        moduleId,
        why: "the client id must be a device id or device/module",
      });
    const verdict = this.#door.authenticator.device(
      deviceId,
      moduleId,
      packet.password?.toString("utf8") ?? "",
    );
    if ("cause" in verdict) {
      const code =
        verdict.cause === "unknownDevice" ||
        verdict.cause === "disabledDevice" ||
        verdict.cause === "forbidden"
          ? 5
          : 4;
      return this.#refuse(code, { ...verdict, deviceId, moduleId });
    }
    this.#admit(verdict.identity, verdict.expiresAt, packet);
    return true;
  }

  #admit(identity: Identity, expiresAt: number, packet: IConnectPacket): void {
    this.#identity = identity;
    this.#telemetry = telemetryTopic(identity.deviceId, identity.moduleId);
    const modelId = /[?&]model-id=([^&]*)/.exec(packet.username ?? "")?.[1] ?? "";
    this.#sender = senderOf(identity, { modelId: safelyDecoded(modelId).slice(0, 256) });
    const left = expiresAt - this.#door.clock.now();
    this.#expiry = setTimeout(() => this.end("expiredToken"), Math.min(Math.max(left, 1_000), 2 ** 31 - 1));
    this.#expiry.unref();
    const keepAlive = packet.keepalive ?? 0;
    this.#socket.setTimeout(keepAlive === 0 ? 1_767_000 : Math.min(keepAlive * 1_500, 1_767_000));
    this.#socket.setNoDelay(true);
    this.#door.attendance.enter(identity, this);
    this.#socket.write(connack(0));
    connectionMade(this.#door.recorder, { protocol: "Mqtt" });
    this.#tell("deviceConnect", "Connections");
    void this.#door.registry.present(identity, true, this.#sdk);
  }

  #refuse(code: number, { cause, why, ...claimed }: Refusal): boolean {
    const { deviceId, moduleId } = claimed;
    const told = {
      deviceId,
      moduleId,
      protocol: "Mqtt",
      ipAddress: this.#address,
      authType: "Sas",
      sdkVersion: this.#sdk,
    } as const;
    this.#door.operations.tell({
      ...told,
      operationName: "deviceConnect",
      category: "Connections",
      cause,
      resultDescription: `${deviceId || "A client"} was refused: ${why}.`,
    });
    this.#ended = true;
    this.#socket.end(connack(code));
    return false;
  }

  #published(flags: number, frame: Buffer, body: number): boolean {
    const qos = (flags >> 1) & 3;
    if (frame.length < body + 2) return this.#violated("a PUBLISH that is too short");
    const topicEnd = body + 2 + frame.readUInt16BE(body);
    const payloadAt = topicEnd + (qos > 0 ? 2 : 0);
    if (payloadAt > frame.length) return this.#violated("a PUBLISH that is too short");
    if (qos > 1) return this.#violated("a PUBLISH with QoS 2");
    if (topicEnd - body > MAX_TOPIC) return this.#violated("a topic of more than 8 KB");
    const topic = this.#topicOf(frame.subarray(body + 2, topicEnd));
    if (!topic)
      return this.#violated(
        `a topic of somebody else: ${frame.toString("utf8", body + 2, Math.min(topicEnd, body + 130))}`,
      );
    const id = qos === 1 ? frame.readUInt16BE(topicEnd) : 0;
    if (qos === 1 && id === 0) return this.#violated("a PUBLISH without an id");
    const payload = frame.subarray(payloadAt);
    if (topic.kind === "telemetry") {
      const isRetained = (flags & 1) === 1;
      return this.#telemetryIn(payload, id, isRetained ? this.#retained(topic) : topic);
    }
    if (id > 0) this.#socket.write(pubacks([id]));
    if (payload.length > REQUEST_BYTES) return this.#violated("a request of more than 128 KB");
    this.#request(topic, payload.toString("utf8"));
    return true;
  }

  /** Devices repeat their topics: the last one is compared as bytes before it is parsed. */
  #topicOf(bytes: Buffer): DeviceTopic | undefined {
    if (bytes.equals(this.#lastTopic)) return this.#lastParsed;
    const parsed = parseTopic(bytes.toString("utf8"), this.#telemetry);
    if (parsed?.kind === "telemetry") {
      this.#lastTopic = Buffer.from(bytes);
      this.#lastParsed = parsed;
      this.#lastProperties = bagBytes(parsed.bag, this.#sender!);
    }
    return parsed;
  }

  /** Nothing is retained by a hub; the message says that its sender asked for it. */
  #retained(topic: TelemetryTopic): TelemetryTopic {
    this.#lastTopic = Buffer.alloc(0);
    this.#lastProperties = bagBytes({ ...topic.bag, "mqtt-retain": "true" }, this.#sender!);
    return topic;
  }

  #telemetryIn(payload: Buffer, id: number, { isSecurity }: TelemetryTopic): boolean {
    const { deviceId, moduleId } = this.#identity!;
    if (payload.length > 262_144) {
      this.#tell(
        "ingress",
        "DeviceTelemetry",
        "messageTooLarge",
        `A message of ${payload.length} bytes was refused; at most 262144 are taken.`,
      );
      this.end("messageTooLarge");
      return false;
    }
    this.#door.taken(isSecurity, payload.length);
    messageTaken(this.#door.recorder, { kind: isSecurity ? "security" : "telemetry" });
    this.#door.registry.active(deviceId, moduleId);
    this.#unacked += payload.length;
    this.#sizes.set(id, payload.length);
    this.#door.outbound.keep(
      {
        kind: isSecurity ? recordKind.message : recordKind.telemetry,
        receivedAt: this.#door.clock.now(),
        deviceId,
        moduleId,
        body: payload,
        properties: this.#lastProperties,
      },
      this,
      id,
    );
    if (this.#unacked > this.#door.limits.unackedBytes) this.#socket.pause();
    return true;
  }

  #request(topic: Exclude<DeviceTopic, TelemetryTopic>, body: string): void {
    if (topic.kind === "methodAnswer") {
      const pending = this.#methods.get(topic.rid);
      this.#methods.delete(topic.rid);
      clearTimeout(pending?.timer);
      pending?.resolve({ status: topic.status, payload: parsedJson(body) ?? null });
      return;
    }
    const { deviceId, moduleId } = this.#identity!;
    const identity = this.#door.registry.find(deviceId, moduleId);
    if (!identity) this.#answer(404, topic.rid, failure(404_001, "The identity is no longer registered."));
    else if (topic.kind === "twinGet") {
      const { desired, desiredVersion, reported, reportedVersion } = identity;
      const twin = {
        desired: { ...desired, $version: desiredVersion },
        reported: { ...reported, $version: reportedVersion },
      };
      this.#answer(200, topic.rid, JSON.stringify(twin));
      this.#tell("read", "D2CTwinOperations");
    } else void this.#report(identity, topic.rid, body);
  }

  async #report(identity: Identity, rid: string, body: string): Promise<void> {
    const patch = parsedJson(body);
    if (typeof patch !== "object" || patch === null || Array.isArray(patch)) {
      this.#answer(400, rid, failure(400_004, "The patch of reported properties must be a JSON object."));
      this.#tell(
        "update",
        "D2CTwinOperations",
        "invalidRequest",
        "A patch of reported properties was no JSON object.",
      );
      return;
    }
    try {
      const { reportedVersion } = await this.#door.registry.report(identity, patch);
      this.#answer(204, rid, "", `&$version=${reportedVersion}`);
      this.#tell("update", "D2CTwinOperations");
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#answer(400, rid, failure(400_004, message));
      this.#tell("update", "D2CTwinOperations", "invalidRequest", message);
    }
  }

  #answer(status: number, rid: string, body: string, more = ""): void {
    this.#publish(`$iothub/twin/res/${status}/?$rid=${rid}${more}`, body);
  }

  #subscribe(frame: Buffer): boolean {
    const packet = parseOne(frame);
    if (packet?.cmd === "subscribe") return this.#granted(packet);
    if (packet?.cmd === "unsubscribe") return this.#released(packet);
    return this.#violated("a SUBSCRIBE that cannot be read");
  }

  #granted(packet: ISubscribePacket): boolean {
    const { deviceId, moduleId } = this.#identity!;
    const granted = packet.subscriptions.map(({ topic, qos }) => {
      const purpose = subscriptionOf(topic, deviceId, moduleId);
      if (purpose === undefined) return 0x80;
      this.#subscriptions.add(purpose);
      return Math.min(qos, 1);
    });
    this.#write({ cmd: "suback", messageId: packet.messageId ?? 0, granted });
    return true;
  }

  #released(packet: IUnsubscribePacket): boolean {
    const { deviceId, moduleId } = this.#identity!;
    for (const filter of packet.unsubscriptions)
      this.#subscriptions.delete(subscriptionOf(filter, deviceId, moduleId) ?? "");
    this.#write({ cmd: "unsuback", messageId: packet.messageId ?? 0, granted: [] });
    return true;
  }

  #publish(topic: string, body: string): void {
    this.#write({ cmd: "publish", topic, payload: body, qos: 0, dup: false, retain: false });
  }

  #write(packet: Packet): void {
    if (!this.#socket.destroyed) this.#socket.write(generate(packet, { protocolVersion: 4 }));
  }

  #violated(what: string): false {
    const told = { deviceId: this.#identity?.deviceId ?? "", moduleId: this.#identity?.moduleId ?? "" };
    this.#door.operations.tell({
      ...told,
      operationName: this.#identity ? "ingress" : "deviceConnect",
      category: this.#identity ? "DeviceTelemetry" : "Connections",
      protocol: "Mqtt",
      ipAddress: this.#address,
      cause: "protocolViolation",
      resultDescription: `The client sent ${what}; the connection was closed.`,
    });
    this.end("protocolViolation");
    return false;
  }

  #timedOut(): void {
    this.end("timeout");
  }

  #tell(operationName: string, category: string, cause: OperationCause = "", resultDescription = ""): void {
    const { deviceId, moduleId } = this.#identity!;
    this.#door.operations.tell({
      operationName,
      category,
      deviceId,
      moduleId,
      protocol: "Mqtt",
      authType: "Sas",
      ipAddress: this.#address,
      sdkVersion: this.#sdk,
      cause,
      resultDescription,
    });
  }

  #closed(): void {
    clearTimeout(this.#expiry);
    for (const { timer } of this.#methods.values()) clearTimeout(timer);
    const identity = this.#identity;
    this.#door.leave(identity, this);
    if (!identity || this.#ended) return;
    this.#ended = true;
    const why = this.#endCause;
    const takenOver = why === "takenOver" ? "Another connection of the same identity took its place." : "";
    this.#tell(
      "deviceDisconnect",
      "Connections",
      why ?? "",
      takenOver || (why ? `The hub closed the connection: ${why}.` : ""),
    );
    if (why !== "takenOver") this.#door.departed(identity);
  }
}

/** Parses one packet of the rare kinds; undefined when it is none. */
function parseOne(frame: Buffer): Packet | undefined {
  let found: Packet | undefined;
  const reader = parser({ protocolVersion: 4 });
  reader.on("packet", (packet: Packet) => {
    found ??= packet;
  });
  reader.on("error", () => {});
  try {
    reader.parse(frame);
  } catch {
    return undefined;
  }
  return found;
}

const failure = (errorCode: number, message: string): string =>
  JSON.stringify({ errorCode, message, timestampUtc: new Date().toISOString() });

function parsedJson(text: string): unknown {
  try {
    return text.trim() === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function safelyDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
