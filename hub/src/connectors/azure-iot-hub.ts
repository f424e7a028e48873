import { recordKind } from "@picket/schema";
import { bytesOf, incomingEvent } from "./azure-messages.js";
import { AzureRegistry } from "./azure-registry.js";
import type { AzureIotHubConfig } from "./config.js";
import type { Connector, ConnectorAround, ConnectorStatus } from "./connector.js";
import { EventHubSource } from "./event-hub-source.js";
import { Intake } from "./intake.js";
import { resourceLogs } from "./resource-logs.js";

/** Reads an existing IoT hub: its messages, and if asked for its registry and its resource logs. */
export class AzureIotHubConnector implements Connector {
  readonly #intake: Intake;
  readonly #sources: EventHubSource[];
  readonly #registry: AzureRegistry | undefined;

  constructor(config: AzureIotHubConfig, around: ConnectorAround) {
    this.#intake = new Intake(around, config);
    const { name, eventHub, consumerGroup, from, resourceLogs: logs } = config;
    const take = (events: Parameters<typeof incomingEvent>[0][]): Promise<unknown> =>
      Promise.all(events.map((event) => this.#intake.take(incomingEvent(event))));
    const messages = { name, connection: eventHub, consumerGroup, from };
    this.#sources = [
      new EventHubSource(
        { ...messages, take: async (events) => void (await take([...events])) },
        this.#intake,
      ),
    ];
    if (logs) this.#sources.push(this.#logs(`${name}-logs`, logs, from));
    this.#registry = config.registry
      ? new AzureRegistry(config.registry, config.registryMinutes, this.#intake)
      : undefined;
  }

  status(): ConnectorStatus {
    return this.#intake.status();
  }

  async close(): Promise<void> {
    this.#registry?.close();
    await Promise.all(this.#sources.map((source) => source.close()));
  }

  #logs(
    name: string,
    logs: NonNullable<AzureIotHubConfig["resourceLogs"]>,
    from: AzureIotHubConfig["from"],
  ): EventHubSource {
    return new EventHubSource(
      {
        name,
        connection: logs.eventHub,
        consumerGroup: logs.consumerGroup,
        from,
        take: async (events) => {
          for (const event of events) await this.#log(bytesOf(event.body));
        },
      },
      this.#intake,
    );
  }

  async #log(body: Uint8Array): Promise<void> {
    const operations = resourceLogs(body);
    if (!operations) {
      this.#intake.refuse("it holds no resource logs");
      return;
    }
    await Promise.all(
      operations.map(({ operation, at }) => this.#intake.keep(recordKind.operation, operation, at)),
    );
  }
}
