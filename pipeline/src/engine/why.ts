import type { RuleEvent } from "@picket/detections";
import { type Explanation, explain } from "../conditions/explain.js";
import { EventView } from "../conditions/fields.js";
import type { EngineRule } from "./engine-rule.js";

/** Why a rule did or did not match an event. */
export interface Why {
  readonly ruleId: string;
  readonly name: string;
  readonly fires: boolean;
  /** Whether the engine asks it at all. */
  readonly asked: boolean;
  readonly why: string;
  readonly steps: Explanation | null;
}

/** Says of each rule of an event's kind why it did or did not match; those that fire first. */
export function whyOf(rules: readonly EngineRule[], event: RuleEvent): Why[] {
  const view = new EventView();
  return rules
    .filter(({ reads }) => reads === event.name)
    .map((rule) => whyOne(rule, event, view))
    .sort((one, other) => Number(other.fires) - Number(one.fires) || Number(other.asked) - Number(one.asked));
}

function whyOne(rule: EngineRule, event: RuleEvent, view: EventView): Why {
  const { id: ruleId, name, witness } = rule;
  const matches = rule.bind(view);
  const texts = (field: string): string => (view.turnTo(event).text(view.placeOf(field)) ?? "").toLowerCase();
  const asked =
    !witness || witness.some(({ field, anyOf }) => anyOf.some((one) => texts(field).includes(one)));
  const isFor = rule.isFor?.(event.deviceId) ?? true;
  const steps = rule.condition ? explain(rule.condition, view.turnTo(event)) : null;
  view.turnTo(event);
  const matched = isFor ? careful(() => matches(event)) : undefined;
  const fires = typeof matched === "string";
  const why = fires
    ? told(rule, event, matched)
    : matched instanceof Error
      ? `It threw: ${matched.message}`
      : !isFor
        ? "It is not for this device's security group."
        : !asked
          ? `None of the literals occurs that it cannot do without: ${literals(rule)}.`
          : steps
            ? `This part does not hold: ${firstFailing(steps)}.`
            : "Its literals occur, but the rest of its test does not hold.";
  return { ruleId, name, fires, asked, why, steps };
}

function told(rule: EngineRule, event: RuleEvent, matched: string): string {
  const { threshold } = rule;
  const reason = rule.reason(event, matched, event.hits);
  if (!threshold) return rule.isQuiet ? `It matched (${matched}) and is silent by itself.` : reason;
  return `It matched (${matched}); ${threshold.count} within ${threshold.minutes} minutes make an alert.`;
}

function careful(work: () => string | undefined): string | undefined | Error {
  try {
    return work();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const literals = ({ witness = [] }: EngineRule): string =>
  witness
    .flatMap(({ field, anyOf }) =>
      anyOf.slice(0, 5).map((literal) => `${JSON.stringify(literal)} in ${field}`),
    )
    .slice(0, 8)
    .join(", ");

function firstFailing({ test, found, of }: Explanation): string {
  if (test === "not") return `not (${of?.[0] ? phrase(of[0]) : ""})`;
  const inner = test === "all of" ? of?.find((each) => !each.holds) : undefined;
  if (inner) return firstFailing(inner);
  if (of && of.length > 0) return `any of ${of.slice(0, 4).map(phrase).join("; ")}`;
  return found === undefined ? `${test} (absent)` : `${test} (it is ${JSON.stringify(found)})`;
}

const phrase = ({ test, of }: Explanation): string =>
  of ? `${test} ${of.slice(0, 3).map(phrase).join("; ")}` : test;
