import {
  EventHubConsumerClient,
  type EventPosition,
  earliestEventPosition,
  latestEventPosition,
  type ReceivedEventData,
  type Subscription,
} from "@azure/event-hubs";
import type { ConnectorAround } from "./connector.js";
import { Backoff, type Intake } from "./intake.js";

/** Where an event hub is, and what is to be done with what it holds. */
export interface EventHubSourceOptions {
  /** Names the place that was reached. */
  readonly name: string;
  readonly connection: string;
  readonly consumerGroup: string;
  readonly from: "earliest" | "latest";
  /** Resolves when all of them are on disk. */
  readonly take: (events: readonly ReceivedEventData[]) => Promise<void>;
}

const BATCH = 1_000;
const WAIT_SECONDS = 1;

/**
 * Reads all partitions of an event hub. The place in each is kept after what was read is on disk, so that nothing is lost
 * and what was read again after a crash is told by its ids.
 */
export class EventHubSource {
  readonly #options: EventHubSourceOptions;
  readonly #intake: Intake;
  readonly #around: ConnectorAround;
  readonly #backoff = new Backoff();
  readonly #subscriptions = new Map<string, Subscription>();
  #client: EventHubConsumerClient | undefined;
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: EventHubSourceOptions, intake: Intake) {
    this.#options = options;
    this.#intake = intake;
    this.#around = intake.around;
    void this.#connect();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    await this.#disconnect();
  }

  async #connect(): Promise<void> {
    const { consumerGroup, connection } = this.#options;
    try {
      this.#client = new EventHubConsumerClient(consumerGroup, connection, {
        retryOptions: { maxRetries: 0 },
      });
      const partitions = await this.#client.getPartitionIds();
      if (this.#isClosed) return;
      for (const partition of partitions) this.#subscribe(partition, this.#client);
    } catch (error) {
      await this.#failed(error);
    }
  }

  #subscribe(partition: string, client: EventHubConsumerClient): void {
    const subscription = client.subscribe(
      partition,
      {
        processEvents: async (events, context) => {
          const newest = context.lastEnqueuedEventProperties?.sequenceNumber;
          await this.#taken(partition, events, newest);
        },
        processError: async (error) => this.#failed(error),
      },
      {
        startPosition: this.#place(partition),
        maxBatchSize: BATCH,
        maxWaitTimeInSeconds: WAIT_SECONDS,
        skipParsingBodyAsJson: true,
        trackLastEnqueuedEventProperties: true,
      },
    );
    this.#subscriptions.set(partition, subscription);
  }

  async #taken(
    partition: string,
    events: readonly ReceivedEventData[],
    newest: number | undefined,
  ): Promise<void> {
    this.#intake.running();
    this.#backoff.reset();
    const last = events.at(-1);
    if (!last || this.#isClosed) return;
    await this.#options.take(events);
    const place = Buffer.from(String(last.sequenceNumber));
    await this.#around.store.write([{ key: this.#key(partition), value: place }]);
    if (newest !== undefined)
      this.#intake.lag(`${this.#options.name}/${partition}`, newest - last.sequenceNumber);
  }

  #place(partition: string): EventPosition {
    const kept = this.#around.store.get(this.#key(partition));
    if (kept) return { sequenceNumber: Number(Buffer.from(kept).toString()), isInclusive: false };
    return this.#options.from === "earliest" ? earliestEventPosition : latestEventPosition;
  }

  #key(partition: string): string {
    return `connector/${this.#options.name}/place/${partition}`;
  }

  async #failed(error: unknown): Promise<void> {
    if (this.#isClosed || this.#retry) return;
    this.#intake.failing(error);
    // Set before anything is awaited: all partitions fail together, and one of them is enough.
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      void this.#connect();
    }, this.#backoff.next());
    await this.#disconnect();
  }

  async #disconnect(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    this.#subscriptions.clear();
    // Closing the client closes its subscriptions, without waiting for the handler that may have called this.
    void client?.close().catch(() => {});
  }
}
