import { describe, expect, test } from "vitest";
import { recommendations } from "./recommendations.js";
import { rules } from "./rules.js";

test("rules and recommendations have ids of their own", () => {
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  expect(new Set(rules.map(({ alertType }) => alertType)).size).toBe(rules.length);
  expect(new Set(recommendations.map(({ id }) => id)).size).toBe(recommendations.length);
});

describe.each(rules.filter((rule) => rule.kind !== "silence"))("$id", (rule) => {
  test("is told apart from silence and from noise by its own cases", () => {
    expect(rule.cases.some(({ alerts }) => alerts > 0)).toBe(true);
    expect(rule.cases.some(({ alerts }) => alerts === 0)).toBe(true);
  });
});

describe.each(rules.filter((rule) => rule.kind === "snapshot"))("$id", (rule) => {
  test.each(rule.cases)("$name", ({ before, after, alerts }) => {
    const remembered = (items: readonly object[]) => new Map(items.map((item) => rule.remember({ ...item })));
    expect(rule.compare("pump-7", remembered(before), remembered(after))).toHaveLength(alerts);
  });
});

describe.each(recommendations)("$id", (recommendation) => {
  test.each(recommendation.cases)("$name", ({ items, active }) => {
    expect(recommendation.evaluate(items.map((item) => ({ ...item }))) !== undefined).toBe(active);
  });
});
