import { arrayAt, type HostFunctions, numberAt, textAt } from "./function.js";
import { spanText, timeText } from "./times.js";
import { jsonOf } from "./values.js";

type Items = readonly unknown[];

/** A function of an array; null when the argument is none. */
const ofArray =
  (make: (items: Items, args: Items) => unknown): HostFunctions[string] =>
  (args) => {
    const items = arrayAt(args, 0);
    return items ? make(items, args) : null;
  };

function rotated(items: Items, by: number): unknown[] {
  if (items.length === 0) return [];
  const start = ((by % items.length) + items.length) % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

function shifted(items: Items, by: number, fill: unknown): unknown[] {
  return items.map((_, place) => {
    const from = place + by;
    return from >= 0 && from < items.length ? items[from] : fill;
  });
}

/** Places to cut at, negative ones from the end. */
function split(items: Items, at: unknown): unknown[] {
  const places = (Array.isArray(at) ? at : [at])
    .map(Number)
    .map((place) => Math.min(Math.max(place < 0 ? items.length + place : place, 0), items.length));
  const edges = [0, ...places, items.length];
  return edges.slice(1).map((edge, place) => items.slice(edges[place], edge));
}

const isBag = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isTrue = (value: unknown): boolean => value === true || (typeof value === "number" && value !== 0);

const chosen: HostFunctions[string] = (args) => {
  const tests = arrayAt(args, 0);
  if (!tests) return null;
  const at = (place: number, from: unknown): unknown => (Array.isArray(from) ? (from[place] ?? null) : from);
  return tests.map((test, place) =>
    test === null ? null : isTrue(test) ? at(place, args[1]) : at(place, args[2]),
  );
};

function indexed(items: Items, [, sought, start, length, nth]: Items): number {
  const from = Number(start ?? 0);
  const begin = from < 0 ? Math.max(items.length + from, 0) : from;
  const size = Number(length ?? -1);
  const end = size === -1 ? items.length : Math.min(begin + size, items.length);
  let left = Number(nth ?? 1);
  for (let place = begin; place < end; place += 1) {
    if (jsonOf(items[place]) !== jsonOf(sought)) continue;
    left -= 1;
    if (left === 0) return place;
  }
  return -1;
}

function zipped(args: Items): unknown {
  const lists = args.map((each) => (Array.isArray(each) ? each : []));
  const length = Math.max(...lists.map((list) => list.length), 0);
  return Array.from({ length }, (_, place) => lists.map((list) => list[place] ?? null));
}

/** The paths of every node of a value, in the language's spelling. */
function treePaths(value: unknown, before = ""): string[] {
  if (Array.isArray(value)) {
    const inner = value.flatMap((each) => treePaths(each, `${before}[0]`));
    return value.length > 0 ? [...new Set([`${before}[0]`, ...inner])] : [];
  }
  if (!isBag(value)) return [];
  return Object.entries(value).flatMap(([name, each]) => [
    `${before}['${name}']`,
    ...treePaths(each, `${before}['${name}']`),
  ]);
}

const distinct = (items: Items): Set<string> => new Set(items.map((each) => jsonOf(each)));

function setKey(args: Items): unknown {
  const bag = args[0] ?? {};
  if (!isBag(bag)) return null;
  const key = textAt(args, 1);
  const path = key.startsWith("$.") ? key.slice(2).split(".") : [key];
  const put = (into: Readonly<Record<string, unknown>>, [name = "", ...rest]: readonly string[]): unknown => {
    const inner = into[name];
    return { ...into, [name]: rest.length === 0 ? (args[2] ?? null) : put(isBag(inner) ? inner : {}, rest) };
  };
  return put(bag, path);
}

function hasKey(args: Items): boolean | null {
  const bag = args[0];
  if (!isBag(bag)) return null;
  const key = textAt(args, 1);
  let at: unknown = bag;
  for (const name of key.startsWith("$.") ? key.slice(2).split(".") : [key]) {
    if (!isBag(at) || !Object.hasOwn(at, name)) return false;
    at = at[name];
  }
  return true;
}

/** Copies of the first array put in order, the others along with it; nulls come last. */
const sorted =
  (sign: 1 | -1) =>
  (args: Items): unknown => {
    const items = arrayAt(args, 0);
    if (!items) return null;
    const places = items
      .map((_, place) => place)
      .toSorted((one, other) => order(items[one], items[other], sign));
    return args
      .filter(Array.isArray)
      .map((each) => (each.length === items.length ? places.map((place) => each[place]) : null));
  };

function order(one: unknown, other: unknown, sign: 1 | -1): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  if (typeof one === "number" && typeof other === "number") return sign * (one - other);
  const [left, right] = [String(one), String(other)];
  return left === right ? 0 : sign * (left < right ? -1 : 1);
}

