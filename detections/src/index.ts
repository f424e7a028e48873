export { type Found, type Recommendation, recommendation } from "./recommendation.js";
export { recommendations } from "./recommendations.js";
export {
  type Case,
  type CaseEvent,
  type Difference,
  type MatchRule,
  type NextQuery,
  type Rule,
  type RuleEvent,
  rule,
  type Severity,
  type SilenceRule,
  type SnapshotRule,
  textOf,
} from "./rule.js";
export { rules } from "./rules.js";
