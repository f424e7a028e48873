import {
  type MatchRule,
  type NextQuery,
  type RuleEvent,
  type Severity,
  witnessesOf,
} from "@picket/detections";
import { compile, type Predicate } from "../conditions/compile.js";
import type { Condition, Leaf } from "../conditions/condition.js";
import { say } from "../conditions/explain.js";
import type { EventView } from "../conditions/fields.js";
import { type Witness, witnessOf } from "../conditions/witness.js";

/** Who wrote a rule and under which licence; kept on every alert it makes. */
export interface Origin {
  readonly form: "builtIn" | "sigma" | "custom" | "intel";
  readonly author: string;
  readonly source: string;
  readonly licence: string;
}

/** The one form that the engine runs: made of our TypeScript rules, of Sigma and of custom alerts. */
export interface EngineRule {
  readonly id: string;
  readonly alertType: string;
  readonly name: string;
  readonly severity: Severity;
  readonly about: string;
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
  readonly remediation: string;
  readonly origin: Origin;
  readonly reads: RuleEvent["name"];
  /** Which devices it is for; all when absent. */
  isFor?(deviceId: string): boolean;
  /** Quiet rules only feed correlations. */
  readonly isQuiet?: boolean;
  readonly threshold?: NonNullable<MatchRule["threshold"]>;
  /** Counts what all devices do together instead of each alone. */
  readonly isFleetWide?: boolean;
  /** What must occur for the rule to be asked at all. */
  readonly witness?: readonly Witness[];
  /** The condition it was compiled from, when it is no code of ours. */
  readonly condition?: Condition;
  /** Makes the test for an engine's view; answers what matched. */
  bind(view: EventView): (event: RuleEvent) => string | undefined;
  completes?(event: RuleEvent): boolean;
  entity(event: RuleEvent): string;
  title(event: RuleEvent): string;
  reason(event: RuleEvent, matched: string, hits: number): string;
  next?(event: RuleEvent): readonly NextQuery[];
}

const ours: Origin = { form: "builtIn", author: "Picket", source: "detections", licence: "Apache-2.0" };

/** A rule of ours as the engine runs it. */
export function fromMatchRule(rule: MatchRule): EngineRule {
  const { witness: __witness, cases: _, kind: __, ...rest } = rule;
  return {
    ...rest,
    origin: ours,
    ...(rule.witness ? { witness: witnessesOf(rule) } : {}),
    bind: () => (event) => rule.matches(event),
    entity: (event) => rule.entity(event),
    title: (event) => rule.title(event),
    reason: (event, matched, hits) => rule.reason(event, matched, hits),
    ...(rule.completes ? { completes: (event: RuleEvent) => rule.completes!(event) } : {}),
    ...(rule.next ? { next: (event: RuleEvent) => rule.next!(event) } : {}),
  };
}

/** What is particular to a rule that a condition describes. */
export type Described = Omit<EngineRule, "bind" | "witness" | "condition"> & {
  readonly condition: Condition;
};

/** A rule that a condition describes, with its witness derived. */
export function fromCondition(rule: Described): EngineRule {
  const witness = witnessOf(rule.condition);
  return {
    ...rule,
    ...(witness ? { witness } : {}),
    bind: (view) => {
      const test = compile(rule.condition, view);
      const name = namer(rule.condition, view);
      return () => (test(view) ? name() : undefined);
    },
  };
}

const SHOWN_TESTS = 3;

/** The leaves that hold when a condition does; those under a `not` tell nothing. */
function positiveLeaves(condition: Condition): Leaf[] {
  if (condition.kind === "all" || condition.kind === "any") return condition.of.flatMap(positiveLeaves);
  return condition.kind === "not" || condition.kind === "never" ? [] : [condition];
}

/** Names the tests that made a condition hold, in words; made ready at the first hit. */
function namer(condition: Condition, view: EventView): () => string {
  let ready: { readonly test: Predicate; readonly words: string }[] | undefined;
  return () => {
    ready ??= positiveLeaves(condition).map((leaf) => ({ test: compile(leaf, view), words: say(leaf) }));
    const found: string[] = [];
    for (const { test, words } of ready) {
      if (found.length === SHOWN_TESTS) break;
      if (test(view)) found.push(words);
    }
    return found.length === 0 ? "what it excludes is absent" : found.join(", ");
  };
}
