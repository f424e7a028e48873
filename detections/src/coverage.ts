import { type Rule, sourcesOf } from "./rule.js";

/** Which rules see a technique of ATT&CK, and in what. */
export interface TechniqueCoverage {
  /** Id of the technique, such as T1059.004. */
  readonly technique: string;
  readonly tactics: readonly string[];
  /** Ids of rules by where they look. */
  readonly sources: Readonly<Record<string, readonly string[]>>;
}

/** Technique by data source, from what the rules say of themselves. */
export function coverageOf(rules: readonly Rule[]): readonly TechniqueCoverage[] {
  const found = new Map<string, { tactics: Set<string>; sources: Record<string, string[]> }>();
  for (const rule of rules) {
    for (const technique of rule.techniques) {
      const entry = found.get(technique) ?? { tactics: new Set(), sources: {} };
      found.set(technique, entry);
      for (const tactic of rule.tactics) entry.tactics.add(tactic);
      for (const source of sourcesOf(rule)) {
        const ids = entry.sources[source] ?? [];
        entry.sources[source] = ids;
        ids.push(rule.id);
      }
    }
  }
  return [...found]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([technique, { tactics, sources }]) => ({ technique, tactics: [...tactics].sort(), sources }));
}

/** Whether a rule can fire on a fleet, and what is missing when it cannot. */
export interface Readiness {
  readonly id: string;
  readonly canFire: boolean;
  /** Events that the rule looks at and that no device sends. */
  readonly missing: readonly string[];
}

/** The hub itself makes these, whatever devices send. */
const OWN = new Set(["Operation", "silence"]);

/** Which rules can fire with the events that devices send: the names of those that came within the last days. */
export function readinessOf(rules: readonly Rule[], sent: Iterable<string>): readonly Readiness[] {
  const names = new Set(sent);
  return rules.map((rule) => {
    const sources = sourcesOf(rule);
    const missing = sources.filter((source) => !OWN.has(source) && !names.has(source));
    return { id: rule.id, canFire: missing.length < sources.length, missing };
  });
}
