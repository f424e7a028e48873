import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { coverageOf, readinessOf } from "./coverage.js";
import { recommendations } from "./recommendations.js";
import { printReference } from "./reference.js";
import { rules } from "./rules.js";

test("the page about detections says what the rules say: run tools/list-detections.mjs", () => {
  const page = readFileSync(new URL("../../docs/reference/detections.md", import.meta.url), "utf8");
  expect(page).toBe(printReference(rules, recommendations));
});

test("each technique of each rule is covered where the rule looks", () => {
  const covered = new Map(coverageOf(rules).map((each) => [each.technique, each]));
  for (const rule of rules)
    for (const technique of rule.techniques)
      expect(Object.values(covered.get(technique)?.sources ?? {}).flat()).toContain(rule.id);
});

test.each([
  { sent: [], id: "crypto-miner-started", canFire: false, missing: ["ProcessCreate"] },
  { sent: ["ProcessCreate"], id: "crypto-miner-started", canFire: true, missing: [] },
  { sent: [], id: "sas-token-expired", canFire: true, missing: [] },
  { sent: [], id: "device-silent", canFire: true, missing: [] },
  {
    sent: ["ConnectionCreate"],
    id: "known-address-contacted",
    canFire: true,
    missing: ["ConnectionTerminate"],
  },
  { sent: ["ProcessCreate"], id: "file-created", canFire: false, missing: ["FileChange"] },
])("with $sent, $id can fire: $canFire", ({ sent, id, canFire, missing }) => {
  expect(readinessOf(rules, sent).find((each) => each.id === id)).toEqual({ id, canFire, missing });
});
