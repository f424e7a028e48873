import type { Fields } from "./fields.js";
import { TopicPattern } from "./topic-pattern.js";

/** What messages of a source are: marked ones of an IoT hub say it themselves. */
export type MessageKind = "security" | "telemetry";

/** An existing IoT hub, read through its Event Hub-compatible endpoint. */
export interface AzureIotHubConfig {
  readonly kind: "azureIotHub";
  readonly name: string;
  /** `Endpoint=sb://…;SharedAccessKeyName=…;SharedAccessKey=…;EntityPath=…`. */
  readonly eventHub: string;
  readonly consumerGroup: string;
  /** Where to begin when nothing was read yet. */
  readonly from: "earliest" | "latest";
  /** `HostName=…;SharedAccessKeyName=…;SharedAccessKey=…`, to read identities and twins as well. */
  readonly registry?: string;
  readonly registryMinutes: number;
  /** An event hub that the hub's diagnostic setting writes its resource logs to. */
  readonly resourceLogs?: { readonly eventHub: string; readonly consumerGroup: string };
}

/** Topics of a broker, and whose messages they carry. */
export interface BrokerTopic {
  readonly pattern: TopicPattern;
  readonly messages: MessageKind;
}

/** Any MQTT broker. */
export interface MqttBrokerConfig {
  readonly kind: "mqtt";
  readonly name: string;
  /** `mqtts://broker:8883`, `mqtt://`, `wss://` or `ws://`. */
  readonly url: string;
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  /** PEM texts. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly protocolVersion: 4 | 5;
  /** Several servers share the messages of a group; needs MQTT 5 or a broker that knows it anyway. */
  readonly sharedGroup?: string;
  readonly topics: readonly BrokerTopic[];
}

/** Topics of a Kafka cluster. */
export interface KafkaConfig {
  readonly kind: "kafka";
  readonly name: string;
  readonly brokers: readonly string[];
  readonly groupId: string;
  readonly from: "earliest" | "latest";
  readonly topics: readonly { readonly topic: string; readonly messages: MessageKind }[];
  /** Where the device id is: the message's key or one of its headers. */
  readonly device: { readonly from: "key" } | { readonly from: "header"; readonly header: string };
  readonly ssl?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly sasl?: {
    readonly mechanism: "plain" | "scram-sha-256" | "scram-sha-512";
    readonly username: string;
    readonly password: string;
  };
}

/** One source of messages beside the hub's own doors. */
export type ConnectorConfig = AzureIotHubConfig | MqttBrokerConfig | KafkaConfig;

/** Looks up what `env:NAME` and `file:PATH` stand for; undefined when there is no such thing. */
export type Resolve = (source: "env" | "file", name: string) => string | undefined;

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/;

/** Reads the connectors of a list; problems are noted with their places. */
export function connectorsOf(list: readonly Fields[]): ConnectorConfig[] {
  const read = list.map((fields) => ({ fields, config: one(fields) }));
  const names = read.map(({ config }) => config?.name);
  for (const [index, { fields, config }] of read.entries())
    if (config && names.indexOf(config.name) !== index)
      fields.problem("name", `${config.name} is taken by another connector`);
  return read.flatMap(({ config }) => (config ? [config] : []));
}

function one(fields: Fields): ConnectorConfig | undefined {
  const kind = fields.choice("kind", ["azureIotHub", "mqtt", "kafka"]);
  const name = fields.text("name");
  if (name !== "" && !NAME.test(name)) fields.problem("name", "needs 1 to 40 letters, digits or _ -");
  const config =
    kind === "azureIotHub"
      ? azureIotHub(fields, name)
      : kind === "mqtt"
        ? mqttBroker(fields, name)
        : kind === "kafka"
          ? kafka(fields, name)
          : undefined;
  fields.nothingElse();
  return config;
}

