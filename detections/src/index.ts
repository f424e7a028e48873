export { coverageOf, type Readiness, readinessOf, type TechniqueCoverage } from "./coverage.js";
export {
  type CountedAlertType,
  type CountedThing,
  type CustomAlertType,
  customAlertTypes,
  type ListedAlertType,
} from "./custom-alerts.js";
export {
  type DeviceFacts,
  type FamilyRecommendation,
  type FleetFacts,
  type Found,
  type Mending,
  type Recommendation,
  type RollingRecommendation,
  recommendation,
  type SnapshotRecommendation,
} from "./recommendation.js";
export { recommendations } from "./recommendations.js";
export { printReference } from "./reference.js";
export {
  type Case,
  type CaseEvent,
  casesOf,
  type Difference,
  type IndicatorRule,
  type MatchRule,
  type NextQuery,
  type Rule,
  type RuleEvent,
  type RuleSource,
  rule,
  type Severity,
  type Sighting,
  type SilenceRule,
  type SnapshotRule,
  sourcesOf,
  textOf,
  type Witness,
  witnessesOf,
} from "./rule.js";
export { rules } from "./rules.js";
export { disguises, readingOf } from "./shell/look.js";
export { type Command, type Reading, readCommandLine } from "./shell/reading.js";
