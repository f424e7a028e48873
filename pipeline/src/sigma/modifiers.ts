import { isBlock, linearRegex } from "../conditions/compile.js";
import {
  all,
  any,
  type Comparison,
  type Condition,
  type Likeness,
  not,
  type Pattern,
  type TimePart,
} from "../conditions/condition.js";
import { RuleError } from "./problems.js";
import { base64Offsets, containing, dashed, ending, parsePattern, starting, utf16 } from "./values.js";

type Path = readonly (string | number)[];

/** Values for `expand`: what `%name%` in a rule stands for. */
export type Placeholders = Readonly<Record<string, readonly string[]>>;

const comparisons: Readonly<Record<string, Comparison>> = { lt: "<", lte: "<=", gt: ">", gte: ">=" };
const timeParts = new Set<string>(["minute", "hour", "day", "week", "month", "year"]);
const shapes: Readonly<Record<string, (pattern: Pattern) => Pattern>> = {
  contains: containing,
  startswith: starting,
  endswith: ending,
};
const likenesses: Readonly<Record<string, Likeness>> = {
  contains: "contains",
  startswith: "startsWith",
  endswith: "endsWith",
};
const flags = new Set(["i", "m", "s", "ignorecase", "multiline", "dotall"]);
const others = [
  "all",
  "base64",
  "base64offset",
  "cased",
  "cidr",
  "exists",
  "expand",
  "fieldref",
  "neq",
  "re",
  "utf16",
  "utf16be",
  "utf16le",
  "wide",
  "windash",
];
const known = new Set([
  ...Object.keys(comparisons),
  ...timeParts,
  ...Object.keys(shapes),
  ...flags,
  ...others,
]);
const LONGEST_REGEX = 4_000;
const LARGEST_PROGRAM = 20_000;

/** What a field with its modifiers asks of an event, for one item of a selection. */
export function readItem(key: string, value: unknown, path: Path, placeholders: Placeholders): Condition {
  const [field = "", ...modifiers] = key.split("|");
  for (const modifier of modifiers)
    if (!known.has(modifier))
      throw new RuleError(
        "unknown-modifier",
        `${JSON.stringify(modifier)} is no modifier of Sigma 2.1.`,
        path,
      );
  const given = Array.isArray(value) ? value : [value];
  if (given.length === 0)
    throw new RuleError("no-value", "An empty list matches nothing. Give it values.", path);
  const chain = { field, modifiers: new Set(modifiers), order: modifiers, path, placeholders };
  const conditions = given.map((each, index) =>
    readValue(chain, each, Array.isArray(value) ? [...path, index] : path),
  );
  const joined = modifiers.includes("all") ? all(conditions) : any(conditions);
  return modifiers.includes("neq") ? not(joined) : joined;
}

interface Chain {
  readonly field: string;
  readonly modifiers: ReadonlySet<string>;
  readonly order: readonly string[];
  readonly path: Path;
  readonly placeholders: Placeholders;
}

function readValue(chain: Chain, value: unknown, path: Path): Condition {
  const { field, modifiers } = chain;
  if (typeof value === "object" && value !== null)
    throw new RuleError("wrong-value", "A value is a text, a number, a flag or null.", path);
  if (modifiers.has("exists")) return value === false ? empty(field) : not(empty(field));
  const comparison = chain.order.find((each) => comparisons[each] !== undefined);
  if (comparison !== undefined) return numeric(chain, comparisons[comparison]!, value, path);
  const part = chain.order.find((each) => timeParts.has(each));
  if (part !== undefined)
    return { kind: "time", field, part: part as TimePart, value: numberIn(value, path) };
  if (value === null || value === undefined) return empty(field);
  const text = String(value);
  if (modifiers.has("re")) return regex(chain, text, path);
  if (modifiers.has("cidr")) return cidr(field, text, path);
  if (modifiers.has("fieldref")) return reference(chain, text);
  return textual(chain, text, path);
}

const empty = (field: string): Condition => ({ kind: "empty", field });

function numberIn(value: unknown, path: Path): number {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number === "number" && Number.isFinite(number)) return number;
  throw new RuleError("wrong-value", `${JSON.stringify(value)} is no number.`, path);
}

const numeric = ({ field }: Chain, is: Comparison, value: unknown, path: Path): Condition => ({
  kind: "number",
  field,
  is,
  value: numberIn(value, path),
});

