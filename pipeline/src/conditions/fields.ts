import type { RuleEvent } from "@picket/detections";

type Reader = (event: RuleEvent) => unknown;

/** Prefix of fields that live in an item's `ExtraDetails`. */
export const EXTRA = "ExtraDetails.";
/** Prefix of fields that are words of the command line. */
export const WORD = "argv.";

/** Names of an event itself, beside those of its item. */
const ownFields: Readonly<Record<string, Reader>> = {
  "event.DeviceId": (event) => event.deviceId,
  "event.ModuleId": (event) => event.moduleId,
  "event.TimeStamp": (event) => new Date(event.at).toISOString(),
};

function readerOf(field: string): Reader {
  const own = ownFields[field];
  if (own) return own;
  if (field.startsWith(WORD)) {
    const place = Number(field.slice(WORD.length));
    return ({ item }) =>
      typeof item["CommandLine"] === "string" ? item["CommandLine"].split(" ")[place] : undefined;
  }
  if (!field.startsWith(EXTRA)) return ({ item }) => item[field];
  const name = field.slice(EXTRA.length);
  return ({ item }) => {
    const details = item["ExtraDetails"];
    return typeof details === "object" && details !== null ? Reflect.get(details, name) : undefined;
  };
}

const textOf = (value: unknown): string | undefined => {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
};

/** Gives each field that rules look at a place, so that an event's texts are read and lowered once for all rules. */
export class EventView {
  readonly #places = new Map<string, number>();
  readonly #readers: Reader[] = [];
  #values: unknown[] = [];
  #lowered: (string | undefined)[] = [];
  #readAt: number[] = [];
  #loweredAt: number[] = [];
  #turn = 0;
  event!: RuleEvent;

  /** The place of a field; made when it is new. */
  placeOf(field: string): number {
    const present = this.#places.get(field);
    if (present !== undefined) return present;
    const place = this.#readers.length;
    this.#places.set(field, place);
    this.#readers.push(readerOf(field));
    this.#values.push(undefined);
    this.#lowered.push(undefined);
    this.#readAt.push(0);
    this.#loweredAt.push(0);
    return place;
  }

  /** Looks at another event from here on. */
  turnTo(event: RuleEvent): this {
    this.event = event;
    this.#turn += 1;
    return this;
  }

  value(place: number): unknown {
    if (this.#readAt[place] !== this.#turn) {
      this.#readAt[place] = this.#turn;
      this.#values[place] = this.#readers[place]!(this.event);
    }
    return this.#values[place];
  }

  text(place: number): string | undefined {
    const value = this.value(place);
    return typeof value === "string" ? value : textOf(value);
  }

  lower(place: number): string | undefined {
    if (this.#loweredAt[place] !== this.#turn) {
      this.#loweredAt[place] = this.#turn;
      this.#lowered[place] = this.text(place)?.toLowerCase();
    }
    return this.#lowered[place];
  }

  /** Every text of the item and of its details. */
  *texts(): Generator<string> {
    for (const value of Object.values(this.event.item)) {
      const text = textOf(value);
      if (text !== undefined) yield text;
      else if (typeof value === "object" && value !== null)
        for (const inner of Object.values(value)) yield textOf(inner) ?? "";
    }
  }
}
