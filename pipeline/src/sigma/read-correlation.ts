import type { Comparison } from "../conditions/condition.js";
import { RuleError } from "./problems.js";
import { isRecord } from "./read-documents.js";
import { readAbout, type SigmaAbout } from "./read-rule.js";

/** The correlation types of Sigma 2.1. */
export const correlationTypes = [
  "event_count",
  "value_count",
  "temporal",
  "temporal_ordered",
  "value_sum",
  "value_avg",
  "value_percentile",
] as const;

/** One of the correlation types. */
export type CorrelationType = (typeof correlationTypes)[number];

/** What a count or value is held against. */
export interface Bound {
  readonly is: Comparison | "!=";
  readonly value: number;
}

/** A rule over the hits of other rules. */
export interface SigmaCorrelation extends SigmaAbout {
  readonly kind: "correlation";
  readonly type: CorrelationType;
  /** Ids, names or titles of the rules, in order. */
  readonly rules: readonly string[];
  readonly groupBy: readonly string[];
  readonly spanMs: number;
  readonly bounds: readonly Bound[];
  /** For values: the field they are in. */
  readonly field: string;
  readonly percentile: number;
  /** What a group's name is called in each rule: alias, then field by rule. */
  readonly aliases: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Whether the rules it looks at also alert by themselves. */
  readonly generate: boolean;
}

const PATH = ["correlation"];
const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const LONGEST_MS = 31 * 86_400_000;
const operators: Readonly<Record<string, Bound["is"]>> = {
  lt: "<",
  lte: "<=",
  gt: ">",
  gte: ">=",
  eq: "==",
  neq: "!=",
};
const isList = (value: unknown): value is unknown[] => Array.isArray(value);

/** Reads a correlation rule. */
export function readCorrelation(given: Readonly<Record<string, unknown>>, file: string): SigmaCorrelation {
  const about = readAbout(given, file);
  const found = given["correlation"];
  if (!isRecord(found))
    throw new RuleError("no-correlation", "A correlation is a map with type, rules and timespan.", PATH);
  const type = correlationTypes.find((each) => each === found["type"]);
  if (!type)
    throw new RuleError(
      "wrong-type",
      `${JSON.stringify(found["type"])} is no correlation type; ${correlationTypes.join(", ")} are.`,
      [...PATH, "type"],
    );
  const rules = isList(found["rules"]) ? found["rules"].map(String) : [String(found["rules"] ?? "")];
  if (rules.some((rule) => rule === "") || rules.length > 50)
    throw new RuleError("no-rules", "A correlation names 1 to 50 rules.", [...PATH, "rules"]);
  const { bounds, field, percentile } = readBounds(type, found["condition"]);
  return {
    ...about,
    kind: "correlation",
    type,
    rules,
    groupBy: isList(found["group-by"]) ? found["group-by"].map(String) : [],
    spanMs: readSpan(found["timespan"] ?? found["timeframe"]),
    bounds,
    field,
    percentile,
    aliases: readAliases(found["aliases"]),
    generate: found["generate"] === true,
  };
}

function readSpan(value: unknown): number {
  const found = /^(\d{1,6})([smhd])$/.exec(String(value ?? ""));
  const span = found ? Number(found[1]) * units[found[2]!]! : 0;
  if (span > 0 && span <= LONGEST_MS) return span;
  throw new RuleError(
    "wrong-timespan",
    `${JSON.stringify(value ?? null)} is no timespan such as 30s, 5m, 1h or 1d, at most 31d.`,
    [...PATH, "timespan"],
  );
}

function readBounds(
  type: CorrelationType,
  condition: unknown,
): { bounds: Bound[]; field: string; percentile: number } {
  const path = [...PATH, "condition"];
  const given = isRecord(condition) ? condition : {};
  const bounds = Object.entries(given).flatMap(([name, value]): Bound[] => {
    if (name === "field" || name === "percentile") return [];
    const is = operators[name];
    if (!is)
      throw new RuleError(
        "wrong-condition",
        `${JSON.stringify(name)} is no comparison; gt, gte, lt, lte, eq and neq are.`,
        [...path, name],
      );
    if (typeof value !== "number" || !Number.isFinite(value))
      throw new RuleError("wrong-condition", `${name} needs a number.`, [...path, name]);
    return [{ is, value }];
  });
  const field = String(given["field"] ?? "");
  if (type.startsWith("temporal")) return { bounds: [], field, percentile: 0 };
  if (bounds.length === 0)
    throw new RuleError("no-condition", "The correlation needs a condition such as gte: 10.", path);
  if (type !== "event_count" && field === "")
    throw new RuleError("no-field", `${type} needs the field whose values it looks at.`, path);
  if (type.endsWith("_count") && !bounds.some(({ is }) => is === ">" || is === ">=" || is === "=="))
    throw new RuleError(
      "never-sure",
      "That a count stays below a bound is only known when the window is over; give a gt, gte or eq.",
      path,
    );
  const percentile = Number(given["percentile"] ?? 50);
  if (!(percentile >= 0 && percentile <= 100))
    throw new RuleError("wrong-condition", "percentile is a number from 0 to 100.", [...path, "percentile"]);
  return { bounds, field, percentile };
}

function readAliases(value: unknown): SigmaCorrelation["aliases"] {
  if (value === undefined) return {};
  if (!isRecord(value))
    throw new RuleError("wrong-alias", "Aliases are a map of alias to field by rule.", [...PATH, "aliases"]);
  return Object.fromEntries(
    Object.entries(value).map(([alias, fields]) => {
      if (!isRecord(fields))
        throw new RuleError("wrong-alias", "An alias names a field for each rule.", [
          ...PATH,
          "aliases",
          alias,
        ]);
      return [
        alias,
        Object.fromEntries(Object.entries(fields).map(([rule, field]) => [rule, String(field)])),
      ];
    }),
  );
}
