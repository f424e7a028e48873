import type { AggregatedEvent, Payload, SecurityEvent } from "@picket/schema";
import { printLocal } from "@picket/schema";
import { securityEvent } from "@picket/sdk";

const OVERHEAD_BYTES = 500;
const MOST_SAMPLES = 5;
const MOST_SAMPLE = 200;
const MOST_DETAILS = 3;

/** How a fold begins. */
export interface FoldOptions {
  readonly firstAtOnce: boolean;
  readonly isCoarse: boolean;
  /** Milliseconds that never jump. */
  readonly since: number;
}

type Item = Readonly<Record<string, unknown>>;

/** What a fold asks of a happening, whatever its payload. */
export interface Foldable {
  readonly name: AggregatedEvent;
  readonly at: number;
  readonly sample?: string | undefined;
  item(): object;
  add?(sum: object): object;
}

/** Happenings of one kind: how many, from when to when, the first of them and the last. */
export class Fold {
  readonly name: AggregatedEvent;
  readonly since: number;
  readonly isCoarse: boolean;
  readonly #from: number;
  readonly #first: Item;
  readonly #samples = new Set<string>();
  #sum: Item | undefined;
  #hits: number;
  #until: number;
  #last: Foldable | undefined;
  #sampleBytes = 0;

  constructor(happening: Foldable, { firstAtOnce, isCoarse, since }: FoldOptions) {
    this.name = happening.name;
    this.since = since;
    this.isCoarse = isCoarse;
    this.#from = happening.at;
    this.#until = happening.at;
    this.#hits = firstAtOnce ? 0 : 1;
    this.#first = { ...happening.item() };
    // What was told at once is not added up again.
    this.#sum = firstAtOnce ? undefined : this.#first;
    this.#sample(happening.sample);
  }

  /** What it takes in memory, as an estimate. */
  get bytes(): number {
    return OVERHEAD_BYTES + this.#sampleBytes;
  }

  /** Takes another of the kind and answers by how many bytes it grew. */
  hit(happening: Foldable): number {
    const before = this.bytes;
    this.#hits += 1;
    this.#until = Math.max(this.#until, happening.at);
    this.#last = happening;
    if (happening.add) this.#sum = { ...(this.#sum ? happening.add(this.#sum) : happening.item()) };
    this.#sample(happening.sample);
    return this.bytes - before;
  }

  /** Ids blanked as the original blanked them, and count, span, first and last in the details; nothing when there was no repeat. */
  event(at: number): SecurityEvent[] {
    if (this.#hits === 0) return [];
    const item = { ...this.#first, ...this.#numbers() };
    const blanked: Record<string, unknown> = { ...item, ProcessId: 0, ExtraDetails: this.#details(at) };
    if (this.name === "ProcessCreate") blanked["ParentProcessId"] = 0;
    if (this.name === "ConnectionCreate" || this.name === "ConnectionTerminate")
      blanked[item["Direction"] === "In" ? "RemotePort" : "LocalPort"] = "0";
    return [securityEvent(this.name, [payload(blanked)], { at, category: "Aggregated" })];
  }

  #details(at: number): Record<string, string> {
    const offset = -new Date(at).getTimezoneOffset();
    const last = this.#last && { ...this.#last.item() };
    return {
      ...detailsOf(this.#first),
      ...(last ? lastDetails(this.#first, last) : {}),
      ...(this.isCoarse ? { Samples: JSON.stringify([...this.#samples]) } : {}),
      HitCount: String(this.#hits),
      StartTimeLocal: printLocal(this.#from, offset),
      StartTimeUtc: new Date(this.#from).toISOString(),
      EndTimeLocal: printLocal(this.#until, offset),
      EndTimeUtc: new Date(this.#until).toISOString(),
    };
  }

  /** Counts that were added up stand for all. */
  #numbers(): Item {
    return Object.fromEntries(
      Object.entries(this.#sum ?? {}).filter(([, value]) => typeof value === "number"),
    );
  }

  #sample(sample: string | undefined): void {
    if (!this.isCoarse || sample === undefined || this.#samples.size >= MOST_SAMPLES) return;
    const cut = sample.slice(0, MOST_SAMPLE);
    if (this.#samples.has(cut)) return;
    this.#samples.add(cut);
    this.#sampleBytes += cut.length * 2;
  }
}

/** Process ids of both ends, and how the last one's details differ from the first one's. */
function lastDetails(first: Item, last: Item): Record<string, string> {
  const before = detailsOf(first);
  const changed = Object.entries(detailsOf(last)).filter(
    ([name, value]) => name !== "Ancestry" && before[name] !== value,
  );
  return {
    FirstProcessId: String(first["ProcessId"]),
    LastProcessId: String(last["ProcessId"]),
    ...Object.fromEntries(changed.slice(0, MOST_DETAILS).map(([name, value]) => [`Last${name}`, value])),
  };
}

const detailsOf = (item: Item): Record<string, string> => {
  const details = item["ExtraDetails"];
  return typeof details === "object" && details !== null ? { ...details } : {};
};

/** The item came from a payload of the fold's own name; only numbers in it were changed. */
const payload = (item: Item): Payload<AggregatedEvent> => item as Payload<AggregatedEvent>;
