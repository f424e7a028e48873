import type { Closable } from "@picket/kit";
import { AzureIotHubConnector } from "./azure-iot-hub.js";
import type { ConnectorConfig } from "./config.js";
import type { Connector, ConnectorAround, ConnectorStatus } from "./connector.js";
import { KafkaConnector } from "./kafka.js";
import { MqttBrokerConnector } from "./mqtt-broker.js";

/** The connectors of a hub: what they bring goes the way of what devices send. */
export class Connectors implements Closable {
  readonly #connectors: readonly Connector[];

  constructor(configs: readonly ConnectorConfig[], around: ConnectorAround) {
    this.#connectors = configs.map((config) => opened(config, around));
  }

  status(): ConnectorStatus[] {
    return this.#connectors.map((connector) => connector.status());
  }

  async close(): Promise<void> {
    await Promise.all(this.#connectors.map((connector) => connector.close()));
  }
}

function opened(config: ConnectorConfig, around: ConnectorAround): Connector {
  if (config.kind === "azureIotHub") return new AzureIotHubConnector(config, around);
  return config.kind === "mqtt"
    ? new MqttBrokerConnector(config, around)
    : new KafkaConnector(config, around);
}
