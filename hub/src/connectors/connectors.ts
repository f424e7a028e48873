import type { Closable } from "@picket/kit";
import type { ConnectorConfig } from "./config.js";
import type { Connector, ConnectorAround, ConnectorStatus } from "./connector.js";

/** The connectors of a hub: what they bring goes the way of what devices send. */
export class Connectors implements Closable {
  readonly #connectors: readonly Connector[];

  private constructor(connectors: readonly Connector[]) {
    this.#connectors = connectors;
  }

  static async open(configs: readonly ConnectorConfig[], around: ConnectorAround): Promise<Connectors> {
    return new Connectors(await Promise.all(configs.map((config) => opened(config, around))));
  }

  status(): ConnectorStatus[] {
    return this.#connectors.map((connector) => connector.status());
  }

  async close(): Promise<void> {
    await Promise.all(this.#connectors.map((connector) => connector.close()));
  }
}

/** Clients of other hubs and brokers are loaded by those who use them: together they take a quarter of a second. */
async function opened(config: ConnectorConfig, around: ConnectorAround): Promise<Connector> {
  if (config.kind === "azureIotHub")
    return new (await import("./azure-iot-hub.js")).AzureIotHubConnector(config, around);
  return config.kind === "mqtt"
    ? new (await import("./mqtt-broker.js")).MqttBrokerConnector(config, around)
    : new (await import("./kafka.js")).KafkaConnector(config, around);
}
