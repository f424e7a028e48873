import type { ScalarType } from "@picket/kit";
import { type Literal, literal, nothing } from "../plan/scalar.js";
import type { SyntaxNode } from "./tree.js";

/** Ticks from the year 1 to 1970. */
export const EPOCH_TICKS = 621_355_968_000_000_000n;

const types: Readonly<Record<string, ScalarType>> = {
  LongLiteralExpression: "long",
  IntLiteralExpression: "int",
  RealLiteralExpression: "real",
  DecimalLiteralExpression: "decimal",
  BooleanLiteralExpression: "bool",
  DateTimeLiteralExpression: "datetime",
  TimespanLiteralExpression: "timespan",
  GuidLiteralExpression: "guid",
  StringLiteralExpression: "string",
  CompoundStringLiteralExpression: "string",
  TokenLiteralExpression: "string",
  DynamicExpression: "dynamic",
};

/** The constant that a node spells; undefined when it is none, or spells it wrongly. */
export function literalOf(node: SyntaxNode): Literal | undefined {
  const type = types[node.kind];
  if (!type) return undefined;
  if (type === "string") return literal("string", node.literal ?? "");
  if (type === "dynamic") {
    const json = dynamicText(node);
    return json === undefined ? undefined : literal("dynamic", json === "null" ? null : json);
  }
  const spelt = inParentheses(node.text);
  if (/^(?:null)?$/i.test(spelt)) return nothing(type);
  const value = readers[type]?.(spelt);
  return value === undefined ? undefined : literal(type, value);
}

const inParentheses = (spelt: string): string => {
  const inner = /^[a-z]+\s*\(([\s\S]*)\)$/i.exec(spelt)?.[1];
  return (inner ?? spelt).trim();
};

const unquoted = (spelt: string): string => /^(['"])(.*)\1$/s.exec(spelt)?.[2] ?? spelt;

type Reader = (spelt: string) => Literal["value"] | undefined;

const whole: Reader = (spelt) =>
  /^[+-]?(?:\d+|0x[0-9a-f]+)$/i.test(spelt) ? BigInt(spelt.replace(/^\+/, "")) : undefined;

const number: Reader = (spelt) => {
  const special = /^([+-]?)(nan|inf(?:inity)?)$/i.exec(spelt);
  if (special?.[2]?.toLowerCase() === "nan") return Number.NaN;
  if (special) return special[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const value = Number(spelt);
  return Number.isNaN(value) ? undefined : value;
};

const readers: Readonly<Partial<Record<ScalarType, Reader>>> = {
  long: whole,
  int: whole,
  real: number,
  decimal: number,
  bool: (spelt) => (/^(?:true|1)$/i.test(spelt) ? true : /^(?:false|0)$/i.test(spelt) ? false : undefined),
  datetime: (spelt) => ticksOfTime(unquoted(spelt)),
  timespan: (spelt) => ticksOfSpan(unquoted(spelt)),
  guid: (spelt) => unquoted(spelt).toLowerCase(),
};

const ISO =
  /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7})\d*)?)?)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;
const MONTH_FIRST =
  /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7})\d*)?)?)?\s*(Z)?$/i;

/** Ticks of a time as it is written; undefined when it is none. */
export function ticksOfTime(spelt: string): bigint | undefined {
  const named = ticksOfNamed(spelt.trim());
  if (named !== undefined) return named;
  const iso = ISO.exec(spelt.trim());
  const other = iso ? null : MONTH_FIRST.exec(spelt.trim());
  const [year, month, day, ...clock] = iso
    ? iso.slice(1)
    : other
      ? [other[3], other[1], other[2], ...other.slice(4)]
      : [];
  if (year === undefined) return undefined;
  const [hour, minute, second, fraction = "", zone] = clock;
  const [months, days, hours] = [Number(month ?? 1), Number(day ?? 1), Number(hour ?? 0)];
  if (months < 1 || months > 12 || days < 1 || days > daysOf(Number(year), months) || hours > 23)
    return undefined;
  if (Number(minute ?? 0) > 59 || Number(second ?? 0) > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month ?? 1) - 1, Number(day ?? 1));
  date.setUTCHours(Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0));
  const ticks = BigInt(date.getTime()) * 10_000n + BigInt(fraction.padEnd(7, "0")) + EPOCH_TICKS;
  return ticks - BigInt(offsetMinutes(zone)) * 600_000_000n;
}

