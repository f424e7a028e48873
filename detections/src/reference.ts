import { coverageOf } from "./coverage.js";
import type { Recommendation } from "./recommendation.js";
import { type Rule, sourcesOf } from "./rule.js";

const SEVERITIES = ["High", "Medium", "Low", "Informational"];
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
const row = (...cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
const table = (head: readonly string[], rows: readonly string[]): string[] => [
  row(...head),
  `|${head.map(() => " --- |").join("")}`,
  ...rows,
];
const readsOf = (recommendation: Recommendation): string =>
  "reads" in recommendation
    ? recommendation.reads
    : { twin: "twins", hub: "the hub's configuration", fleet: "all identities" }[recommendation.kind];

/** The page that lists rules, recommendations and what they cover, as text. */
export function printReference(rules: readonly Rule[], recommendations: readonly Recommendation[]): string {
  return [
    "# Detections",
    "",
    "<!-- Written by tools/list-detections.mjs from detections/. Do not edit. -->",
    "",
    `${rules.length} rules and ${recommendations.length} recommendations are built in. A rule whose events no device sends cannot fire;`,
    "`readinessOf` says which those are on a fleet.",
    "",
    "## Rules",
    "",
    ...rulesByTactic(rules),
    "## Recommendations",
    "",
    ...table(
      ["id", "name", "severity", "looks at"],
      recommendations.map((each) => row(`\`${each.id}\``, each.name, each.severity, readsOf(each))),
    ),
    "",
    "## Coverage",
    "",
    "Rules by ATT&CK technique and by where they look.",
    "",
    ...coverage(rules),
    "",
  ].join("\n");
}

function rulesByTactic(rules: readonly Rule[]): string[] {
  const byTactic = new Map<string, Rule[]>();
  for (const rule of rules) {
    const tactic = rule.tactics[0] ?? "";
    byTactic.set(tactic, [...(byTactic.get(tactic) ?? []), rule]);
  }
  return [...byTactic]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([tactic, some]) => [
      `### ${tactic}`,
      "",
      ...table(
        ["rule", "alert", "severity", "techniques", "looks at", "needs"],
        some
          .toSorted(
            (one, other) =>
              SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) ||
              (one.id < other.id ? -1 : 1),
          )
          .map((rule) =>
            row(
              `\`${rule.id}\``,
              `${rule.name} (\`${rule.alertType}\`)`,
              rule.severity,
              rule.techniques.join(" "),
              sourcesOf(rule).join(", "),
              rule.needs ?? "",
            ),
          ),
      ),
      "",
    ]);
}

function coverage(rules: readonly Rule[]): string[] {
  const covered = coverageOf(rules);
  const sources = [...new Set(covered.flatMap((each) => Object.keys(each.sources)))].sort();
  return table(
    ["technique", ...sources],
    covered.map((each) =>
      row(each.technique, ...sources.map((source) => String(each.sources[source]?.length ?? ""))),
    ),
  );
}
