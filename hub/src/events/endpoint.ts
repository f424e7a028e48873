import type { Clock, Recorder } from "@picket/kit";
import type { AmqpError, Message, Sender } from "rhea";
import type { LinkAddress } from "../amqp/addresses.js";
import type { EventReaders } from "../amqp/connection.js";
import { presettled } from "../amqp/guards.js";
import type { Host } from "../amqp/host.js";
import { OutLink } from "../amqp/out-link.js";
import type { EventLog, KeyValueStore } from "../slots.js";
import { ConsumerGroups } from "./consumer-groups.js";
import { EventIndex } from "./event-index.js";
import { EventPages } from "./event-pages.js";
import { PartitionReader } from "./partition-reader.js";
import { partitionBounds } from "./partitions.js";
import { startOf } from "./start.js";

/** What the endpoint needs of the house. */
export interface EndpointAround {
  readonly log: EventLog;
  readonly store: KeyValueStore;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly partitions?: number;
}

interface Reader {
  /** Readers without one share a partition; one with the higher epoch has it alone. */
  readonly epoch: number | undefined;
  readonly end: (error: AmqpError) => void;
}

type PartitionAddress = Extract<LinkAddress, { kind: "partition" }>;
type Reply = Omit<Message, "correlation_id">;

const READERS = 5;
const CREATED = "events/created";
const METRICS = "com.microsoft:enable-receiver-runtime-metric";

/** The Event Hub-compatible endpoint: the hub's messages in partitions, from any place on, to consumer groups. */
export class EventEndpoint implements EventReaders {
  readonly index: EventIndex;
  readonly groups: ConsumerGroups;
  readonly #around: EndpointAround;
  readonly #pages: EventPages;
  readonly #readers = new Map<string, Set<Reader>>();
  #createdAt = 0;

  constructor(around: EndpointAround) {
    this.#around = around;
    const wanted = around.partitions ?? partitionBounds.usual;
    const partitions = Math.min(Math.max(wanted, partitionBounds.least), partitionBounds.most);
    this.index = new EventIndex({ ...around, partitions });
    this.groups = new ConsumerGroups(around.store);
    this.#pages = new EventPages(around.log, this.index.partitions, around.recorder);
  }

