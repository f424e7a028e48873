import { readFileSync } from "node:fs";
import mqtt, { type IClientOptions, type IPublishPacket, type MqttClient, type Packet } from "mqtt";
import type { BrokerTopic, MqttBrokerConfig } from "./config.js";
import type { Connector, ConnectorAround, ConnectorStatus } from "./connector.js";
import { Intake } from "./intake.js";

const RECONNECT_MS = 2_000;
const WAITING = 1_000;
const WAITING_BYTES = 8_388_608;

type Done = (error?: Error) => void;
/** The client's own way out; acknowledgements are held back there until the message is on disk. */
interface Sending {
  _sendPacket(packet: Packet, done?: Done): void;
}

/**
 * Reads topics of any MQTT broker with a session that the broker keeps, so that what comes while nobody listens waits there.
 * A message is acknowledged when it is on disk, many at a time.
 */
export class MqttBrokerConnector implements Connector {
  readonly #config: MqttBrokerConfig;
  readonly #intake: Intake;
  readonly #client: MqttClient;
  /** Messages that are not on disk yet, by their id. */
  readonly #waiting = new Map<number, Promise<void>>();
  #waitingBytes = 0;
  #held: (() => void)[] = [];

  constructor(config: MqttBrokerConfig, around: ConnectorAround) {
    this.#config = config;
    this.#intake = new Intake(around, config);
    this.#client = mqtt.connect(config.url, optionsOf(config));
    this.#holdAcknowledgements();
    this.#client.handleMessage = (packet, done) => this.#arrived(packet, done);
    this.#client.on("connect", () => this.#subscribe());
    this.#client.on("error", (error) => this.#intake.failing(error));
    this.#client.on("close", () =>
      this.#intake.failing("the broker closed the connection or cannot be reached"),
    );
  }

  status(): ConnectorStatus {
    return this.#intake.status();
  }

  async close(): Promise<void> {
    const isBlocked = this.#intake.around.outbound.blockedSince !== undefined;
    if (!isBlocked) await Promise.allSettled(this.#waiting.values());
    await this.#client.endAsync(isBlocked);
  }

  /** Goes without a word, as a server does that dies; what is not on disk is sent again by the broker. */
  abandon(): void {
    this.#client.end(true);
  }

  #subscribe(): void {
    const { sharedGroup, topics } = this.#config;
    const filters = topics.map(({ pattern }) =>
      sharedGroup === undefined ? pattern.filter : `$share/${sharedGroup}/${pattern.filter}`,
    );
    this.#client.subscribe(filters, { qos: 1 }, (error, granted) => {
      const refused = granted?.filter(({ qos }) => qos >= 128).map(({ topic }) => topic) ?? [];
      if (error) this.#intake.failing(error);
      else if (refused.length > 0) this.#intake.failing(`the broker refuses to serve ${refused.join(", ")}`);
      else this.#intake.running();
    });
  }

  /** Frees the client at once for the next message, unless too much waits for the disk. */
  #arrived(packet: IPublishPacket, done: Done): void {
    const body = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload);
    const taken = this.#take(packet, body).catch((error: unknown) => this.#intake.failing(error));
    this.#waitingBytes += body.length;
    const id = packet.messageId ?? 0;
    if (packet.qos > 0) this.#waiting.set(id, taken);
    void taken.then(() => {
      this.#waitingBytes -= body.length;
      if (this.#waiting.get(id) === taken) this.#waiting.delete(id);
      if (!this.#isFull()) for (const go of this.#held.splice(0)) go();
    });
    if (this.#isFull()) this.#held.push(() => done());
    else done();
  }

  #isFull(): boolean {
    return this.#waiting.size >= WAITING || this.#waitingBytes >= WAITING_BYTES;
  }

  async #take(packet: IPublishPacket, body: Buffer): Promise<void> {
    const found = ownerOf(packet.topic, this.#config.topics);
    if (!found) {
      this.#intake.refuse(`no topic of the connector matches ${packet.topic.slice(0, 200)}`);
      return;
    }
    const { contentType, userProperties = {}, correlationData } = packet.properties ?? {};
    await this.#intake.take({
      kind: found.messages === "security" ? "message" : "telemetry",
      ...found.owner,
      body,
      properties: {
        system: {
          ...(contentType ? { contentType } : {}),
          ...(correlationData ? { correlationId: correlationData.toString("base64") } : {}),
        },
        application: {
          ...Object.fromEntries(
            Object.entries(userProperties).map(([name, value]): [string, string] => [name, String(value)]),
          ),
          "mqtt-topic": packet.topic,
        },
      },
    });
  }

  #holdAcknowledgements(): void {
    const client = this.#client as unknown as Sending;
    const send = client._sendPacket.bind(client);
    client._sendPacket = (packet, done) => {
      const waiting = packet.cmd === "puback" ? this.#waiting.get(packet.messageId ?? 0) : undefined;
      if (!waiting) {
        send(packet, done);
        return;
      }
      void waiting.then(() => send(packet));
      done?.();
    };
  }
}

function ownerOf(
  topic: string,
  topics: readonly BrokerTopic[],
): { owner: { deviceId: string; moduleId: string }; messages: BrokerTopic["messages"] } | undefined {
  for (const { pattern, messages } of topics) {
    const owner = pattern.match(topic);
    if (owner) return { owner, messages };
  }
  return undefined;
}

function optionsOf(config: MqttBrokerConfig): IClientOptions {
  const { clientId, username, password, ca, cert, key, protocolVersion } = config;
  return {
    clientId,
    clean: false,
    protocolVersion,
    reconnectPeriod: RECONNECT_MS,
    connectTimeout: 10_000,
    resubscribe: false,
    ...(protocolVersion === 5
      ? { properties: { sessionExpiryInterval: 7 * 86_400, receiveMaximum: WAITING } }
      : {}),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(ca === undefined ? {} : { ca: pem(ca) }),
    ...(cert === undefined ? {} : { cert: pem(cert) }),
    ...(key === undefined ? {} : { key: pem(key) }),
  };
}

/** A PEM text, or the path of a file that holds one. */
const pem = (given: string): string => (given.includes("-----BEGIN") ? given : readFileSync(given, "utf8"));