const MOST = 1_048_576;

/** Values from one to another in steps: numbers, times, spans. */
function ranged([from, to, step]: Items): unknown {
  if (typeof from === "bigint" && typeof to === "bigint" && typeof step === "bigint") {
    const spell = from > 10n ** 16n ? timeText : spanText;
    return steps(from, to, step).map(spell);
  }
  const numbers = [from, to, step].map(Number);
  if (numbers.some(Number.isNaN)) return null;
  const [first = 0, last = 0, by = 1] = numbers;
  const count = Math.min(Math.floor((last - first) / by + 1e-9) + 1, MOST);
  return by === 0 ? null : Array.from({ length: Math.max(count, 0) }, (_, place) => first + place * by);
}

function steps(from: bigint, to: bigint, by: bigint): bigint[] {
  const made: bigint[] = [];
  if (by === 0n) return made;
  for (let at = from; (by > 0n ? at <= to : at >= to) && made.length < MOST; at += by) made.push(at);
  return made;
}

/** Functions of arrays and bags. */
export const arrayFunctions: HostFunctions = {
  array_rotate_left: ofArray((items, args) => rotated(items, numberAt(args, 1) ?? 0)),
  array_rotate_right: ofArray((items, args) => rotated(items, -(numberAt(args, 1) ?? 0))),
  array_shift_left: ofArray((items, args) => shifted(items, numberAt(args, 1) ?? 0, args[2] ?? null)),
  array_shift_right: ofArray((items, args) => shifted(items, -(numberAt(args, 1) ?? 0), args[2] ?? null)),
  array_split: ofArray((items, args) => split(items, args[1])),
  array_iff: chosen,
  array_index_of: ofArray(indexed),
  array_sort_asc: sorted(1),
  array_sort_desc: sorted(-1),
  zip: zipped,
  treepath: (args) => treePaths(args[0]),
  set_equals: (args) => {
    const [one, other] = [arrayAt(args, 0), arrayAt(args, 1)];
    if (!one || !other) return null;
    const [left, right] = [distinct(one), distinct(other)];
    return left.size === right.size && [...left].every((each) => right.has(each));
  },
  jaccard_index: (args) => {
    const [left, right] = [distinct(arrayAt(args, 0) ?? []), distinct(arrayAt(args, 1) ?? [])];
    const both = [...left].filter((each) => right.has(each)).length;
    return both / (left.size + right.size - both);
  },
  range: ranged,
  bag_without_empty: ([bag]) =>
    isBag(bag)
      ? Object.fromEntries(Object.entries(bag).filter(([, each]) => each !== null && each !== ""))
      : null,
  bag_set_key: setKey,
  bag_has_key: hasKey,
  bag_zip: (args) => {
    const [names, values] = [arrayAt(args, 0), arrayAt(args, 1) ?? []];
    if (!names) return null;
    return Object.fromEntries(
      names.flatMap((name, place) => (typeof name === "string" ? [[name, values[place] ?? null]] : [])),
    );
  },
};
