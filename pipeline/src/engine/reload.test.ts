import type { RuleEvent } from "@picket/detections";
import { type Recorder, silent } from "@picket/kit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { loadPack } from "../sigma/pack.js";
import { Correlations } from "./correlations.js";
import { Engine } from "./engine.js";
import type { EngineRule } from "./engine-rule.js";

const START = Date.parse("2026-03-01T10:00:00Z");
const event = (CommandLine: string, second = 0, more: object = {}): RuleEvent => ({
  deviceId: "pump-7",
  moduleId: "",
  name: "ProcessCreate",
  at: START + second * 1_000,
  hits: 1,
  item: { CommandLine, ...more },
});
const many = (threshold: number): string =>
  `title: A\nid: a\nname: a\nlogsource: { product: linux, category: process_creation }\ndetection: { s: { CommandLine|contains: alpha }, condition: s }\n---\ntitle: Many\nid: many\ncorrelation: { type: event_count, rules: [a], timespan: 1h, condition: { gte: ${threshold} } }`;
const setOf = (text: string) => {
  const { rules, correlations } = loadPack([{ name: "t.yml", text }]);
  return { rules, correlations };
};
const asked = (engine: Engine, given: RuleEvent): string[] => {
  const fired: string[] = [];
  engine.ask(given, ({ rule }) => fired.push(rule.id));
  return fired;
};

test("other rules take over between two events and what was counted goes on", () => {
  const engine = new Engine(setOf(many(3)), silent);
  asked(engine, event("alpha", 1));
  asked(engine, event("alpha", 2));
  const started = performance.now();
  engine.use(
    setOf(
      `${many(3)}\n---\n${many(9).replaceAll("many", "other").replaceAll("a\n", "b\n").replace("[a]", "[b]")}`,
    ),
  );
  expect(performance.now() - started).toBeLessThan(5_000);
  expect(asked(engine, event("alpha", 3))).toContain("sigma/many");
});

test("a rule that is gone is no longer asked", () => {
  const engine = new Engine(setOf(many(1)), silent);
  expect(asked(engine, event("alpha"))).toEqual(["sigma/many"]);
  engine.use({ rules: [], correlations: [] });
  expect(asked(engine, event("alpha"))).toEqual([]);
});

const [good] = setOf(many(1)).rules as [EngineRule];
const loud = { ...good, isQuiet: false, id: "good" };

test("a rule that throws is counted and named, and the others go on", () => {
  const counted: object[] = [];
  const recorder: Recorder = {
    ...silent,
    count: (counter, labels) => counter.includes("rule_errors") && counted.push(labels),
  };
  const bad: EngineRule = {
    ...loud,
    id: "bad",
    bind: () => () => {
      throw new Error("no such thing");
    },
  };
  const engine = new Engine({ rules: [bad, loud], correlations: [] }, recorder);
  expect(asked(engine, event("alpha"))).toEqual(["good"]);
  expect(asked(engine, event("alpha"))).toEqual(["good"]);
  expect(counted).toEqual([{ rule: "bad" }, { rule: "bad" }]);
  expect(engine.troubles()).toMatchObject([{ ruleId: "bad", errors: 2, lastError: "Error: no such thing" }]);
});

test("a rule that is slow is counted and named", () => {
  const slow: EngineRule = {
    ...loud,
    id: "slow",
    bind: () => () => {
      for (const end = performance.now() + 60; performance.now() < end; );
      return undefined;
    },
  };
  const engine = new Engine({ rules: [slow], correlations: [] }, silent);
  asked(engine, event("alpha"));
  expect(engine.troubles()).toMatchObject([{ ruleId: "slow", slowCalls: 1, errors: 0 }]);
});

test("a rule for some devices is not asked about others", () => {
  const engine = new Engine(
    { rules: [{ ...loud, isFor: (deviceId) => deviceId === "pump-8" }], correlations: [] },
    silent,
  );
  expect(asked(engine, event("alpha"))).toEqual([]);
  expect(asked(engine, { ...event("alpha"), deviceId: "pump-8" })).toEqual(["good"]);
});

