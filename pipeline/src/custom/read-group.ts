import {
  type CountedAlertType,
  type CustomAlertType,
  customAlertTypes,
  type ListedAlertType,
} from "@picket/detections";
import { parseDuration } from "@picket/schema";
import { isBlock } from "../conditions/compile.js";
import { pipelineErrors } from "../errors.js";

/** A count that must stay within a range, per device and window. */
export interface CountRule {
  readonly type: CountedAlertType;
  readonly min: number;
  readonly max: number;
  readonly windowMs: number;
}

/** A list that values must be on, or must not be on. */
export interface ListRule {
  readonly type: ListedAlertType;
  readonly values: readonly string[];
}

/** The custom alerts of one security group that are enabled. */
export interface SecurityGroup {
  readonly name: string;
  readonly counts: readonly CountRule[];
  readonly lists: readonly ListRule[];
}

/** The group of devices that name none. */
export const DEFAULT_GROUP = "default";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MOST_VALUES = 10_000;
const lists = {
  timeWindowRules: "timeWindow",
  thresholdRules: "timeWindow",
  allowlistRules: "allowList",
  denylistRules: "denyList",
} as const;
type ListName = keyof typeof lists;

const refuse = (where: string, why: string): never => {
  throw pipelineErrors.badGroup({ where, why });
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads a group as the REST interface writes it; throws with the place of what is wrong. Rules that are off are left out. */
export function readGroup(name: string, given: unknown): SecurityGroup {
  if (!/^[\w .:@-]{1,128}$/.test(name))
    refuse("its name", "use 1 to 128 letters, digits, blanks and . : @ _ -");
  const group = isObject(given) ? given : refuse("its value", "it is a map of rule lists");
  const counts: CountRule[] = [];
  const listed: ListRule[] = [];
  for (const [list, kind] of Object.entries(lists)) {
    const rules = group[list] ?? [];
    if (!Array.isArray(rules) || rules.length > 100) refuse(list, "it is a list of at most 100 rules");
    for (const [index, rule] of (Array.isArray(rules) ? rules : []).entries()) {
      const where = `${list}/${index}`;
      const found = readRule(rule, kind, where);
      if (!found) continue;
      if (found.type.kind === "timeWindow")
        counts.push(readCount(found.type, found.rule, { where, isDaily: list === "thresholdRules" }));
      else listed.push(readList(found.type, found.rule, where));
    }
  }
  return { name, counts, lists: listed };
}

function readRule(
  rule: unknown,
  kind: (typeof lists)[ListName],
  where: string,
): { type: CustomAlertType; rule: Record<string, unknown> } | undefined {
  if (!isObject(rule)) return refuse(where, "a rule is a map with ruleType and isEnabled");
  if (typeof rule["isEnabled"] !== "boolean") refuse(`${where}/isEnabled`, "it is true or false");
  const type = customAlertTypes.find((each) => each.ruleType === rule["ruleType"] && each.kind === kind);
  if (!type)
    return refuse(`${where}/ruleType`, `${JSON.stringify(rule["ruleType"])} is no type of this list`);
  return rule["isEnabled"] === true ? { type, rule } : undefined;
}

function readCount(
  type: CountedAlertType,
  rule: Readonly<Record<string, unknown>>,
  { where, isDaily }: { where: string; isDaily: boolean },
): CountRule {
  const bound = (field: string): number => {
    const value = rule[field];
    return Number.isInteger(value) && Number(value) >= 0
      ? Number(value)
      : refuse(`${where}/${field}`, "it is a whole number of at least 0");
  };
  const min = bound("minThreshold");
  const max = bound("maxThreshold");
  if (min > max) refuse(`${where}/minThreshold`, "it is more than maxThreshold");
  const windowMs = isDaily ? DAY_MS : (parseDuration(String(rule["timeWindowSize"] ?? "")) ?? 0);
  if (windowMs < MINUTE_MS || windowMs > 7 * DAY_MS || windowMs % MINUTE_MS !== 0)
    refuse(`${where}/timeWindowSize`, "it is a duration of whole minutes such as PT15M, at most P7D");
  return { type, min, max, windowMs };
}

function readList(type: ListedAlertType, rule: Readonly<Record<string, unknown>>, where: string): ListRule {
  const field = type.kind === "allowList" ? "allowlistValues" : "denylistValues";
  const values = rule[field];
  if (!Array.isArray(values) || values.length > MOST_VALUES)
    return refuse(`${where}/${field}`, `it is a list of at most ${MOST_VALUES} texts`);
  for (const [index, value] of values.entries()) {
    const at = `${where}/${field}/${index}`;
    if (typeof value !== "string" || value === "" || value.length > 500)
      refuse(at, "it is a text of 1 to 500 characters");
    if (type.valueType === "IpCidr" && !isBlock(String(value)))
      refuse(at, `${JSON.stringify(value)} is no address or range such as 10.0.0.0/8`);
  }
  return { type, values: values.map(String) };
}

/** A group as a reader of the REST interface expects it: every type, those that were never set switched off. */
export function printGroup(given: unknown): Record<ListName, object[]> {
  const group = isObject(given) ? given : {};
  const setIn = (list: ListName, ruleType: string): Record<string, unknown> | undefined => {
    const rules = group[list];
    return Array.isArray(rules)
      ? rules.find((rule) => isObject(rule) && rule["ruleType"] === ruleType)
      : undefined;
  };
  const printed = (list: ListName): object[] =>
    customAlertTypes
      .filter((type) => type.kind === lists[list])
      .map((type) => printRule(list, type, setIn(list, type.ruleType)));
  return {
    thresholdRules: printed("thresholdRules").filter((rule) => Reflect.get(rule, "isEnabled")),
    timeWindowRules: printed("timeWindowRules"),
    allowlistRules: printed("allowlistRules"),
    denylistRules: printed("denylistRules"),
  };
}

function printRule(
  list: ListName,
  type: CustomAlertType,
  set: Readonly<Record<string, unknown>> | undefined,
): object {
  const { ruleType, displayName, description } = type;
  const head = { displayName, description, isEnabled: set?.["isEnabled"] === true, ruleType };
  if (type.kind !== "timeWindow") {
    const field = type.kind === "allowList" ? "allowlistValues" : "denylistValues";
    return { ...head, valueType: type.valueType, [field]: set?.[field] ?? [] };
  }
  const bounds = { minThreshold: set?.["minThreshold"] ?? 0, maxThreshold: set?.["maxThreshold"] ?? 0 };
  return list === "thresholdRules"
    ? { ...head, ...bounds }
    : { ...head, ...bounds, timeWindowSize: set?.["timeWindowSize"] ?? "PT15M" };
}
