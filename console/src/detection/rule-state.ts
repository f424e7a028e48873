import type { Reply, Routes } from "@picket/api";
import { severities } from "../shared/severity.js";

/** A rule in force, or one that waits. */
export type RuleState = Reply<Routes["GET /detection/rules"]>["rules"][number];

/** Ways to look at the rules. */
export const states = [
  { name: "all", label: "All" },
  { name: "added", label: "Added here" },
  { name: "off", label: "Switched off" },
  { name: "idle", label: "Cannot fire here" },
  { name: "trouble", label: "In trouble" },
] as const;

/** The name of a way to look at the rules. */
export type StateName = (typeof states)[number]["name"];

/** Whether a rule belongs to a view. */
export function isIn(rule: RuleState, state: StateName): boolean {
  switch (state) {
    case "all":
      return true;
    case "added":
      return rule.form !== "builtIn";
    case "off":
      return rule.isOff;
    case "idle":
      return rule.idle !== undefined;
    case "trouble":
      return rule.trouble !== undefined;
  }
}

/** Whether a rule has words in what is said of it. */
export const has = (rule: RuleState, words: string): boolean =>
  [rule.id, rule.name, rule.author, rule.source, rule.reads, ...rule.techniques]
    .join(" ")
    .toLowerCase()
    .includes(words.toLowerCase());

/** Worst first. */
export const rank = ({ severity }: RuleState): number => severities.indexOf(severity);

/** A rule as the product brings it, with its cases. */
export type BuiltIn = Reply<Routes["GET /rules"]>["rules"][number];

/** Every rule once: those of the engine, and those that compare snapshots or wait for silence, which it does not hold. */
export function everyRule(inForce: readonly RuleState[], builtIn: readonly BuiltIn[]): RuleState[] {
  const held = new Set(inForce.map(({ id }) => id));
  const others = builtIn.filter(({ id }) => !held.has(id));
  return [
    ...inForce,
    ...others.map(
      ({ id, name, severity, reads, techniques }): RuleState => ({
        id,
        form: "builtIn",
        name,
        severity,
        reads,
        author: "Picket",
        source: "detections",
        licence: "Apache-2.0",
        techniques: [...techniques],
        isOff: false,
        isCostly: false,
      }),
    ),
  ];
}
