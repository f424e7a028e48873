import { describe, expect, test } from "vitest";
// @ts-expect-error a tool without types
import { isCurrent, lists } from "../../tools/list-rules.mjs";
import { recommendations } from "./recommendations.js";
import type { MatchRule } from "./rule.js";
import { rules } from "./rules.js";

const withCases = rules.filter((rule) => rule.kind === "match" || rule.kind === "snapshot");
const matching = rules.filter((rule): rule is MatchRule => rule.kind === "match");
const TECHNIQUE = /^T\d{4}(?:\.\d{3})?$/;

test("rules and recommendations have ids of their own", () => {
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  expect(new Set(recommendations.map(({ id }) => id)).size).toBe(recommendations.length);
});

test("an alert type has one name, whichever of its rules fires", () => {
  const names = new Map<string, Set<string>>();
  for (const { alertType, name } of rules)
    names.set(alertType, (names.get(alertType) ?? new Set()).add(name));
  expect([...names].filter(([, some]) => some.size > 1)).toEqual([]);
});

test.each<{ folder: string }>(lists)("the list of $folder is what its folder holds", (list) => {
  expect(isCurrent(list)).toBe(true);
});

describe.each(rules)("$id", (rule) => {
  test("says what it is, what to do, and what looks like it", () => {
    expect(rule.id).toMatch(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/);
    expect(rule.tactics.length).toBeGreaterThan(0);
    expect(rule.techniques.filter((technique) => !TECHNIQUE.test(technique))).toEqual([]);
    expect(rule.techniques.length).toBeGreaterThan(0);
    expect(rule.about).toMatch(/^[A-Z].{30,}\.$/s);
    expect(rule.remediation).toMatch(/\.$/);
    expect(rule.falsePositives ?? []).not.toEqual([]);
  });
});

describe.each(withCases)("$id", (rule) => {
  test("is told apart from silence and from noise by its own cases", () => {
    const names = rule.cases.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const isCommand = rule.kind === "match" && rule.reads === "ProcessCreate";
    expect(rule.cases.filter(({ alerts }) => alerts > 0).length).toBeGreaterThanOrEqual(isCommand ? 3 : 1);
    expect(rule.cases.filter(({ alerts }) => alerts === 0).length).toBeGreaterThanOrEqual(isCommand ? 5 : 2);
  });
});

describe.each(matching)("$id", (rule) => {
  test("its literals are lower-case ASCII", () => {
    for (const literal of rule.witness?.anyOf ?? []) expect(literal).toMatch(/^[!-~ ]+$/);
    for (const literal of rule.witness?.anyOf ?? []) expect(literal).toBe(literal.toLowerCase());
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
