import {
  encodeProperties,
  type MessageProperties,
  type Operation,
  type RecordKind,
  recordKind,
} from "@picket/schema";
import { connectorFailed, connectorMessageRefused, connectorMessageTaken } from "../signals.js";
import type { ConnectorAround, ConnectorStatus } from "./connector.js";

/** A message of a source, on its way into the stream. */
export interface Incoming {
  readonly kind: Extract<keyof typeof recordKind, "message" | "telemetry" | "notification">;
  readonly deviceId: string;
  readonly moduleId: string;
  readonly body: Uint8Array;
  readonly properties: MessageProperties;
  /** When its source got it, milliseconds since 1970. */
  readonly at?: number;
}

const LARGEST = 1_048_576;
const ID = 128;

/** Takes what one connector brings: bounds it, puts it into the stream, counts it, and remembers what is wrong. */
export class Intake {
  readonly around: ConnectorAround;
  readonly #name: string;
  readonly #kind: string;
  readonly #lags = new Map<string, number>();
  #state: ConnectorStatus["state"] = "connecting";
  #messages = 0;
  #refused = 0;
  #lastMessageAt: number | undefined;
  #problem: { readonly what: string; readonly since: number } | undefined;

  constructor(around: ConnectorAround, { name, kind }: { readonly name: string; readonly kind: string }) {
    this.around = around;
    this.#name = name;
    this.#kind = kind;
  }

  /** Resolves when the message is on disk; one that cannot be taken is told and left out. */
  async take({ kind, deviceId, moduleId, body, properties, at }: Incoming): Promise<void> {
    if (deviceId === "" || deviceId.length > ID || moduleId.length > ID)
      return this.refuse("it names no device");
    if (body.byteLength > LARGEST)
      return this.refuse(`it has ${body.byteLength} bytes, at most ${LARGEST} are taken`, deviceId);
    const now = this.around.clock.now();
    this.#messages += 1;
    this.#lastMessageAt = now;
    connectorMessageTaken(this.around.recorder, { connector: this.#name });
    await this.around.outbound.kept({
      kind: recordKind[kind],
      receivedAt: Math.min(at ?? now, now),
      deviceId,
      moduleId,
      body,
      properties: encodeProperties(properties),
    });
  }

  /** Puts another record into the stream, such as an operation or a snapshot. */
  async keep<T extends { readonly deviceId: string; readonly moduleId: string }>(
    kind: RecordKind,
    value: T,
    at?: number,
  ): Promise<void> {
    const now = this.around.clock.now();
    await this.around.outbound.kept({
      kind,
      receivedAt: Math.min(at ?? now, now),
      deviceId: value.deviceId.slice(0, ID),
      moduleId: value.moduleId.slice(0, ID),
      body: Buffer.from(JSON.stringify(value)),
    });
  }

  /** A message was refused: it is in the operation log with its reason. */
  refuse(why: string, deviceId = ""): void {
    this.#refused += 1;
    connectorMessageRefused(this.around.recorder, { connector: this.#name });
    const operation: Operation = {
      operationName: "ingress",
      category: "Connectors",
      level: "Error",
      resultType: "400004",
      cause: "invalidRequest",
      resultDescription: `A message of the connector ${this.#name} was left out: ${why}.`,
      deviceId,
      moduleId: "",
      protocol: this.#kind === "mqtt" ? "Mqtt" : "Amqp",
      authType: "None",
      ipAddress: "",
      statusCode: 400,
    };
    void this.keep(recordKind.operation, operation);
  }

  /** The source answers. */
  running(): void {
    this.#state = "running";
    this.#problem = undefined;
  }

  /** The source fails; it is tried again by the connector. */
  failing(error: unknown): void {
    const what = error instanceof Error ? error.message : String(error);
    connectorFailed(this.around.recorder, { connector: this.#name }, 1, { error: what });
    this.#state = "failing";
    this.#problem ??= { what, since: this.around.clock.now() };
    if (this.#problem.what !== what) this.#problem = { what, since: this.#problem.since };
  }

  /** How many messages wait at one part of the source. */
  lag(part: string, count: number): void {
    this.#lags.set(part, Math.max(0, count));
    this.around.recorder.gauge("picket_connector_lag", { connector: this.#name, part }, Math.max(0, count));
  }

  status(): ConnectorStatus {
    const lag = [...this.#lags.values()].reduce((sum, count) => sum + count, 0);
    return {
      name: this.#name,
      kind: this.#kind,
      state: this.#state,
      messages: this.#messages,
      refused: this.#refused,
      ...(this.#lags.size > 0 ? { lag } : {}),
      ...(this.#lastMessageAt === undefined ? {} : { lastMessageAt: this.#lastMessageAt }),
      ...(this.#problem ? { problem: this.#problem.what, problemSince: this.#problem.since } : {}),
    };
  }
}

/** Waits that grow from one failure to the next, up to a minute. */
export class Backoff {
  #next = 1_000;

  reset(): void {
    this.#next = 1_000;
  }

  next(): number {
    const wait = this.#next;
    this.#next = Math.min(wait * 2, 60_000);
    return wait;
  }
}
