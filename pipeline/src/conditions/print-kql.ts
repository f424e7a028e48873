import {
  ANY_RUN,
  type Condition,
  type Leaf,
  type Likeness,
  type Pattern,
  type TimePart,
} from "./condition.js";
import { EXTRA, WORD } from "./fields.js";
import { patternRegex } from "./patterns.js";

/** How fields are named in a query over a table. */
export interface KqlSource {
  readonly table: "SecurityIoTRawEvent" | "IoTHubOperation";
  /** The event name, for raw events. */
  readonly event?: string;
}

/** A text as the query language writes it. */
export const kqlText = (text: string): string =>
  `"${text.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\t", "\\t")}"`;

const member = (path: string): string =>
  /^[A-Za-z_]\w*$/.test(path) ? `Details.${path}` : `Details[${kqlText(path)}]`;

const operationColumns: Readonly<Record<string, string>> = {
  cause: "tostring(Properties.cause)",
  resultType: "ResultType",
  operationName: "OperationName",
  category: "Category",
  protocol: "Protocol",
  authType: "AuthType",
  ipAddress: "IpAddress",
  statusCode: "tostring(StatusCode)",
  level: "Level",
};

const rawColumns: Readonly<Record<string, string>> = {
  "event.DeviceId": "DeviceId",
  "event.ModuleId": "ModuleId",
  "event.TimeStamp": "TimeStamp",
};

/** A field as a text in the query language. */
export function kqlField(field: string, { table }: KqlSource): string {
  const own = rawColumns[field];
  if (own) return own;
  if (table === "IoTHubOperation")
    return operationColumns[field] ?? `tostring(Properties[${kqlText(field)}])`;
  if (field.startsWith(WORD))
    return `tostring(split(tostring(Details.CommandLine), " ")[${Number(field.slice(WORD.length))}])`;
  if (field.startsWith(EXTRA)) {
    const name = field.slice(EXTRA.length);
    return /^[A-Za-z_]\w*$/.test(name)
      ? `tostring(Details.ExtraDetails.${name})`
      : `tostring(Details.ExtraDetails[${kqlText(name)}])`;
  }
  return `tostring(${member(field)})`;
}

/** The query that finds the events a condition holds for. */
export function kqlOf(condition: Condition, source: KqlSource): string {
  const head =
    source.table === "SecurityIoTRawEvent"
      ? `SecurityIoTRawEvent\n| where RawEventName == ${kqlText(source.event ?? "")}\n| extend Details = parse_json(EventDetails)`
      : "IoTHubOperation";
  return `${head}\n| where ${print(condition, source)}`;
}

function print(condition: Condition, source: KqlSource): string {
  switch (condition.kind) {
    case "all":
      return condition.of.length === 0 ? "true" : joined(condition.of, " and ", source);
    case "any":
      return condition.of.length === 0 ? "false" : joined(condition.of, " or ", source);
    case "not":
      return `not(${print(condition.of, source)})`;
    case "never":
      return "false";
    default:
      return printLeaf(condition, source);
  }
}

const joined = (conditions: readonly Condition[], word: string, source: KqlSource): string =>
  `(${conditions.map((each) => print(each, source)).join(word)})`;

const likenesses: Readonly<Record<Likeness, readonly [folded: string, cased: string]>> = {
  equals: ["=~", "=="],
  startsWith: ["startswith", "startswith_cs"],
  endsWith: ["endswith", "endswith_cs"],
  contains: ["contains", "contains_cs"],
};

const timeParts: Readonly<Record<TimePart, string>> = {
  minute: "minute",
  hour: "hour",
  day: "day",
  week: "week_of_year",
  month: "month",
  year: "year",
};

function printLeaf(leaf: Leaf, source: KqlSource): string {
  if (leaf.kind === "anywhere") {
    const whole = source.table === "SecurityIoTRawEvent" ? "EventDetails" : "tostring(Properties)";
    return printPattern(whole, [ANY_RUN, ...leaf.pattern, ANY_RUN], leaf.cased);
  }
  const field = kqlField(leaf.field, source);
  switch (leaf.kind) {
    case "text":
      return printPattern(field, leaf.pattern, leaf.cased);
    case "regex":
      return `${field} matches regex ${kqlText(leaf.flags === "" ? leaf.source : `(?${leaf.flags})${leaf.source}`)}`;
    case "number":
      return `coalesce(todouble(${field}) ${leaf.is} ${leaf.value}, false)`;
    case "cidr":
      return `coalesce(${leaf.block.includes(":") ? "ipv6_is_in_range" : "ipv4_is_in_range"}(${field}, ${kqlText(leaf.block)}), false)`;
    case "among":
      return `${field} in~ (${leaf.texts.map(kqlText).join(", ")})`;
    case "sameAs": {
      const other = kqlField(leaf.other, source);
      const operator = likenesses[leaf.how][leaf.cased ? 1 : 0];
      return `(isnotempty(${field}) and isnotempty(${other}) and ${field} ${operator} ${other})`;
    }
    case "empty":
      return `isempty(${field})`;
    case "time":
      return `coalesce(datetime_part(${kqlText(timeParts[leaf.part])}, todatetime(${field})) == ${leaf.value}, false)`;
  }
}

function printPattern(field: string, pattern: Pattern, cased: boolean): string {
  const shape = pattern
    .map((part) => (typeof part === "string" ? "t" : part === ANY_RUN ? "*" : "?"))
    .join("");
  const literal = kqlText(pattern.filter((part) => typeof part === "string").join(""));
  const how = ({ t: "equals", "t*": "startsWith", "*t": "endsWith", "*t*": "contains" } as const)[shape];
  if (how) return `${field} ${likenesses[how][cased ? 1 : 0]} ${literal}`;
  return `${field} matches regex ${kqlText(`(?${cased ? "s" : "is"})${patternRegex(pattern)}`)}`;
}
