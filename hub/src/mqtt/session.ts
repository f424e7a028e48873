import type { OperationCause } from "@picket/schema";
import type { DoorAround } from "../around.js";
import type { Attendant, MethodAnswer } from "../attendance.js";
import { hubErrors } from "../errors.js";
import { type Sender, senderOf } from "../messages/properties.js";
import { MqttVisit, type Visitor, visitorOf } from "../provisioning/mqtt-visit.js";
import { connectionMade, doorBroke } from "../signals.js";
import { Commands } from "./commands.js";
import {
  type Admission,
  admit,
  type ConnectRequest,
  type Refusal,
  readConnect,
  type Will,
} from "./connecting.js";
import {
  connack,
  FrameReader,
  type FrameTaker,
  MAX_CONNECT,
  MAX_PACKET,
  PINGRESP,
  packetType,
  pubacks,
} from "./frames.js";
import { MetricsReports } from "./metrics-reports.js";
import { parsePacket } from "./packets.js";
import { Requests } from "./requests.js";
import type { SessionHost, Speaker, Wire } from "./session-host.js";
import { Subscriptions } from "./subscriptions.js";
import { Telemetry } from "./telemetry.js";
import { parseTopic, telemetryTopic } from "./topics.js";

const CONNECT_BYTE = packetType.connect << 4;
const MOST_TOPIC = 8_192;
const REQUEST_BYTES = 131_072;
const LONGEST_SILENCE_MS = 1_767_000;
const LONGEST_VISIT_MS = 600_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** One MQTT connection: before CONNECT of anybody, after it of one identity. */
export class MqttSession implements FrameTaker, Attendant, SessionHost {
  readonly around: DoorAround;
  readonly wire: Wire;
  readonly address: string;
  readonly #frames = new FrameReader(this, MAX_CONNECT);
  /** When a CONNECT must have come, then when the token ends. */
  #deadline: NodeJS.Timeout;
  #inside: Inside | undefined;
  /** Of a client that is not in, who it says it is. */
  #speaker: Speaker = nobody;
  #visit: MqttVisit | undefined;
  #sdk = "";
  #authType: "Sas" | "X509" | "None" = "None";
  #endCause: Exclude<OperationCause, ""> | undefined;
  #hasSpoken = false;
  #isFarewell = false;

