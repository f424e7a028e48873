import { afterOperation } from "./questions.js";
import { type Case, causeOf, type MatchRule, type RuleEvent, type Severity, textOf } from "./rule.js";

/** What an operation of the hub says in a case. */
type Operation = Readonly<Record<string, unknown>>;

/** A rule over operations of the hub. */
export interface OperationRule {
  readonly id: string;
  readonly alertType: string;
  readonly name: string;
  readonly severity: Severity;
  readonly about: string;
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
  readonly remediation: string;
  readonly falsePositives: readonly string[];
  readonly needs?: string;
  readonly threshold?: NonNullable<MatchRule["threshold"]>;
  readonly isFleetWide?: boolean;
  /** Whom or what it is about when the operation is such a one: an address, a name. */
  sees(event: RuleEvent): string | undefined;
  /** What tells alerts of one day apart; the address unless given. */
  entity?(event: RuleEvent): string;
  title(event: RuleEvent): string;
  reason(event: RuleEvent, matched: string, hits: number): string;
  readonly fires: readonly Operation[];
  readonly silent: readonly Operation[];
}

/** Makes a rule of what is particular to an operation. */
export function operationRule(about: OperationRule): MatchRule {
  const { sees, fires, silent, threshold, entity = addressOf, ...rest } = about;
  const times = threshold?.count ?? 1;
  return {
    ...rest,
    ...(threshold ? { threshold } : {}),
    kind: "match",
    reads: "Operation",
    matches: sees,
    entity,
    next: afterOperation,
    cases: [
      ...fires.map((item) => operationCase(item, times, about.isFleetWide ? "many devices" : "one device")),
      ...silent.map((item) => operationCase(item, times, "nothing")),
    ],
  };
}

function operationCase(
  item: Operation,
  times: number,
  expected: "one device" | "many devices" | "nothing",
): Case {
  const words = Object.entries(item).map(
    ([field, value]) => `${field} ${typeof value === "object" ? JSON.stringify(value) : String(value)}`,
  );
  const often = times > 1 ? `, ${times} times` : "";
  return {
    name: words.join(", ") + often + (expected === "many devices" ? " by as many devices" : ""),
    events: Array.from({ length: times }, (_, place) =>
      expected === "many devices" ? { item, deviceId: `pump-${place}` } : { item },
    ),
    alerts: expected === "nothing" ? 0 : 1,
  };
}

/** Where an operation came from. */
export const addressOf = (event: RuleEvent): string => textOf(event, "ipAddress");

/** Where an operation came from, in a sentence. */
export const placeOf = (event: RuleEvent): string => addressOf(event) || "an unknown address";

/** Matches operations that failed for a cause. */
export const failedFor =
  (...causes: readonly string[]) =>
  (event: RuleEvent): string | undefined =>
    causes.includes(causeOf(event)) ? placeOf(event) : undefined;

/** Whether an operation went well. */
export const wentWell = (event: RuleEvent): boolean =>
  textOf(event, "resultType") === "" && causeOf(event) === "";

/** What was changed in the hub's configuration, and by whom. */
export function changeOf({ item }: RuleEvent): { readonly name: string; readonly by: string } {
  const properties = item.properties;
  if (typeof properties !== "object" || properties === null) return { name: "", by: "somebody" };
  const { name, by } = properties as { name?: unknown; by?: unknown };
  return { name: typeof name === "string" ? name : "", by: typeof by === "string" ? by : "somebody" };
}