  async start(): Promise<void> {
    const { store, clock } = this.#around;
    const kept = store.get(CREATED);
    this.#createdAt = kept ? Number(Buffer.from(kept).toString()) : clock.now();
    if (!kept) await store.write([{ key: CREATED, value: Buffer.from(String(this.#createdAt)) }]);
    await this.index.open();
  }

  /** Readers that are connected now. */
  get readers(): number {
    return [...this.#readers.values()].reduce((sum, { size }) => sum + size, 0);
  }

  open(sender: Sender, address: PartitionAddress, host: Host): void {
    const partition = this.#partition(address.partition);
    if (partition === undefined || !this.groups.has(address.consumerGroup)) {
      const description = `The messaging entity ${address.consumerGroup}/${address.partition} could not be found: there is no partition ${address.partition} or no consumer group ${address.consumerGroup}.`;
      host.refuse(sender, { condition: "amqp:not-found", description });
      return;
    }
    const start = startOf(filterOf(sender), partition, this.index);
    if (!start) {
      const description = "The filter is none of offset, sequence number and enqueued time.";
      host.refuse(sender, { condition: "amqp:invalid-field", description });
      return;
    }
    const epoch = epochOf(sender);
    const key = `${address.consumerGroup.toLowerCase()}/${partition}`;
    const refusal = this.#admit(key, epoch);
    if (refusal) {
      host.refuse(sender, refusal);
      return;
    }
    presettled(sender);
    const out = new OutLink(sender);
    const { clock, recorder } = this.#around;
    const reader = new PartitionReader(out, start, {
      index: this.index,
      pages: this.#pages,
      clock,
      recorder,
      partition,
      wantsMetrics: [sender.desired_capabilities ?? []].flat().includes(METRICS),
      unsent: () => host.unsent(),
    });
    const entry: Reader = { epoch, end: (error) => host.refuse(sender, error) };
    const readers = this.#readers.get(key) ?? new Set();
    this.#readers.set(key, readers.add(entry));
    host.whenGone(sender, () => {
      reader.close();
      readers.delete(entry);
    });
  }

  async manage(request: Message): Promise<Reply> {
    const { operation, type, name, partition } = request.application_properties ?? {};
    if (operation !== "READ") return answer(400, "Only READ is known here.");
    const entity = String(name ?? "").slice(0, 256);
    if (type === "com.microsoft:eventhub") return answer(200, "OK", this.#hub(entity));
    if (type !== "com.microsoft:partition") return answer(404, "There is no such type.");
    const number = this.#partition(String(partition));
    return number === undefined
      ? answer(404, "There is no such partition.", undefined, "amqp:not-found")
      : answer(200, "OK", this.#ofPartition(entity, number));
  }

  close(): void {
    this.#pages.close();
  }

  /** Why a reader may not have its place; one that may sends others away as its epoch demands. */
  #admit(key: string, epoch: number | undefined): AmqpError | undefined {
    const present = [...(this.#readers.get(key) ?? [])];
    const highest = Math.max(-1, ...present.map((reader) => reader.epoch ?? -1));
    if ((epoch ?? -1) < highest)
      return stolen(`A reader with epoch ${highest} has this partition; yours is ${epoch ?? "none"}.`);
    if (epoch !== undefined)
      for (const reader of present)
        reader.end(stolen(`A reader with epoch ${epoch} has taken this partition.`));
    else if (present.length >= READERS)
      return {
        condition: "amqp:resource-limit-exceeded",
        description: `A partition has at most ${READERS} readers in a consumer group.`,
      };
    return undefined;
  }

  #partition(text: string): number | undefined {
    const number = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
    return number < this.index.partitions ? number : undefined;
  }

  #hub(name: string): Record<string, unknown> {
    const { partitions } = this.index;
    return {
      name,
      type: "com.microsoft:eventhub",
      created_at: new Date(this.#createdAt),
      partition_count: partitions,
      partition_ids: Array.from({ length: partitions }, (_, index) => String(index)),
      georeplication_factor: 1,
    };
  }

  #ofPartition(name: string, partition: number): Record<string, unknown> {
    const begin = this.index.oldest.counts[partition] ?? 0;
    const last = (this.index.newest.counts[partition] ?? 0) - 1;
    return {
      name,
      type: "com.microsoft:partition",
      partition: String(partition),
      begin_sequence_number: begin,
      last_enqueued_sequence_number: last,
      last_enqueued_offset: String(last),
      last_enqueued_time_utc: new Date(this.index.latest(partition)),
      is_partition_empty: last < begin,
    };
  }
}

const stolen = (description: string): AmqpError => ({ condition: "amqp:link:stolen", description });

function answer(code: number, description: string, body?: object, condition = "amqp:not-found"): Reply {
  const properties = {
    "status-code": code,
    statusCode: code,
    "status-description": description,
    statusDescription: description,
    ...(code === 200 ? {} : { errorCondition: condition, "error-condition": condition }),
  };
  return { body, application_properties: properties };
}

/** The selector of a reader's source, with or without its descriptor. */
function filterOf({ source }: Sender): string | undefined {
  for (const each of Object.values(source?.filter ?? {})) {
    const given: unknown = each;
    if (typeof given === "string") return given;
    if (typeof given === "object" && given !== null && "value" in given && typeof given.value === "string")
      return given.value;
  }
  return undefined;
}

function epochOf({ properties }: Sender): number | undefined {
  const given: unknown = properties?.["com.microsoft:epoch"];
  if (given === undefined || given === null) return undefined;
  const epoch = Buffer.isBuffer(given) ? Number(given.readBigInt64BE(0)) : Number(given);
  return Number.isFinite(epoch) ? epoch : undefined;
}
