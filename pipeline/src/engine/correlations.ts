import type { RuleEvent } from "@picket/detections";
import type { EngineRule } from "./engine-rule.js";
import { type SavedWindow, Windows } from "./windows.js";

/** What a count or value is held against. */
export interface Bound {
  readonly is: "==" | "!=" | "<" | "<=" | ">" | ">=";
  readonly value: number;
}

/** How the hits of some rules are looked at together. */
export type CorrelationKind =
  | "count"
  | "distinct"
  | "together"
  | "inOrder"
  | "sum"
  | "average"
  | "percentile";

/** A rule over the hits of other rules. */
export interface Correlation {
  readonly id: string;
  readonly kind: CorrelationKind;
  readonly spanMs: number;
  readonly bounds: readonly Bound[];
  readonly percentile: number;
  /** The rules it looks at, in order. */
  readonly parts: readonly {
    readonly ruleId: string;
    /** The group a hit belongs to; undefined when a field of the group is absent. */
    groupOf(event: RuleEvent): string | undefined;
    /** The value looked at. */
    lookedAt(event: RuleEvent): string | undefined;
  }[];
  /** What alerts say of it. */
  readonly rule: EngineRule;
}

/** Marks of one group: times, values and parts in turn, oldest first. */
interface Series {
  readonly at: number[];
  readonly values: (string | number)[];
  readonly parts: number[];
  head: number;
}

/** What is kept of correlations in a snapshot. */
export interface SavedCorrelations {
  readonly counts: readonly SavedWindow[];
  readonly series: readonly (readonly [
    key: string,
    ...marks: (readonly [number, string | number, number])[],
  ])[];
}

/** One group keeps so many marks; the oldest are forgotten first. */
const MARKS = 2_000;

const holds = (bounds: readonly Bound[], value: number): boolean =>
  bounds.every(({ is, value: limit }) => {
    if (is === "==") return value === limit;
    if (is === "!=") return value !== limit;
    if (is === "<") return value < limit;
    if (is === "<=") return value <= limit;
    return is === ">" ? value > limit : value >= limit;
  });

/** Feeds hits of rules to the correlations that look at them. Bounded: the stalest group is forgotten first. */
export class Correlations {
  readonly #byRule = new Map<string, { correlation: Correlation; part: number }[]>();
  readonly #counts: Windows;
  readonly #series = new Map<string, Series>();
  readonly #capacity: number;
  readonly #evicted: () => void;

  constructor(capacity: number, evicted: () => void) {
    this.#capacity = capacity;
    this.#evicted = evicted;
    this.#counts = new Windows(capacity, evicted);
  }

  /** Takes other correlations; the groups of those that stay go on. */
  use(correlations: readonly Correlation[]): void {
    this.#byRule.clear();
    for (const correlation of correlations) {
      for (const [part, { ruleId }] of correlation.parts.entries())
        this.#byRule.set(ruleId, [...(this.#byRule.get(ruleId) ?? []), { correlation, part }]);
    }
    const kept = new Set(correlations.map(({ id }) => id));
    for (const key of this.#series.keys())
      if (!kept.has(key.slice(0, key.indexOf("\n")))) this.#series.delete(key);
  }

  /** Tells of a hit; calls `fire` for each correlation that it completes, and for those that these complete. */
  feed(ruleId: string, event: RuleEvent, fire: (correlation: Correlation, hits: number) => void): void {
    const listening = this.#byRule.get(ruleId);
    if (!listening) return;
    for (const { correlation, part } of listening) {
      const hits = this.#take(correlation, part, event);
      if (hits === undefined) continue;
      fire(correlation, hits);
      this.feed(correlation.id, event, fire);
    }
  }

  get groups(): number {
    return this.#counts.size + this.#series.size;
  }

  save(): SavedCorrelations {
    const series = [...this.#series].map(
      ([key, { at, values, parts, head }]): SavedCorrelations["series"][number] => [
        key,
        ...at.slice(head).map((time, index) => [time, values[head + index]!, parts[head + index]!] as const),
      ],
    );
    return { counts: this.#counts.save(), series };
  }

  restore({ counts, series }: SavedCorrelations): void {
    this.#counts.restore(counts);
    for (const [key, ...marks] of series)
      this.#series.set(key, {
        at: marks.map(([time]) => time),
        values: marks.map(([, value]) => value),
        parts: marks.map(([, , part]) => part),
        head: 0,
      });
  }