function azureIotHub(fields: Fields, name: string): AzureIotHubConfig {
  const logs = fields.object("resourceLogs");
  const config: AzureIotHubConfig = {
    kind: "azureIotHub",
    name,
    eventHub: eventHubString(fields, "eventHub"),
    consumerGroup: fields.text("consumerGroup", "$Default"),
    from: fields.choice("from", ["earliest", "latest"], "earliest"),
    registryMinutes: fields.number("registryMinutes", { least: 1, most: 1_440, usual: 15 }),
    ...optional("registry", fields.optionalText("registry")),
    ...(logs
      ? {
          resourceLogs: {
            eventHub: eventHubString(logs, "eventHub"),
            consumerGroup: logs.text("consumerGroup", "$Default"),
          },
        }
      : {}),
  };
  logs?.nothingElse();
  if (config.registry !== undefined && !/HostName=[^;]+;.*SharedAccessKey=/i.test(config.registry))
    fields.problem("registry", "must be HostName=…;SharedAccessKeyName=…;SharedAccessKey=…");
  return config;
}

function eventHubString(fields: Fields, name: string): string {
  const text = fields.text(name);
  const isGood = /Endpoint=sb:\/\/[^;]+;/i.test(text) && /EntityPath=[^;]+/i.test(text);
  if (text !== "" && !isGood)
    fields.problem(name, "must be Endpoint=sb://…;SharedAccessKeyName=…;SharedAccessKey=…;EntityPath=…");
  return text;
}

function mqttBroker(fields: Fields, name: string): MqttBrokerConfig {
  const url = fields.text("url");
  if (url !== "" && !/^(?:mqtts?|wss?):\/\/[^/]+/i.test(url))
    fields.problem("url", "must begin with mqtts://, mqtt://, wss:// or ws://");
  const topics = fields.list("topics").map((topic) => {
    const text = topic.text("topic");
    const pattern = TopicPattern.parse(text);
    if (text !== "" && typeof pattern === "string") topic.problem("topic", pattern);
    const messages = topic.choice("messages", ["security", "telemetry"], "security");
    topic.nothingElse();
    return typeof pattern === "string" ? undefined : { pattern, messages };
  });
  return {
    kind: "mqtt",
    name,
    url,
    clientId: fields.text("clientId", `picket-${name}`),
    protocolVersion: fields.number("protocolVersion", { least: 4, most: 5, usual: 5 }) === 4 ? 4 : 5,
    topics: topics.filter((topic) => topic !== undefined),
    ...optional("username", fields.optionalText("username")),
    ...optional("password", fields.optionalText("password")),
    ...optional("ca", fields.optionalText("ca")),
    ...optional("cert", fields.optionalText("cert")),
    ...optional("key", fields.optionalText("key")),
    ...optional("sharedGroup", fields.optionalText("sharedGroup")),
  };
}

function kafka(fields: Fields, name: string): KafkaConfig {
  const header = fields.optionalText("deviceHeader");
  const ssl = fields.object("ssl");
  const sasl = fields.object("sasl");
  const topics = fields.list("topics").map((topic) => {
    const read = {
      topic: topic.text("topic"),
      messages: topic.choice("messages", ["security", "telemetry"], "security"),
    };
    topic.nothingElse();
    return read;
  });
  const config: KafkaConfig = {
    kind: "kafka",
    name,
    brokers: fields.texts("brokers"),
    groupId: fields.text("groupId", `picket-${name}`),
    from: fields.choice("from", ["earliest", "latest"], "earliest"),
    topics,
    device: header === undefined ? { from: "key" } : { from: "header", header },
    ...(ssl
      ? {
          ssl: {
            ...optional("ca", ssl.optionalText("ca")),
            ...optional("cert", ssl.optionalText("cert")),
            ...optional("key", ssl.optionalText("key")),
          },
        }
      : {}),
    ...(sasl
      ? {
          sasl: {
            mechanism: sasl.choice("mechanism", ["plain", "scram-sha-256", "scram-sha-512"], "plain"),
            username: sasl.text("username"),
            password: sasl.text("password"),
          },
        }
      : {}),
  };
  ssl?.nothingElse();
  sasl?.nothingElse();
  return config;
}

const optional = <N extends string>(name: N, value: string | undefined): { readonly [K in N]?: string } =>
  value === undefined ? {} : ({ [name]: value } as { readonly [K in N]: string });