  constructor(wire: Wire, around: DoorAround) {
    this.wire = wire;
    this.around = around;
    this.address = (wire.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
    // Not the socket's timeout, which a client that sends a byte now and then puts off for ever.
    this.#deadline = setTimeout(() => this.end("timeout"), around.limits.connectMs).unref();
    wire.socket.on("timeout", () => this.end("timeout"));
    wire.stream.on("data", (chunk) => this.#read(chunk));
    wire.stream.on("error", () => wire.stream.destroy());
    wire.stream.on("close", () => this.#closed());
  }

  get unackedBytes(): number {
    return this.#inside?.telemetry.unackedBytes ?? 0;
  }

  get speaker(): Speaker {
    return this.#speaker;
  }

  get sender(): Sender {
    return this.#inside!.sender;
  }

  end(cause: Exclude<OperationCause, "">): void {
    this.#endCause ??= cause;
    this.wire.stream.destroy();
  }

  pushDesired(patch: object, version: number): void {
    if (this.#inside?.subscriptions.has("desired")) this.#inside.requests.pushDesired(patch, version);
  }

  get takesMethods(): boolean {
    return this.#inside?.subscriptions.has("methods") ?? false;
  }

  invoke(name: string, payload: unknown, seconds: number): Promise<MethodAnswer> {
    return this.#inside && this.takesMethods
      ? this.#inside.requests.invoke(name, payload, seconds)
      : Promise.reject(hubErrors.deviceNotOnline({ id: this.speaker.deviceId }));
  }

  write(bytes: Buffer): void {
    if (!this.wire.stream.destroyed) this.wire.stream.write(bytes);
  }

  frame(type: number, flags: number, frame: Buffer, body: number): boolean {
    const inside = this.#inside;
    if (this.#visit) return this.#visit.frame(type, flags, frame, body);
    if (!inside) return this.#connect(type, frame);
    if (type === packetType.publish) return this.#published(inside, flags, frame.subarray(body));
    if (type === packetType.puback) return this.#acknowledged(inside, frame, body);
    if (type === packetType.pingreq) this.write(PINGRESP);
    else if (type === packetType.subscribe || type === packetType.unsubscribe)
      return this.#subscribe(inside, frame);
    else if (type === packetType.disconnect) this.#farewell();
    else return this.violated(`packet type ${type}`);
    return true;
  }

  broken(why: string): void {
    this.violated(why);
  }

  violated(what: string): false {
    const isInside = this.#inside !== undefined;
    this.tell(
      isInside ? "ingress" : "deviceConnect",
      isInside ? "DeviceTelemetry" : "Connections",
      "protocolViolation",
      `The client sent ${what}; the connection was closed.`,
    );
    this.end("protocolViolation");
    return false;
  }

  tell(operationName: string, category: string, cause: OperationCause = "", resultDescription = ""): void {
    const { deviceId, moduleId } = this.speaker;
    this.around.operations.tell({
      operationName,
      category,
      deviceId,
      moduleId,
      protocol: this.wire.protocol,
      authType: this.#authType,
      ipAddress: this.address,
      sdkVersion: this.#sdk,
      cause,
      resultDescription,
    });
  }

  /** What does not begin with a CONNECT is not waited for. */
  #read(chunk: Buffer): void {
    if (!this.#hasSpoken && chunk[0] !== CONNECT_BYTE) {
      this.violated("something else than CONNECT first");
      return;
    }
    this.#hasSpoken = true;
    try {
      this.#frames.read(chunk);
    } catch (error) {
      // A mistake of ours in one session must not end the others.
      this.#broke(error);
    }
  }

  #connect(type: number, frame: Buffer): boolean {
    const request = type === packetType.connect ? readConnect(frame) : undefined;
    if (!request) return this.violated("something else than CONNECT first");
    this.#sdk = request.sdk;
    const visitor = visitorOf(request.userName);
    if (visitor) return this.#receive(visitor, request);
    this.#authType = request.password === "" ? "X509" : "Sas";
    const verdict = admit(request, this.wire, this.around);
    if ("cause" in verdict) return this.#refuse(verdict, request);
    const wait = this.around.throttles.ask("connections", request.deviceId);
    if (wait === Number.POSITIVE_INFINITY) return this.#refuse(tooOften, request);
    if (wait === 0) this.#enter(verdict, request);
    else this.#enterAfter(wait, () => this.#enter(verdict, request));
    return true;
  }

  /** Lets in a device that has no identity yet and asks for one. */
  #receive({ idScope, registrationId }: Visitor, { password, sdk }: ConnectRequest): boolean {
    const certificate = password === "" ? this.wire.socket.getPeerX509Certificate() : undefined;
    const credential = { token: password, ...(certificate ? { certificate } : {}) };
    const { protocol } = this.wire;
    const comer = { idScope, registrationId, credential, protocol, ipAddress: this.address, sdkVersion: sdk };
    this.#speaker = { deviceId: registrationId, moduleId: "", generationId: "" };
    try {
      this.around.provisioning.admitted(comer, "connect");
    } catch {
      this.wire.stream.end(connack(5));
      return false;
    }
    clearTimeout(this.#deadline);
    this.#deadline = this.#endAt(this.around.clock.now() + LONGEST_VISIT_MS);
    const host = {
      write: (bytes: Buffer) => this.write(bytes),
      violated: (what: string) => this.violated(what),
      farewell: () => this.#farewell(),
    };
    this.#visit = new MqttVisit(this.around.provisioning, host, comer);
    this.write(connack(0));
    return true;
  }

  /** A client that connects too often waits for its answer. */
  #enterAfter(wait: number, enter: () => void): void {
    this.wire.stream.pause();
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => {
      enter();
      this.wire.stream.resume();
    }, wait).unref();
  }

  #refuse({ code, cause, why }: Refusal, { deviceId, moduleId }: ConnectRequest): false {
    this.#speaker = { deviceId, moduleId, generationId: "" };
    this.tell("deviceConnect", "Connections", cause, `${deviceId || "A client"} was refused: ${why}.`);
    this.wire.stream.end(connack(code));
    return false;
  }