const daysOf = (year: number, month: number): number =>
  new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** Ticks of a time whose month is a word, such as `Sun, 01 Mar 2026 10:00:00 GMT`. */
function ticksOfNamed(spelt: string): bigint | undefined {
  const parts =
    /^(?:[A-Za-z]{3,9},?\s+)?(\d{1,2})[ -]([A-Za-z]{3})[a-z]*[ -](\d{4})(?:\s+(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?\s*(?:GMT|UTC|Z)?$/.exec(
      spelt,
    );
  const month = MONTHS.indexOf(parts?.[2]?.toLowerCase() ?? "") + 1;
  if (!parts || month === 0) return undefined;
  return ticksOfTime(`${parts[3]}-${month}-${parts[1]}T${parts[4]?.padStart(5, "0") ?? "00:00"}`);
}

function offsetMinutes(zone: string | undefined): number {
  const parts = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? "");
  if (!parts) return 0;
  return (parts[1] === "-" ? -1 : 1) * (Number(parts[2]) * 60 + Number(parts[3]));
}

const UNITS: readonly (readonly [RegExp, number])[] = [
  [/^d(?:ays?)?$/, 864_000_000_000],
  [/^h(?:(?:ou)?rs?)?$/, 36_000_000_000],
  [/^m(?:in(?:ute)?s?)?$/, 600_000_000],
  [/^s(?:ec(?:ond)?s?)?$/, 10_000_000],
  [/^(?:ms|milli(?:second)?s?|millis|millisec)$/, 10_000],
  [/^micro(?:second|sec)?s?$/, 10],
  [/^nano(?:second|sec)?s?$/, 0.01],
  [/^ticks?$/, 1],
];

/** Ticks of a span as it is written, such as `90m` or `1.02:03:04`; undefined when it is none. */
export function ticksOfSpan(spelt: string): bigint | undefined {
  const short = /^([+-]?)(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(spelt.trim());
  if (short) {
    const unit = short[3] ? UNITS.find(([pattern]) => pattern.test(short[3]!.toLowerCase())) : UNITS[0];
    return unit && BigInt(Math.round(Number(`${short[1]}${short[2]}`) * unit[1]));
  }
  const clock = /^(-?)(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?$/.exec(spelt.trim());
  if (!clock) return undefined;
  const [, sign, days = "0", hours = "0", minutes = "0", seconds = "0", fraction = ""] = clock;
  const whole = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
  const ticks = BigInt(whole) * 10_000_000n + BigInt(fraction.padEnd(7, "0"));
  return sign ? -ticks : ticks;
}

/** The JSON text of a `dynamic(…)` literal; undefined when something in it is no constant. */
export function dynamicText(node: SyntaxNode): string | undefined {
  switch (node.kind) {
    case "DynamicExpression":
      return dynamicText(node.need("Expression"));
    case "JsonArrayExpression": {
      const items = node.list("Values").map(dynamicText);
      return items.includes(undefined) ? undefined : `[${items.join(",")}]`;
    }
    case "JsonObjectExpression": {
      const pairs = node.list("Pairs").map(pairText);
      return pairs.includes(undefined) ? undefined : `{${pairs.join(",")}}`;
    }
    case "UnaryMinusExpression": {
      const inner = dynamicText(node.need("Expression"));
      return inner === undefined ? undefined : `-${inner}`;
    }
    default:
      return scalarText(node);
  }
}

function pairText(pair: SyntaxNode): string | undefined {
  const value = dynamicText(pair.need("Value"));
  const spelt = pair.need("Name").text.replace(/^(['"])([\s\S]*)\1$/, "$2");
  return value === undefined ? undefined : `${JSON.stringify(spelt)}:${value}`;
}

function scalarText(node: SyntaxNode): string | undefined {
  if (/^null$/i.test(node.text)) return "null";
  const constant = literalOf(node);
  if (!constant) return undefined;
  const { type, value } = constant;
  if (value === null) return "null";
  if (type === "string" || type === "guid") return JSON.stringify(value);
  if (type === "datetime" || type === "timespan") return JSON.stringify(node.text.replace(/^\w+\(|\)$/g, ""));
  if (typeof value === "number" && !Number.isFinite(value)) return JSON.stringify(String(value));
  return String(value);
}