function regex({ field, order }: Chain, source: string, path: Path): Condition {
  if (field === "") throw new RuleError("wrong-modifier", "A regular expression needs a field.", path);
  const found = [
    ...new Set(order.filter((each) => flags.has(each)).map((each) => (each === "dotall" ? "s" : each[0]!))),
  ].join("");
  checkRegex(source, found, path);
  return { kind: "regex", field, source, flags: found };
}

/** Refuses what no linear-time engine can promise: back references, look-around, repeats that explode. */
function checkRegex(source: string, found: string, path: Path): void {
  if (source.length > LONGEST_REGEX)
    throw new RuleError(
      "regex",
      `The expression has ${source.length} characters; at most ${LONGEST_REGEX} are taken.`,
      path,
    );
  try {
    const size = linearRegex(source, found).programSize();
    if (size > LARGEST_PROGRAM)
      throw new RuleError(
        "regex",
        `The expression needs ${size} steps for each character; at most ${LARGEST_PROGRAM} are taken.`,
        path,
      );
  } catch (error) {
    if (error instanceof RuleError) throw error;
    const input = error instanceof Error && "input" in error ? String(error.input ?? "") : "";
    const offset = input === "" ? 0 : Math.max(0, source.indexOf(input));
    const why = error instanceof Error ? error.message : String(error);
    throw new RuleError(
      "regex",
      `This is no expression that runs in linear time (${why}). Look-around and back references are not taken.`,
      path,
      offset,
    );
  }
}

function cidr(field: string, text: string, path: Path): Condition {
  if (!isBlock(text))
    throw new RuleError(
      "wrong-value",
      `${JSON.stringify(text)} is no address range such as 10.0.0.0/8.`,
      path,
    );
  return { kind: "cidr", field, block: text };
}

function reference({ field, order, modifiers }: Chain, other: string): Condition {
  const how = likenesses[order.find((each) => likenesses[each] !== undefined) ?? ""] ?? "equals";
  return { kind: "sameAs", field, other, how, cased: modifiers.has("cased") };
}

function textual(chain: Chain, text: string, path: Path): Condition {
  const { field, modifiers, order } = chain;
  const texts = modifiers.has("expand") ? expanded(chain, text, path) : [text];
  const variants = modifiers.has("windash") ? texts.flatMap(dashed) : texts;
  const encoding = order.some(
    (each) => each.startsWith("base64") || each.startsWith("utf16") || each === "wide",
  );
  const patterns = variants.flatMap((each) =>
    encoding ? encoded(order, each).map((made): Pattern => [made]) : [parsePattern(each)],
  );
  const shape = shapes[order.find((each) => shapes[each] !== undefined) ?? ""];
  const cased = modifiers.has("cased") || order.some((each) => each.startsWith("base64"));
  return any(patterns.map((pattern) => onPattern(field, shape ? shape(pattern) : pattern, cased)));
}

function onPattern(field: string, pattern: Pattern, cased: boolean): Condition {
  if (field === "") return { kind: "anywhere", pattern: containing(pattern), cased };
  if (pattern.length === 0) return empty(field);
  if (pattern.every((part) => part === 0)) return not(empty(field));
  return { kind: "text", field, pattern, cased };
}

function expanded({ placeholders }: Chain, text: string, path: Path): string[] {
  let texts = [text];
  for (const [whole, name = ""] of text.matchAll(/%([\w-]+)%/g)) {
    const values = placeholders[name];
    if (!values || values.length === 0)
      throw new RuleError(
        "placeholder",
        `%${name}% stands for nothing here. Give it values with the pack's placeholders.`,
        path,
      );
    texts = texts.flatMap((each) => values.map((value) => each.replace(whole, () => value)));
    if (texts.length > 10_000)
      throw new RuleError("placeholder", `%${name}% makes more than 10,000 values.`, path);
  }
  return texts;
}

/** Encodes step by step in the order of the modifiers. */
function encoded(order: readonly string[], text: string): string[] {
  let bytes = Buffer.from(text);
  for (const modifier of order) {
    if (modifier === "wide" || modifier === "utf16le") bytes = utf16(bytes.toString(), "le") as typeof bytes;
    else if (modifier === "utf16be") bytes = utf16(bytes.toString(), "be") as typeof bytes;
    else if (modifier === "utf16") bytes = utf16(bytes.toString(), "bom") as typeof bytes;
    else if (modifier === "base64") return [bytes.toString("base64")];
    else if (modifier === "base64offset") return base64Offsets(bytes);
  }
  return [bytes.toString("latin1")];
}
