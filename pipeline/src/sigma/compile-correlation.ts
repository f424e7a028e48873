import type { RuleEvent } from "@picket/detections";
import { EventView } from "../conditions/fields.js";
import type { Correlation, CorrelationKind } from "../engine/correlations.js";
import type { EngineRule } from "../engine/engine-rule.js";
import { describe, type Fields } from "./compile-rule.js";
import type { CorrelationType, SigmaCorrelation } from "./read-correlation.js";

const kinds: Readonly<Record<CorrelationType, CorrelationKind>> = {
  event_count: "count",
  value_count: "distinct",
  temporal: "together",
  temporal_ordered: "inOrder",
  value_sum: "sum",
  value_avg: "average",
  value_percentile: "percentile",
};

/** A rule or correlation that a correlation looks at. */
export interface Part {
  /** Id in the engine. */
  readonly id: string;
  /** What the correlation calls it. */
  readonly name: string;
  readonly reads: EngineRule["reads"];
  readonly fields: Fields;
}

/** Reads one field of events, by its name in our events. */
function fieldReader(field: string): (event: RuleEvent) => string | undefined {
  const view = new EventView();
  const place = view.placeOf(field);
  return (event) => view.turnTo(event).text(place);
}

/** Compiles a correlation over its parts; a field that no part carries is told as text. */
export function compileCorrelation(
  about: SigmaCorrelation,
  parts: readonly Part[],
): { correlation: Correlation } | { idle: string } {
  const missing: string[] = [];
  const readerIn = (part: Part, name: string): ((event: RuleEvent) => string | undefined) => {
    const alias = about.aliases[name]?.[part.name];
    const field = part.fields(alias ?? name);
    if (field === undefined) missing.push(`${alias ?? name} of ${part.name}`);
    return field === undefined ? () => undefined : fieldReader(field);
  };
  const compiled = parts.map((part) => {
    const groups = about.groupBy.map((name) => readerIn(part, name));
    const value = about.field === "" ? () => undefined : readerIn(part, about.field);
    return { ruleId: part.id, groupOf: (event: RuleEvent) => groupOf(event, groups), lookedAt: value };
  });
  if (missing.length > 0) return { idle: `No event here carries ${missing.join(", ")}.` };
  return {
    correlation: {
      id: `sigma/${about.id}`,
      kind: kinds[about.type],
      spanMs: about.spanMs,
      bounds: about.bounds,
      percentile: about.percentile,
      parts: compiled,
      rule: correlationRule(about, parts[0]?.reads ?? "ProcessCreate"),
    },
  };
}

/** A device is a group of its own: windows never mix devices unless the rule groups by nothing else and says so. */
function groupOf(
  event: RuleEvent,
  groups: readonly ((event: RuleEvent) => string | undefined)[],
): string | undefined {
  let key = event.deviceId;
  for (const read of groups) {
    const text = read(event);
    if (text === undefined || text === "") return undefined;
    key += `\n${text}`;
  }
  return key;
}

function correlationRule(about: SigmaCorrelation, reads: EngineRule["reads"]): EngineRule {
  const minutes = about.spanMs / 60_000;
  const span = minutes >= 1 ? `${Math.round(minutes * 10) / 10} minutes` : `${about.spanMs / 1_000} seconds`;
  const told: Readonly<Record<CorrelationType, (hits: number) => string>> = {
    event_count: (hits) => `${hits} events`,
    value_count: (hits) => `${hits} different values of ${about.field}`,
    temporal: () => `all of ${about.rules.join(", ")}`,
    temporal_ordered: () => `${about.rules.join(", then ")}`,
    value_sum: (sum) => `a sum of ${about.field} of ${sum}`,
    value_avg: (average) => `an average of ${about.field} of ${Math.round(average * 100) / 100}`,
    value_percentile: (value) => `percentile ${about.percentile} of ${about.field} at ${value}`,
  };
  return {
    ...describe(about),
    reads,
    bind: () => () => undefined,
    entity: () => "",
    title: ({ deviceId }) => `${about.title} on ${deviceId}`,
    reason: (_, matched, hits) =>
      `The Sigma correlation ${JSON.stringify(about.title)} saw ${told[about.type](hits)} within ${span}; the last matched: ${matched}.`,
  };
}