  #enter({ identity, expiresAt, authType }: Admission, request: ConnectRequest): void {
    const { deviceId, moduleId, generationId } = identity;
    this.#speaker = { deviceId, moduleId, generationId };
    const subscriptions = new Subscriptions(this, !request.isClean);
    this.#inside = {
      sender: senderOf(identity, {
        type: authType === "X509" ? "x509" : "sas",
        modelId: request.modelId,
      }),
      ownTopic: telemetryTopic(deviceId, moduleId),
      will: request.will,
      subscriptions,
      metrics: new MetricsReports(this, subscriptions),
      telemetry: new Telemetry(this),
      requests: new Requests(this),
      commands: new Commands(this),
    };
    this.#frames.limit = MAX_PACKET;
    clearTimeout(this.#deadline);
    this.#deadline = this.#endAt(expiresAt);
    const silence = request.keepAlive === 0 ? LONGEST_SILENCE_MS : request.keepAlive * 1_500;
    this.wire.socket.setTimeout(Math.min(silence, LONGEST_SILENCE_MS));
    this.wire.socket.setNoDelay(true);
    this.around.attendance.enter(identity, this);
    const isResumed = this.#inside.subscriptions.resume();
    this.write(connack(0, isResumed));
    connectionMade(this.around.recorder, { protocol: this.wire.protocol });
    this.tell("deviceConnect", "Connections");
    void this.around.registry.present(identity, true, this.#sdk);
    this.#deliver(this.#inside);
  }

  /** A token's end is the connection's; clients renew by connecting again. */
  #endAt(expiresAt: number): NodeJS.Timeout {
    const left = Math.min(Math.max(expiresAt - this.around.clock.now(), 1_000), LONGEST_TIMER_MS);
    return setTimeout(() => this.end("expiredToken"), left).unref();
  }

  #published(inside: Inside, flags: number, rest: Buffer): boolean {
    const qos = (flags >> 1) & 3;
    if (qos > 1) return this.violated("a PUBLISH with QoS 2");
    if (rest.length < 2) return this.violated("a PUBLISH that is too short");
    const topicEnd = 2 + rest.readUInt16BE(0);
    const payloadAt = topicEnd + qos * 2;
    if (payloadAt > rest.length) return this.violated("a PUBLISH that is too short");
    if (topicEnd > MOST_TOPIC) return this.violated("a topic of more than 8 KB");
    const id = qos === 0 ? 0 : rest.readUInt16BE(topicEnd);
    if (qos === 1 && id === 0) return this.violated("a PUBLISH without an id");
    const topic = rest.subarray(2, topicEnd);
    const payload = rest.subarray(payloadAt);
    const isRetained = (flags & 1) === 1;
    if (!isRetained && inside.telemetry.isRepeated(topic)) return inside.telemetry.take(payload, id);
    const parsed = parseTopic(topic.toString("utf8"), inside.ownTopic);
    if (!parsed) return this.violated(`a topic of somebody else: ${topic.toString("utf8", 0, 128)}`);
    if (parsed.kind === "telemetry") {
      inside.telemetry.turnTo(topic, parsed, isRetained);
      return inside.telemetry.take(payload, id);
    }
    if (payload.length > REQUEST_BYTES) return this.violated("a request of more than 128 KB");
    if (parsed.kind === "metrics") {
      if (parsed.thing !== this.speaker.deviceId)
        return this.violated(`metrics of ${parsed.thing.slice(0, 128)}`);
      void inside.metrics.take(payload, parsed.format, id).catch((error: unknown) => this.#broke(error));
      return true;
    }
    if (id > 0) this.write(pubacks([id]));
    inside.requests.take(parsed, payload.toString("utf8"));
    return true;
  }

  #acknowledged({ commands }: Inside, frame: Buffer, body: number): boolean {
    if (frame.length !== body + 2) return this.violated("a PUBACK of a wrong size");
    commands.acknowledged(frame.readUInt16BE(body));
    return true;
  }

  #subscribe(inside: Inside, frame: Buffer): boolean {
    const packet = parsePacket(frame);
    if (packet?.cmd !== "subscribe" && packet?.cmd !== "unsubscribe")
      return this.violated("a SUBSCRIBE that cannot be read");
    const filters = packet.cmd === "subscribe" ? packet.subscriptions : packet.unsubscriptions;
    if (filters.length === 0) return this.violated(`${packet.cmd} without a filter`);
    const { subscriptions } = inside;
    const answered = packet.cmd === "subscribe" ? subscriptions.grant(packet) : subscriptions.release(packet);
    void answered.then(
      () => this.#deliver(inside),
      (error: unknown) => this.#broke(error),
    );
    return true;
  }

  #broke(error: unknown): void {
    doorBroke(this.around.recorder, { door: "mqtt" }, 1, { error: String(error) });
    this.end("unavailable");
  }

  #deliver({ subscriptions, commands }: Inside): void {
    const qos = subscriptions.qos("commands");
    if (qos === undefined || this.wire.stream.destroyed) commands.stop();
    else commands.start(qos);
  }

  #farewell(): void {
    this.#isFarewell = true;
    this.wire.stream.end();
  }

  #neverIn(): void {
    if (this.#endCause !== "timeout") return;
    const seconds = this.around.limits.connectMs / 1_000;
    this.tell("deviceConnect", "Connections", "timeout", `A client sent no CONNECT within ${seconds} s.`);
  }

  #closed(): void {
    clearTimeout(this.#deadline);
    this.#frames.close();
    const inside = this.#inside;
    if (!inside) {
      this.#neverIn();
      return;
    }
    inside.requests.close();
    inside.telemetry.close();
    inside.commands.stop();
    if (inside.will && !this.#isFarewell) inside.telemetry.last(inside.will, inside.ownTopic);
    const why = this.#endCause ?? "";
    this.tell("deviceDisconnect", "Connections", why, farewells(why));
    if (!this.around.attendance.leave(this.#speaker, this)) return;
    const present = this.around.registry.find(this.#speaker.deviceId, this.#speaker.moduleId);
    if (present) void this.around.registry.present(present, false);
  }
}

/** What a session has once its client was let in. */
interface Inside {
  readonly sender: Sender;
  readonly ownTopic: string;
  readonly will: Will | undefined;
  readonly subscriptions: Subscriptions;
  readonly telemetry: Telemetry;
  readonly requests: Requests;
  readonly metrics: MetricsReports;
  readonly commands: Commands;
}

const tooOften: Refusal = {
  code: 3,
  cause: "throttled",
  why: "it connects much more often than the hub allows",
};
const nobody: Speaker = { deviceId: "", moduleId: "", generationId: "" };

function farewells(why: OperationCause): string {
  if (why === "takenOver") return "Another connection of the same identity took its place.";
  return why === "" ? "" : `The hub closed the connection: ${why}.`;
}
