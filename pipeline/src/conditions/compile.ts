import ipaddr from "ipaddr.js";
import { RE2JS } from "re2js";
import type { Comparison, Condition, Leaf, Likeness, Pattern, TimePart } from "./condition.js";
import type { EventView } from "./fields.js";
import { textTest } from "./patterns.js";

/** Answers whether the event that a view looks at is as a condition wants it. */
export type Predicate = (view: EventView) => boolean;

/** A regular expression of a user looks at the first 32 KB of a field; what is longer is no normal command. */
const LOOKED_AT = 32_768;

/** Makes a predicate of a condition: closures over the view's places, no text of the rule is ever run. */
export function compile(condition: Condition, view: EventView): Predicate {
  switch (condition.kind) {
    case "all":
      return everyOf(condition.of.map((each) => compile(each, view)));
    case "any":
      return anyOf(condition.of.map((each) => compile(each, view)));
    case "not": {
      const test = compile(condition.of, view);
      return (given) => !test(given);
    }
    case "never":
      return () => false;
    default:
      return compileLeaf(condition, view);
  }
}

function everyOf(tests: readonly Predicate[]): Predicate {
  if (tests.length === 2) {
    const [one, two] = tests as [Predicate, Predicate];
    return (view) => one(view) && two(view);
  }
  return (view) => {
    for (let index = 0; index < tests.length; index += 1) if (!tests[index]!(view)) return false;
    return true;
  };
}

function anyOf(tests: readonly Predicate[]): Predicate {
  return (view) => {
    for (let index = 0; index < tests.length; index += 1) if (tests[index]!(view)) return true;
    return false;
  };
}

function compileLeaf(leaf: Leaf, view: EventView): Predicate {
  switch (leaf.kind) {
    case "text":
      return onText(view.placeOf(leaf.field), leaf.pattern, leaf.cased);
    case "anywhere":
      return keyword(leaf.pattern, leaf.cased);
    case "regex":
      return onRegex(view.placeOf(leaf.field), leaf.source, leaf.flags);
    case "number":
      return onNumber(view.placeOf(leaf.field), leaf.is, leaf.value);
    case "cidr":
      return onBlock(view.placeOf(leaf.field), leaf.block);
    case "among": {
      const place = view.placeOf(leaf.field);
      const wanted = new Set(leaf.texts.map((text) => text.toLowerCase()));
      return (given) => wanted.has(given.lower(place) ?? "");
    }
    case "sameAs":
      return onOther(view.placeOf(leaf.field), view.placeOf(leaf.other), leaf.how, leaf.cased);
    case "empty": {
      const place = view.placeOf(leaf.field);
      return (given) => (given.text(place) ?? "") === "";
    }
    case "time":
      return onTime(view.placeOf(leaf.field), leaf.part, leaf.value);
  }
}

function onText(place: number, pattern: Pattern, cased: boolean): Predicate {
  const test = textTest(pattern, cased);
  return (view) => {
    const text = cased ? view.text(place) : view.lower(place);
    return text !== undefined && test(text);
  };
}

function keyword(pattern: Pattern, cased: boolean): Predicate {
  const test = textTest(pattern, cased);
  return (view) => {
    for (const text of view.texts()) if (test(cased ? text : text.toLowerCase())) return true;
    return false;
  };
}

/** A linear-time expression as RE2 means it; throws `RE2JSSyntaxException` when it is none. */
export const linearRegex = (source: string, flags: string): RE2JS =>
  RE2JS.compile(flags === "" ? source : `(?${flags})${source}`);

function onRegex(place: number, source: string, flags: string): Predicate {
  const regex = linearRegex(source, flags);
  return (view) => {
    const text = view.text(place);
    return text !== undefined && regex.test(text.length > LOOKED_AT ? text.slice(0, LOOKED_AT) : text);
  };
}

const comparisons: Readonly<Record<Comparison, (one: number, other: number) => boolean>> = {
  "==": (one, other) => one === other,
  "<": (one, other) => one < other,
  "<=": (one, other) => one <= other,
  ">": (one, other) => one > other,
  ">=": (one, other) => one >= other,
};

function onNumber(place: number, is: Comparison, value: number): Predicate {
  const compare = comparisons[is];
  return (view) => {
    const given = view.value(place);
    const number = typeof given === "string" && given.trim() !== "" ? Number(given) : given;
    return typeof number === "number" && !Number.isNaN(number) && compare(number, value);
  };
}

type Address = ReturnType<typeof ipaddr.process>;
const KNOWN_ADDRESSES = 8_192;
const parsed = new Map<string, Address | undefined>();

/** The same few addresses come again and again; parsing each once is ten times faster. */
function addressOf(text: string): Address | undefined {
  if (parsed.has(text)) return parsed.get(text);
  if (parsed.size >= KNOWN_ADDRESSES) parsed.clear();
  const isOne = ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
  const address = isOne ? ipaddr.process(text) : undefined;
  parsed.set(text, address);
  return address;
}

/** True when the text is an address range as `cidr` takes it; a lone address is a range of one. */
export const isBlock = (text: string): boolean => ipaddr.isValidCIDR(text) || ipaddr.isValid(text);

/** Answers whether an address lies in a range; texts that are no addresses lie in none. */
export function blockTest(block: string): (text: string) => boolean {
  const whole = block.includes("/") ? block : `${block}/${block.includes(":") ? 128 : 32}`;
  const range = ipaddr.parseCIDR(whole);
  return (text) => {
    const address = addressOf(text);
    return address !== undefined && address.kind() === range[0].kind() && address.match(range);
  };
}

function onBlock(place: number, block: string): Predicate {
  const test = blockTest(block);
  return (view) => {
    const text = view.text(place);
    return text !== undefined && test(text);
  };
}

const likenesses: Readonly<Record<Likeness, (one: string, other: string) => boolean>> = {
  equals: (one, other) => one === other,
  startsWith: (one, other) => one.startsWith(other),
  endsWith: (one, other) => one.endsWith(other),
  contains: (one, other) => one.includes(other),
};

function onOther(place: number, otherPlace: number, how: Likeness, cased: boolean): Predicate {
  const compare = likenesses[how];
  return (view) => {
    const one = cased ? view.text(place) : view.lower(place);
    const other = cased ? view.text(otherPlace) : view.lower(otherPlace);
    return Boolean(one) && Boolean(other) && compare(one!, other!);
  };
}

const WEEK_MS = 7 * 86_400_000;

/** The week of the year as ISO 8601 counts it. */
function weekOf(date: Date): number {
  const thursday = new Date(date.getTime() + (3 - ((date.getUTCDay() + 6) % 7)) * 86_400_000);
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return 1 + Math.floor((thursday.getTime() - first) / WEEK_MS);
}

const timeParts: Readonly<Record<TimePart, (date: Date) => number>> = {
  minute: (date) => date.getUTCMinutes(),
  hour: (date) => date.getUTCHours(),
  day: (date) => date.getUTCDate(),
  week: weekOf,
  month: (date) => date.getUTCMonth() + 1,
  year: (date) => date.getUTCFullYear(),
};

function onTime(place: number, part: TimePart, value: number): Predicate {
  const read = timeParts[part];
  return (view) => {
    const at = Date.parse(view.text(place) ?? "");
    return !Number.isNaN(at) && read(new Date(at)) === value;
  };
}
