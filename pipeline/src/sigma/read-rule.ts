import { all, any, type Condition } from "../conditions/condition.js";
import { readCondition } from "./condition-text.js";
import { type Placeholders, readItem } from "./modifiers.js";
import { RuleError } from "./problems.js";
import { isRecord } from "./read-documents.js";

/** Where a rule's events come from, in Sigma's words. */
export interface LogSource {
  readonly product: string;
  readonly category: string;
  readonly service: string;
}

/** What every Sigma document says of itself. */
export interface SigmaAbout {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly author: string;
  readonly license: string;
  readonly status: string;
  readonly level: "informational" | "low" | "medium" | "high" | "critical";
  readonly references: readonly string[];
  readonly tags: readonly string[];
  readonly falsePositives: readonly string[];
  readonly file: string;
}

/** A detection rule, its fields named as in the rule. */
export interface SigmaRule extends SigmaAbout {
  readonly kind: "rule";
  readonly logSource: LogSource;
  readonly condition: Condition;
}

/** Narrows rules that others wrote. */
export interface SigmaFilter extends SigmaAbout {
  readonly kind: "filter";
  readonly logSource: LogSource;
  /** Ids or names of the rules; undefined for any of the log source. */
  readonly rules?: readonly string[];
  readonly condition: Condition;
}

const levels = ["informational", "low", "medium", "high", "critical"] as const;
const MOST_SELECTIONS = 200;
const MOST_LEAVES = 20_000;

type Given = Readonly<Record<string, unknown>>;

const textIn = (value: unknown): string =>
  typeof value === "string" ? value.trim() : value == null ? "" : String(value);
const textsIn = (value: unknown): string[] =>
  (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value])
    .map(String)
    .slice(0, 200);

/** What a document says of itself. */
export function readAbout(given: Given, file: string): SigmaAbout {
  const title = textIn(given["title"]);
  if (title === "") throw new RuleError("no-title", "A rule needs a title.");
  const level = textIn(given["level"]).toLowerCase() || "medium";
  const found = levels.find((each) => each === level);
  if (!found)
    throw new RuleError("wrong-level", `${JSON.stringify(level)} is no level; ${levels.join(", ")} are.`, [
      "level",
    ]);
  return {
    id: textIn(given["id"]) || slug(title),
    name: textIn(given["name"]),
    title: title.slice(0, 300),
    description: textIn(given["description"]),
    author: textIn(given["author"]),
    license: textIn(given["license"]),
    status: textIn(given["status"]),
    level: found,
    references: textsIn(given["references"]),
    tags: textsIn(given["tags"]),
    falsePositives: textsIn(given["falsepositives"]),
    file,
  };
}

const slug = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 80);

/** Reads a detection rule. */
export function readRule(given: Given, file: string, placeholders: Placeholders): SigmaRule {
  const about = readAbout(given, file);
  return {
    ...about,
    kind: "rule",
    logSource: readLogSource(given),
    condition: readDetection(given["detection"], "detection", placeholders),
  };
}

/** Reads a filter, a document with `filter` where a rule has `detection`. */
export function readFilter(given: Given, file: string, placeholders: Placeholders): SigmaFilter {
  const about = readAbout(given, file);
  const filter = given["filter"];
  if (!isRecord(filter))
    throw new RuleError("no-filter", "A filter is a map with rules, selections and a condition.", ["filter"]);
  const { rules, ...rest } = filter;
  const named = rules === undefined || rules === "any" ? {} : { rules: textsIn(rules) };
  return {
    ...about,
    kind: "filter",
    logSource: readLogSource(given),
    ...named,
    condition: readDetection(rest, "filter", placeholders),
  };
}

function readLogSource(given: Given): LogSource {
  const source = given["logsource"];
  if (!isRecord(source))
    throw new RuleError("no-logsource", "A rule needs a logsource with product, category or service.", [
      "logsource",
    ]);
  return {
    product: textIn(source["product"]).toLowerCase(),
    category: textIn(source["category"]).toLowerCase(),
    service: textIn(source["service"]).toLowerCase(),
  };
}

function readDetection(detection: unknown, where: string, placeholders: Placeholders): Condition {
  if (!isRecord(detection))
    throw new RuleError("no-detection", "A rule needs a detection: selections and a condition.", [where]);
  const { condition, timeframe: _, ...selections } = detection;
  const names = Object.keys(selections);
  if (names.length === 0) throw new RuleError("no-selection", "The detection has no selection.", [where]);
  if (names.length > MOST_SELECTIONS)
    throw new RuleError("too-many", `At most ${MOST_SELECTIONS} selections are read.`, [where]);
  const budget = { left: MOST_LEAVES };
  const read = new Map(
    names.map((name) => [
      name,
      readSelection(selections[name], { path: [where, name], placeholders, budget }),
    ]),
  );
  const texts = textsIn(condition);
  if (texts.length === 0)
    throw new RuleError("no-condition", "The detection needs a condition.", [where, "condition"]);
  return any(texts.map((text) => readCondition(text, read)));
}

interface SelectionContext {
  readonly path: readonly (string | number)[];
  readonly placeholders: Placeholders;
  readonly budget: { left: number };
}

/** A map is all of its items; a list any of its members; a text a keyword. */
function readSelection(value: unknown, context: SelectionContext): Condition {
  const { path, placeholders, budget } = context;
  if (path.length > 40)
    throw new RuleError("too-deep", "Selections nest deeper than any rule needs.", path.slice(0, 6));
  const spend = (count: number): void => {
    budget.left -= count;
    if (budget.left < 0)
      throw new RuleError("too-many", `At most ${MOST_LEAVES} values are read in one rule.`, path);
  };
  if (Array.isArray(value)) {
    if (value.length === 0) throw new RuleError("no-value", "An empty selection matches nothing.", path);
    return any(value.map((each, index) => readSelection(each, { ...context, path: [...path, index] })));
  }
  if (isRecord(value)) {
    const items = Object.entries(value);
    if (items.length === 0) throw new RuleError("no-value", "An empty selection matches everything.", path);
    return all(
      items.map(([key, each]) => {
        spend(Array.isArray(each) ? each.length : 1);
        return readItem(key, each, [...path, key], placeholders);
      }),
    );
  }
  spend(1);
  return readItem("", value, path, placeholders);
}
