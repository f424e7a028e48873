import { all, type Condition } from "../conditions/condition.js";
import type { FieldMeaning, Mapping } from "./mapping.js";
import { type Placeholders, readItem } from "./modifiers.js";
import { RuleError } from "./problems.js";
import { isRecord } from "./read-documents.js";
import type { LogSource } from "./read-rule.js";

/** A field-mapping pipeline: what to change about rules before they are compiled, in the order of its steps. */
export interface RulePipeline {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly placeholders: Placeholders;
}

interface Step {
  readonly applies: Partial<LogSource>;
  readonly fields?: Readonly<Record<string, string>>;
  readonly logSource?: Partial<LogSource>;
  readonly adds?: Condition;
}

const types = ["field_name_mapping", "change_logsource", "add_condition"];

const texts = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).map(String);

function readSource(value: unknown): Partial<LogSource> {
  if (!isRecord(value)) return {};
  const found: Record<string, string> = {};
  for (const name of ["product", "category", "service"])
    if (typeof value[name] === "string") found[name] = String(value[name]).toLowerCase();
  return found;
}

/** Reads a pipeline document: the subset of pySigma's form that changes names, log sources and conditions. */
export function readPipeline(given: Readonly<Record<string, unknown>>): RulePipeline {
  const list = given["transformations"];
  if (!Array.isArray(list) || list.length > 500)
    throw new RuleError("no-transformations", "A pipeline is a list of at most 500 transformations.", [
      "transformations",
    ]);
  const steps = list.map((each: unknown, index) => readStep(each, ["transformations", index]));
  const vars = isRecord(given["vars"]) ? given["vars"] : {};
  const placeholders = Object.fromEntries(Object.entries(vars).map(([name, value]) => [name, texts(value)]));
  return { name: String(given["name"] ?? ""), steps, placeholders };
}

function readStep(given: unknown, path: readonly (string | number)[]): Step {
  if (!isRecord(given))
    throw new RuleError("wrong-transformation", "A transformation is a map with a type.", path);
  const conditions = Array.isArray(given["rule_conditions"]) ? given["rule_conditions"] : [];
  const applies = readSource(conditions.find((each) => isRecord(each) && each["type"] === "logsource"));
  if (given["type"] === "field_name_mapping" && isRecord(given["mapping"]))
    return {
      applies,
      fields: Object.fromEntries(Object.entries(given["mapping"]).map(([from, to]) => [from, texts(to)[0]!])),
    };
  if (given["type"] === "change_logsource") return { applies, logSource: readSource(given) };
  if (given["type"] === "add_condition" && isRecord(given["conditions"])) {
    const items = Object.entries(given["conditions"]);
    return {
      applies,
      adds: all(items.map(([key, value]) => readItem(key, value, [...path, "conditions", key], {}))),
    };
  }
  throw new RuleError("wrong-transformation", `Transformations of type ${types.join(", ")} are understood.`, [
    ...path,
    "type",
  ]);
}

const holds = (applies: Partial<LogSource>, source: LogSource): boolean =>
  Object.entries(applies).every(([name, value]) => source[name as keyof LogSource] === value);

/** Log source, added conditions and field names as the pipelines leave them. */
export function transform(
  pipelines: readonly RulePipeline[],
  logSource: LogSource,
  condition: Condition,
): { logSource: LogSource; condition: Condition; renamed: Readonly<Record<string, string>> } {
  let source = logSource;
  let changed = condition;
  const renamed: Record<string, string> = {};
  for (const step of pipelines.flatMap(({ steps }) => steps)) {
    if (!holds(step.applies, source)) continue;
    Object.assign(renamed, step.fields);
    if (step.logSource) source = { product: "", category: "", service: "", ...step.logSource };
    if (step.adds) changed = all([changed, step.adds]);
  }
  return { logSource: source, condition: changed, renamed };
}

/** The fields of a mapping with names that pipelines gave: a renamed field means what its new name does. */
export function withNames(mapping: Mapping, renamed: Readonly<Record<string, string>>): Mapping["fields"] {
  const known = new Map<string, FieldMeaning>(Object.entries(mapping.fields));
  const given = Object.entries(renamed).map(([from, to]): [string, FieldMeaning] => [
    from,
    known.get(to) ?? to,
  ]);
  return { ...mapping.fields, ...Object.fromEntries(given) };
}
