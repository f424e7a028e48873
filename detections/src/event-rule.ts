import type { Case, MatchRule, NextQuery, RuleEvent, RuleSource, Severity } from "./rule.js";

/** A case: what it shows, and the payload items that come within a minute. */
export type EventCase = readonly [name: string, ...items: Readonly<Record<string, unknown>>[]];

/** A rule over events that are no started programs. */
export interface EventRule {
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
  readonly reads: RuleSource;
  readonly witness?: NonNullable<MatchRule["witness"]>;
  readonly threshold?: NonNullable<MatchRule["threshold"]>;
  readonly isFleetWide?: boolean;
  /** The part that is suspicious; undefined when nothing is. */
  sees(event: RuleEvent): string | undefined;
  entity(event: RuleEvent): string;
  title(event: RuleEvent): string;
  reason(event: RuleEvent, matched: string, hits: number): string;
  next?(event: RuleEvent): readonly NextQuery[];
  readonly fires: readonly EventCase[];
  readonly silent: readonly EventCase[];
}

/** Makes a rule of what is particular to an event. */
export function eventRule({ sees, fires, silent, ...about }: EventRule): MatchRule {
  return {
    ...about,
    kind: "match",
    matches: sees,
    cases: [...fires.map((each) => caseOf(each, 1)), ...silent.map((each) => caseOf(each, 0))],
  };
}

const caseOf = ([name, ...items]: EventCase, alerts: number): Case => ({
  name,
  events: items.map((item, place) => ({ item, minute: place / items.length })),
  alerts,
});

/** A case in which one item comes many times, each a little different. */
export const many = (
  name: string,
  count: number,
  item: (place: number) => Readonly<Record<string, unknown>>,
): EventCase => [name, ...Array.from({ length: count }, (_, place) => item(place))];