test("ten thousand different values a second cost bounded memory, and what is forgotten is told", () => {
  let evicted = 0;
  const groups = new Correlations(1_000, () => {
    evicted += 1;
  });
  const { correlations } = setOf(
    `${many(1).split("\n---")[0]}\n---\ntitle: D\nid: d\ncorrelation: { type: value_count, rules: [a], group-by: [User], timespan: 1h, condition: { gte: 99999, field: CommandLine } }`,
  );
  groups.use(correlations);
  for (let serial = 0; serial < 20_000; serial += 1)
    groups.feed(
      "sigma/a",
      event(`alpha ${serial}`, serial, { UserName: serial % 2 === 0 ? "one" : `user-${serial}` }),
      () => {},
    );
  expect(groups.groups).toBeLessThanOrEqual(1_000);
  expect(evicted).toBeGreaterThan(8_000);
  expect(Math.max(...groups.save().series.map((each) => each.length))).toBeLessThanOrEqual(2_002);
});

/** What a group of an ordered correlation holds, said as plainly as possible. */
const inOrder = (hits: readonly { part: number; at: number }[], span: number): boolean => {
  const last = Math.max(...hits.map(({ at }) => at));
  const recent = hits.filter(({ at }) => at >= last - span);
  return recent.some(
    (first) => first.part === 0 && recent.some((then) => then.part === 1 && then.at >= first.at),
  );
};

test("an ordered correlation fires exactly when its parts follow each other within the span", () => {
  const text = `${many(1).split("\n---")[0]}\n---\n${many(1).split("\n---")[0]!.replaceAll("a\n", "b\n").replace("alpha", "beta")}\n---\ntitle: O\nid: o\ncorrelation: { type: temporal_ordered, rules: [a, b], timespan: 60s }`;
  const hit = fc.record({ part: fc.integer({ min: 0, max: 1 }), at: fc.integer({ min: 0, max: 200 }) });
  fc.assert(
    fc.property(fc.array(hit, { maxLength: 12 }), (given) => {
      // Events of one instant have no order of their own.
      const hits = given.toSorted((one, other) => one.at - other.at || one.part - other.part);
      const engine = new Engine(setOf(text), silent);
      let open: { part: number; at: number }[] = [];
      for (const { part, at } of hits) {
        open.push({ part, at });
        const fires = inOrder(open, 60);
        expect(asked(engine, event(part === 0 ? "alpha" : "beta", at))).toEqual(fires ? ["sigma/o"] : []);
        if (fires) open = [];
      }
    }),
    { numRuns: 60 },
  );
});

test("no text makes the loader throw", () => {
  const part = fc.constantFrom(
    "title: x\n",
    "id: y\n",
    "---\n",
    "detection:\n",
    "  s: ",
    "{ CommandLine|re: '(' }",
    "  condition: s\n",
    "  condition: not\n",
    "[",
    "{",
    "&a ",
    "*a",
    "|",
    ">",
    "\t",
    "logsource: { product: linux, category: process_creation }\n",
    "correlation: { type: temporal, rules: [y], timespan: 1m }\n",
    "filter: { rules: any, s: { a: b }, condition: s }\n",
    "transformations: [1, {}]\n",
    "~",
    "!!js/function x",
    "\u0000",
    "%TAG ! x\n",
    "level: 7\n",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(part, fc.string({ maxLength: 6 })), { maxLength: 14 }), (parts) => {
      const { problems } = loadPack([{ name: "x.yml", text: parts.join("") }]);
      for (const { line, column, message } of problems) {
        expect(line).toBeGreaterThan(0);
        expect(column).toBeGreaterThan(0);
        expect(message).not.toBe("");
      }
    }),
    { numRuns: 400 },
  );
});
