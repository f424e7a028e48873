import { readdirSync, readFileSync } from "node:fs";
import { isKnown } from "@picket/kit";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { caseFiles } from "./fixtures/cases.js";
import { NOW } from "./fixtures/duckdb.js";
import { caseSchema } from "./fixtures/schema.js";
import { type Language, openLanguage } from "./language.js";
import { loadKusto } from "./node.js";

let language: Language;
beforeAll(() => {
  language = openLanguage(loadKusto(), {
    ...caseSchema,
    functions: [
      {
        name: "Adults",
        parameters: "(least: long = 30)",
        body: "People | where Age >= least",
        about: "Old ones.",
      },
    ],
  });
});

const refused = (text: string): { code: string; message: string; details: Record<string, unknown> } => {
  try {
    language.compile(text, { now: NOW });
  } catch (error) {
    if (isKnown(error)) return error as never;
    throw error;
  }
  throw new Error(`${text} was not refused`);
};

describe("what is wrong is said with its place and, where it is known, what was meant", () => {
  test.each([
    { query: "Peple | take 1", code: "KQL_SEMANTIC", suggestion: "People", line: 1, column: 1, length: 5 },
    {
      query: "People\n| where Ag == 3",
      code: "KQL_SEMANTIC",
      suggestion: "Age",
      line: 2,
      column: 9,
      length: 2,
    },
    {
      query: "People | summarize cuont()",
      code: "KQL_SEMANTIC",
      suggestion: "count",
      line: 1,
      column: 20,
      length: 5,
    },
    {
      query: "People | extend x = tolowr(Name)",
      code: "KQL_SEMANTIC",
      suggestion: "tolower",
      column: 21,
      line: 1,
      length: 6,
    },
    {
      query: "let adult = 18; People | where Age > adlt",
      code: "KQL_SEMANTIC",
      suggestion: "adult",
      line: 1,
      column: 38,
      length: 4,
    },
  ])("$query", ({ query, code, ...details }) => {
    const error = refused(query);
    expect(error.code).toBe(code);
    expect(error.details).toMatchObject(details);
    expect(error.message).toContain(`Did you mean ${details.suggestion}?`);
  });

  test.each([
    { query: "People | where (", code: "KQL_SYNTAX" },
    { query: "People | where Name = 'x'", code: "KQL_SEMANTIC" },
    { query: "People | wher Name == 'x'", code: "KQL_SYNTAX" },
    { query: "People | where Name == 'x' && Age > 3", code: "KQL_SYNTAX" },
    { query: "", code: "KQL_EMPTY" },
    { query: "// only words", code: "KQL_EMPTY" },
    { query: "People | extend n = row_number()", code: "KQL_SEMANTIC" },
    { query: "People | evaluate diffpatterns(Name, 'a', 'b')", code: "KQL_NOT_SUPPORTED" },
    { query: "print format_datetime(now(), 'yyyyq')", code: "KQL_SEMANTIC" },
    { query: `print ${"(".repeat(4000)}1${")".repeat(4000)}`, code: "KQL_TOO_DEEP" },
    { query: `print "${"x".repeat(70_000)}"`, code: "KQL_TOO_LARGE" },
  ])("$code for $query", ({ query, code }) => {
    expect(refused(query).code).toBe(code);
  });
});

test("all problems of a query are told at once", () => {
  const { details } = refused("People | where Ag == 3 | project Nme, Cty");
  const problems = details["problems"] as { suggestion?: string; line: number; column: number }[];
  expect(problems.map(({ suggestion, column }) => [suggestion, column])).toEqual([
    ["Age", 16],
    ["Name", 34],
    ["City", 39],
  ]);
});

test.each([
  { query: "Peple | take 1", fixed: "People | take 1" },
  { query: "People | where Name == “Ann”", fixed: 'People | where Name == "Ann”' },
  { query: "People | where Age > 3 && Age < 5", fixed: "People | where Age > 3 and Age < 5" },
  { query: "People | where Name = 'x'", fixed: "People | where Name == 'x'" },
  { query: "People | where Name not in ('x')", fixed: "People | where Name !in ('x')" },
])("the fix of $query mends it", ({ query, fixed }) => {
  const fix = language.diagnose(query).find((each) => each.fix)?.fix;
  expect(fix && `${query.slice(0, fix.from)}${fix.text}${query.slice(fix.to)}`).toBe(fixed);
});

test("what we lack is told while the query is written", () => {
  expect(language.diagnose("People | extend x = parse_version(Name)")).toMatchObject([
    { severity: "error", code: "KQL_NOT_SUPPORTED", line: 1, column: 21 },
  ]);
});

test("functions that the schema keeps are called like those of the query", () => {
  expect(language.compile("Adults(20) | count", { now: NOW }).columns).toEqual([
    { name: "Count", type: "long" },
  ]);
  expect(language.compile("Adults | project Name", { now: NOW }).tables).toEqual(["People"]);
  expect(refused("Adults('x') | count").code).toBe("KQL_SEMANTIC");
});

describe("the front end on broken text", () => {
  const golden = new URL("../golden/", import.meta.url);
  const real = [
    ...readdirSync(golden).map((name) => readFileSync(new URL(`${name}/query.kql`, golden), "utf8")),
    ...caseFiles(new URL("../cases/", import.meta.url)).flatMap(({ cases }) =>
      cases.map(({ query }) => query),
    ),
  ];
  /** A piece is taken out, doubled, or replaced by one of another query. */
  const mutated = fc
    .tuple(fc.constantFrom(...real), fc.constantFrom(...real), fc.nat(), fc.nat(), fc.nat(40), fc.nat(4))
    .map(([one, other, at, from, size, way]) => {
      const place = at % (one.length + 1);
      const piece = other.slice(from % (other.length + 1)).slice(0, size);
      if (way === 0) return one.slice(0, place) + one.slice(place + size);
      if (way === 1) return one.slice(0, place) + piece + one.slice(place);
      if (way === 2) return one.slice(0, place) + piece + one.slice(place + size);
      if (way === 3) return one.slice(0, place);
      return `${one.slice(0, place)}${one.slice(place, place + size)}${one.slice(place)}`;
    });

  test("only known errors come out, whatever was done to a real query", () => {
    fc.assert(
      fc.property(mutated, fc.nat(), (text, at) => {
        language.diagnose(text);
        language.complete(text, at % (text.length + 1));
        try {
          language.compile(text, { now: NOW });
        } catch (error) {
          if (!isKnown(error)) throw error;
        }
      }),
      { numRuns: 250, interruptAfterTimeLimit: 15_000 },
    );
  });
});
