import { type Case, type MatchRule, type RuleEvent, rules, witnessesOf } from "@picket/detections";
import { silent } from "@picket/kit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Engine, type Hit } from "./engine.js";
import { fromMatchRule } from "./engine-rule.js";
import { LiteralIndex } from "./literal-index.js";

const matching = rules.filter((rule): rule is MatchRule => rule.kind === "match");
const START = Date.parse("2026-03-01T00:00:00Z");

const eventOf = (
  rule: MatchRule,
  { item, minute = 0, hits = 1, deviceId = "pump-7" }: Case["events"][number],
): RuleEvent => ({
  deviceId,
  moduleId: "",
  name: rule.reads,
  at: START + minute * 60_000,
  hits,
  item,
});

describe.each(matching)("$id", (rule) => {
  test.each(rule.cases)("$name", ({ events, alerts }) => {
    const engine = new Engine({ rules: [fromMatchRule(rule)], correlations: [] }, silent);
    const hits: Hit[] = [];
    for (const event of events) engine.ask(eventOf(rule, event), (hit) => hits.push(hit));
    expect(hits).toHaveLength(alerts);
    for (const { event, matched, hits: count } of hits) {
      if (rule.reads !== "Operation") expect(rule.title(event)).toContain("pump-7");
      expect(rule.reason(event, matched, count)).toMatch(/^\S.*\S$/s);
    }
  });
});

const words = matching.flatMap((rule) =>
  witnessesOf(rule).flatMap(({ anyOf, words: whole = [] }) => [...anyOf, ...whole]),
);
const commands = matching.flatMap(({ cases }) =>
  cases.flatMap(({ events }) => events.map(({ item }) => String(item.CommandLine ?? ""))),
);
const text = fc.array(
  fc.oneof(
    fc.constantFrom(...words),
    fc.constantFrom(...commands),
    fc.string({ maxLength: 8 }),
    fc.constantFrom(" ", "É", "K"),
  ),
  { maxLength: 6 },
);

const parents = [
  ...new Set(
    matching.flatMap(({ cases }) =>
      cases.flatMap(({ events }) =>
        events.map(
          ({ item }) =>
            (item["ExtraDetails"] as { ParentExecutable?: string } | undefined)?.ParentExecutable ?? "",
        ),
      ),
    ),
  ),
];

test("asking only the candidates finds what asking every rule finds", () => {
  const ready = matching.filter(({ reads, threshold }) => reads === "ProcessCreate" && !threshold);
  const engine = new Engine({ rules: ready.map(fromMatchRule), correlations: [] }, silent);
  fc.assert(
    fc.property(text, fc.constantFrom(...parents), (parts, ParentExecutable) => {
      const event: RuleEvent = {
        deviceId: "d",
        moduleId: "",
        name: "ProcessCreate",
        at: 0,
        hits: 1,
        item: { CommandLine: parts.join(""), ExtraDetails: { ParentExecutable } },
      };
      const fired: string[] = [];
      engine.ask(event, ({ rule }) => fired.push(rule.id));
      const naive = ready.filter((rule) => rule.matches(event) !== undefined).map(({ id }) => id);
      expect(fired.sort()).toEqual(naive.sort());
    }),
    { numRuns: 10_000 },
  );
});

test("the literal index finds exactly the literals that occur, whatever their letters' case", () => {
  const literal = fc.stringMatching(/^[a-c]{1,4}$/);
  fc.assert(
    fc.property(
      fc.array(fc.array(literal, { maxLength: 3 }), { maxLength: 6 }),
      fc.stringMatching(/^[a-cA-Cé]{0,30}$/),
      (literals, haystack) => {
        const found: number[] = [];
        new LiteralIndex(literals).collect(haystack, found);
        const expected = literals.flatMap((some, owner) =>
          some.some((one) => haystack.toLowerCase().includes(one)) ? [owner] : [],
        );
        expect([...new Set(found)].sort()).toEqual(expected);
      },
    ),
  );
});

test("a word of the literal index is found only where it is no part of a longer one", () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[ab]{1,3}$/), { minLength: 1, maxLength: 4 }),
      fc.stringMatching(/^[abA/ _-]{0,30}$/),
      (some, haystack) => {
        const found: number[] = [];
        new LiteralIndex(
          [],
          some.map((word) => [word]),
        ).collect(haystack, found);
        const expected = some.flatMap((word, owner) =>
          new RegExp(`(?<!\\w)${word}(?!\\w)`, "i").test(haystack) ? [owner] : [],
        );
        expect([...new Set(found)].sort()).toEqual(expected);
      },
    ),
  );
});
