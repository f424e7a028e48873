import type { PropertyValue } from "@picket/schema";
import {
  type Consumer,
  type EachBatchPayload,
  Kafka,
  type KafkaMessage,
  logLevel,
  type SASLOptions,
} from "kafkajs";
import type { KafkaConfig } from "./config.js";
import type { Connector, ConnectorAround, ConnectorStatus } from "./connector.js";
import { Backoff, Intake } from "./intake.js";

/** Reads topics of a Kafka cluster as a consumer group; offsets are committed after the messages are on disk. */
export class KafkaConnector implements Connector {
  readonly #config: KafkaConfig;
  readonly #intake: Intake;
  readonly #consumer: Consumer;
  readonly #backoff = new Backoff();
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(config: KafkaConfig, around: ConnectorAround) {
    this.#config = config;
    this.#intake = new Intake(around, config);
    const { brokers, name, groupId, ssl, sasl } = config;
    const kafka = new Kafka({
      clientId: `picket-${name}`,
      brokers: [...brokers],
      logLevel: logLevel.NOTHING,
      connectionTimeout: 10_000,
      ...(ssl ? { ssl: ssl.ca || ssl.cert ? { ...ssl, ...(ssl.ca ? { ca: [ssl.ca] } : {}) } : true } : {}),
      ...(sasl ? { sasl: saslOf(sasl) } : {}),
    });
    this.#consumer = kafka.consumer({ groupId, retry: { retries: 3 } });
    this.#consumer.on(this.#consumer.events.GROUP_JOIN, () => this.#intake.running());
    this.#consumer.on(this.#consumer.events.CRASH, ({ payload }) => this.#failed(payload.error));
    void this.#run();
  }

  status(): ConnectorStatus {
    return this.#intake.status();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    await this.#consumer.disconnect();
  }

  async #run(): Promise<void> {
    try {
      await this.#consumer.connect();
      const topics = this.#config.topics.map(({ topic }) => topic);
      await this.#consumer.subscribe({ topics, fromBeginning: this.#config.from === "earliest" });
      await this.#consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: (payload) => this.#batch(payload),
      });
    } catch (error) {
      this.#failed(error);
    }
  }

  async #batch({ batch, resolveOffset, heartbeat, isRunning, isStale }: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = batch;
    const last = messages.at(-1);
    if (!last || !isRunning() || isStale()) return;
    const kind = this.#config.topics.find((each) => each.topic === topic)?.messages;
    await Promise.all(messages.map((message) => this.#take(message, topic, kind === "telemetry")));
    resolveOffset(last.offset);
    await this.#consumer.commitOffsets([{ topic, partition, offset: String(BigInt(last.offset) + 1n) }]);
    await heartbeat();
    this.#backoff.reset();
    this.#intake.running();
    this.#intake.lag(`${topic}/${partition}`, Number(BigInt(batch.highWatermark) - BigInt(last.offset) - 1n));
  }

  async #take(message: KafkaMessage, topic: string, isTelemetry: boolean): Promise<void> {
    const { device } = this.#config;
    const given = device.from === "key" ? message.key : message.headers?.[device.header];
    const deviceId = [given].flat()[0]?.toString() ?? "";
    if (message.value === null) return;
    const at = Number(message.timestamp);
    await this.#intake.take({
      kind: isTelemetry ? "telemetry" : "message",
      deviceId,
      moduleId: "",
      body: message.value,
      ...(at > 0 ? { at } : {}),
      properties: { system: {}, application: { ...headersOf(message), "kafka-topic": topic } },
    });
  }

  #failed(error: unknown): void {
    if (this.#isClosed || this.#retry) return;
    this.#intake.failing(error);
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      void this.#run();
    }, this.#backoff.next());
  }
}

const headersOf = ({ headers = {} }: KafkaMessage): Record<string, PropertyValue> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]): [string, PropertyValue] => [
      name,
      [value].flat()[0]?.toString() ?? null,
    ]),
  );

function saslOf({ mechanism, username, password }: NonNullable<KafkaConfig["sasl"]>): SASLOptions {
  return mechanism === "plain" ? { mechanism, username, password } : { mechanism, username, password };
}
