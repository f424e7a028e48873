import type { RuleEvent } from "@picket/detections";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compile, linearRegex } from "./compile.js";
import { ANY_ONE, ANY_RUN, all, any, type Condition, not, type Pattern } from "./condition.js";
import { explain } from "./explain.js";
import { EventView } from "./fields.js";
import { patternRegex, textTest } from "./patterns.js";
import { kqlOf } from "./print-kql.js";
import { regexLiterals } from "./regex-literals.js";
import { simplify } from "./simplify.js";
import { witnessOf } from "./witness.js";

const eventOf = (item: Record<string, unknown>): RuleEvent => ({
  deviceId: "pump-7",
  moduleId: "",
  name: "ProcessCreate",
  at: 0,
  hits: 1,
  item,
});

const part = fc.oneof(
  fc.constantFrom<typeof ANY_RUN | typeof ANY_ONE>(ANY_RUN, ANY_ONE),
  fc.stringMatching(/^[abA.\\n]{1,3}$/),
);
const pattern: fc.Arbitrary<Pattern> = fc.array(part, { maxLength: 6 });
const text = fc.stringMatching(/^[abAB.\\ſKİ ]{0,12}$/);

test("a pattern matches what its regular expression does", () => {
  fc.assert(
    fc.property(pattern, text, (given, haystack) => {
      expect(textTest(given, true)(haystack)).toBe(new RegExp(patternRegex(given), "s").test(haystack));
    }),
    { numRuns: 3_000 },
  );
});

const leaf: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    kind: fc.constant("text" as const),
    field: fc.constantFrom("CommandLine", "Executable"),
    pattern,
    cased: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("regex" as const),
    field: fc.constant("CommandLine"),
    source: fc.constantFrom(
      "ab+A",
      "(?:aa|bb)b?",
      "a{2}b",
      "[ab]aa",
      "a|b\\.",
      "(ab)?A",
      "\\x61b",
      "a\\.b|AB*",
    ),
    flags: fc.constantFrom("", "i", "s"),
  }),
  fc.record({ kind: fc.constant("empty" as const), field: fc.constant("Executable") }),
);
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie("condition"), { minLength: 1, maxLength: 3 }).map(all),
    fc.array(tie("condition"), { minLength: 1, maxLength: 3 }).map(any),
    tie("condition").map(not),
  ),
}));

test("whenever a condition holds, one of its witnesses occurs", () => {
  fc.assert(
    fc.property(condition, text, text, (given, CommandLine, Executable) => {
      const view = new EventView();
      const predicate = compile(given, view);
      const witness = witnessOf(given);
      if (!witness || !predicate(view.turnTo(eventOf({ CommandLine, Executable })))) return;
      const texts: Record<string, string> = { CommandLine, Executable };
      const folded = (field: string): string =>
        (texts[field] ?? "").replaceAll("ſ", "s").replaceAll("İ", "i").toLowerCase();
      expect(witness.some(({ field, anyOf }) => anyOf.some((one) => folded(field).includes(one)))).toBe(true);
    }),
    { numRuns: 5_000 },
  );
});

test("simplifying changes nothing about what holds, and explaining says the same", () => {
  fc.assert(
    fc.property(condition, text, (given, CommandLine) => {
      const view = new EventView();
      const event = eventOf({ CommandLine });
      const holds = compile(given, view)(view.turnTo(event));
      expect(compile(simplify(given), view)(view.turnTo(event))).toBe(holds);
      expect(explain(given, view.turnTo(event)).holds).toBe(holds);
    }),
  );
});

test.each([
  { source: "wget.*http", literals: ["wget"] },
  { source: "(?:curl|wget)\\s", literals: ["curl", "wget"] },
  { source: "a?b", literals: ["b"] },
  { source: "x*", literals: undefined },
  { source: "foo|", literals: undefined },
  { source: "\\bnc\\b", literals: ["nc"] },
  { source: "[abc]+\\.sh$", literals: [".sh"] },
  { source: "(abc)?d", literals: ["d"] },
  { source: "(?i)evil", literals: ["evil"] },
  { source: "\\p{Greek}", literals: undefined },
  { source: "", literals: undefined },
])("the literals that $source cannot do without", ({ source, literals }) => {
  expect(regexLiterals(source)).toEqual(literals);
});

test("a text that an expression matches always holds one of its literals", () => {
  const atom = fc.constantFrom(
    "a",
    "bc",
    "(?:a|bc)",
    "(a|b)+",
    "a?",
    "b*",
    "[abc]",
    "c{2}",
    "c{0,2}",
    ".",
    "\\.",
    "|",
  );
  fc.assert(
    fc.property(fc.array(atom, { maxLength: 6 }), fc.stringMatching(/^[abc.]{0,10}$/), (atoms, haystack) => {
      const source = atoms.join("");
      const literals = regexLiterals(source);
      if (literals && linearRegex(source, "").test(haystack))
        expect(literals.some((one) => haystack.includes(one))).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});

test.each([
  {
    name: "contains",
    pattern: [ANY_RUN, 'a"b', ANY_RUN],
    is: 'tostring(Details.CommandLine) contains "a\\"b"',
  },
  { name: "equals", pattern: ["x"], is: 'tostring(Details.CommandLine) =~ "x"' },
  {
    name: "wildcards within",
    pattern: ["a", ANY_RUN, "b"],
    is: 'tostring(Details.CommandLine) matches regex "(?is)^a.*b$"',
  },
] as const)("a query says $name", ({ pattern: given, is }) => {
  const query = kqlOf(
    { kind: "text", field: "CommandLine", pattern: given, cased: false },
    { table: "SecurityIoTRawEvent", event: "ProcessCreate" },
  );
  expect(query).toContain(`| where ${is}`);
});

test.each([
  { block: "10.0.0.0/8", inside: "10.9.8.7", outside: "11.0.0.1" },
  { block: "2001:db8::/32", inside: "2001:db8:1::5", outside: "2001:db9::1" },
  { block: "203.0.113.7", inside: "203.0.113.7", outside: "no address" },
])("$inside lies in $block and $outside does not", ({ block, inside, outside }) => {
  const view = new EventView();
  const test = compile({ kind: "cidr", field: "RemoteAddress", block }, view);
  expect(test(view.turnTo(eventOf({ RemoteAddress: inside })))).toBe(true);
  expect(test(view.turnTo(eventOf({ RemoteAddress: outside })))).toBe(false);
});