  /** What was counted when the correlation is complete, else undefined. */
  #take(correlation: Correlation, part: number, event: RuleEvent): number | undefined {
    const { groupOf, lookedAt } = correlation.parts[part]!;
    const group = groupOf(event);
    if (group === undefined) return undefined;
    const key = `${correlation.id}\n${group}`;
    if (correlation.kind === "count") {
      const count = this.#counts.add(key, event.at, event.hits, correlation.spanMs);
      if (!holds(correlation.bounds, count)) return undefined;
      this.#counts.clear(key);
      return count;
    }
    const value = lookedAt(event);
    if (value === undefined && correlation.kind !== "together" && correlation.kind !== "inOrder")
      return undefined;
    const series = this.#touch(key);
    place(series, { at: event.at, value: value ?? "", part, span: correlation.spanMs });
    const found = measure(correlation, series);
    if (found === undefined) return undefined;
    this.#series.delete(key);
    return found;
  }

  #touch(key: string): Series {
    const series = this.#series.get(key) ?? { at: [], values: [], parts: [], head: 0 };
    this.#series.delete(key);
    this.#series.set(key, series);
    if (this.#series.size > this.#capacity) {
      this.#series.delete(this.#series.keys().next().value!);
      this.#evicted();
    }
    return series;
  }
}

interface Mark {
  readonly at: number;
  readonly value: string | number;
  readonly part: number;
  readonly span: number;
}

/** Adds a mark where its time belongs and forgets those that the newest leaves behind. */
function place(series: Series, { at, value, part, span }: Mark): void {
  const { at: times, values, parts } = series;
  const newest = times.at(-1);
  if (newest !== undefined && at < newest - span) return;
  let index = times.length;
  while (index > series.head && times[index - 1]! > at) index -= 1;
  if (index === times.length) {
    times.push(at);
    values.push(value);
    parts.push(part);
  } else {
    times.splice(index, 0, at);
    values.splice(index, 0, value);
    parts.splice(index, 0, part);
  }
  const oldest = times.at(-1)! - span;
  while (series.head < times.length && (times[series.head]! < oldest || times.length - series.head > MARKS))
    series.head += 1;
  if (series.head > 64 && series.head * 2 > times.length) compact(series);
}

/** Gives the room of forgotten marks back once they are half of all, so that each is moved at most once. */
function compact(series: Series): void {
  series.at.splice(0, series.head);
  series.values.splice(0, series.head);
  series.parts.splice(0, series.head);
  series.head = 0;
}

/** The measure of a group when it completes the correlation. */
function measure({ kind, bounds, parts, percentile }: Correlation, series: Series): number | undefined {
  const { head } = series;
  const length = series.at.length - head;
  if (kind === "together") {
    const seen = new Set(head === 0 ? series.parts : series.parts.slice(head));
    return seen.size === parts.length ? length : undefined;
  }
  if (kind === "inOrder") return isInOrder(series, parts.length) ? length : undefined;
  const values = head === 0 ? series.values : series.values.slice(head);
  if (kind === "distinct") {
    const count = new Set(values).size;
    return holds(bounds, count) ? count : undefined;
  }
  const numbers = values.map(Number).filter((number) => !Number.isNaN(number));
  if (numbers.length === 0) return undefined;
  const sum = numbers.reduce((total, number) => total + number, 0);
  const found =
    kind === "sum" ? sum : kind === "average" ? sum / numbers.length : ranked(numbers, percentile);
  return holds(bounds, found) ? found : undefined;
}

/** One hit of each part, each at or after the one before. */
function isInOrder({ parts, head }: Series, wanted: number): boolean {
  let next = 0;
  for (let index = head; index < parts.length && next < wanted; index += 1)
    if (parts[index] === next) next += 1;
  return next === wanted;
}

/** The nearest-rank percentile. */
function ranked(numbers: number[], percentile: number): number {
  const sorted = numbers.sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil((percentile / 100) * sorted.length) - 1)]!;
}
