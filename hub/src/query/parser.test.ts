import fc from "fast-check";
import { expect, test } from "vitest";
import { functions } from "./functions.js";
import { MAX_QUERY } from "./lexer.js";
import { parseCondition, parseQuery } from "./parser.js";
import { type Expression, printed } from "./syntax.js";

const at = 0;
const text = fc.string({ maxLength: 8 });
const name = fc.constantFrom("tags", "properties", "a", "$version", "_b9", "deviceId");
const step = fc.oneof(
  name,
  fc.nat(99),
  fc.constantFrom("urn:x", "a b", "ms_iotn:urn_azureiot", "it's", "from"),
);
const { expression } = fc.letrec<{ expression: Expression }>((tie) => {
  const list = fc
    .array(tie("expression"), { maxLength: 3 })
    .map((items): Expression => ({ kind: "list", items, at }));
  const two = fc.constantFrom("OR", "AND", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%");
  return {
    expression: fc.oneof(
      { maxDepth: 4, depthSize: "small" },
      fc
        .oneof(text, fc.nat(), fc.boolean(), fc.constant(null))
        .map((value): Expression => ({ kind: "literal", value, at })),
      fc
        .tuple(name, fc.array(step, { maxLength: 3 }))
        .map(([first, more]): Expression => ({ kind: "path", steps: [first, ...more], at })),
      list,
      tie("expression").map((of): Expression => ({ kind: "not", of, at })),
      tie("expression").map((of): Expression => ({ kind: "minus", of, at })),
      fc
        .tuple(two, tie("expression"), tie("expression"))
        .map(([operator, left, right]): Expression => ({ kind: "binary", operator, left, right, at })),
      fc
        .tuple(fc.constantFrom("IN" as const, "NIN" as const), tie("expression"), list)
        .map(([operator, left, right]): Expression => ({ kind: "binary", operator, left, right, at })),
      fc
        .tuple(tie("expression"), tie("expression"))
        .map((given): Expression => ({ kind: "call", name: "STARTSWITH", given, at })),
    ),
  };
});
const withoutPlaces = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, inner) => (key === "at" ? 0 : inner)));

test("an expression that is printed reads as itself", () => {
  fc.assert(
    fc.property(expression, (given) => {
      const written = printed(given);
      fc.pre(written.length < MAX_QUERY);
      expect(withoutPlaces(parseCondition(written).where)).toEqual(withoutPlaces(given));
    }),
    { numRuns: 500 },
  );
});

test("whatever the text, it is read or refused with its place", () => {
  const words = fc.constantFrom(
    "SELECT",
    "FROM",
    "devices",
    "WHERE",
    "(",
    ")",
    "[",
    "]",
    "[[",
    "]]",
    ",",
    ".",
    "'",
    '"',
    "*",
    "NOT",
    "IN",
    "COUNT",
    "AS",
    "GROUP",
    "BY",
    "TOP",
    "1",
    "-",
    "=",
    "<>",
    "tags",
    "IS_DEFINED",
    "ORDER",
    "DISTINCT",
    "\n",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(words, { maxLength: 30 }).map((all) => all.join(" ")),
      ),
      (given) => {
        try {
          parseQuery(given);
        } catch (error) {
          expect(error).toMatchObject({ code: "HUB_QUERY_SYNTAX" });
        }
      },
    ),
    { numRuns: 1_000 },
  );
});

const shape = (where: string): string => printed(parseCondition(where).where!);

test.each([
  ["a = 1 OR b = 2 AND c = 3", "((a = 1) OR ((b = 2) AND (c = 3)))"],
  ["NOT a = 1 AND b", "((NOT (a = 1)) AND b)"],
  ["a + 2 * 3 > -4", "((a + (2 * 3)) > (- 4))"],
  ["(a OR b) and c", "((a OR b) AND c)"],
  ["a <> 'it''s'", "(a != 'it''s')"],
  ['a = "x"', "(a = 'x')"],
  ["tags.site NOT IN ['a', 'b']", "(tags.site NIN ['a', 'b'])"],
  ["tags.site in ('a', 'b')", "(tags.site IN ['a', 'b'])"],
  ["configurations.[[my config]].status = 'Applied'", "(configurations.[[my config]].status = 'Applied')"],
  ["properties.reported.list[2]['a b'] = null", "(properties.reported.list[2].[[a b]] = null)"],
  ["is_defined(devices.tags)", "IS_DEFINED(tags)"],
  ["properties.reported.from = 1", "(properties.reported.from = 1)"],
])("%s is read as %s", (where, as) => {
  expect(shape(where)).toBe(as);
});

test.each([
  ["SELECT * FROM devices", { from: "devices" }],
  ["select top 5 * from Devices.Modules where moduleId = 'm'", { from: "devices.modules", top: 5 }],
  ["SELECT DISTINCT tags.a FROM devices", { isDistinct: true, select: [{ name: "a" }] }],
  [
    "SELECT tags.a AS x, COUNT() AS n, SUM(tags.b) FROM devices GROUP BY tags.a",
    { select: [{ name: "x" }, { name: "n" }, { name: "$3" }] },
  ],
  ["SELECT COUNT(*) FROM devices", { select: [{ name: "$1" }] }],
  [
    "SELECT * FROM devices.jobs WHERE devices.jobs.deviceId = 'd'",
    { where: { left: { steps: ["deviceId"] } } },
  ],
  [
    "SELECT deviceId FROM devices ORDER BY tags.a DESC, deviceId",
    { orderBy: [{ isDescending: true }, { isDescending: false }] },
  ],
])("%s is a query", (query, shape) => {
  expect(parseQuery(query)).toMatchObject(shape);
});

test.each([
  ["SELECT * FROM sensors", "line 1, column 15", "there is no sensors"],
  ["SELECT *\nFROM devices\nWHERE tags.a = ", "line 3, column 16", "a value was expected"],
  ["SELECT * FROM devices WHERE tags.a LIKE 'x%'", "column 36", "STARTSWITH"],
  ["SELECT * FROM devices WHERE nope(1)", "column 29", "no function NOPE"],
  ["SELECT * FROM devices WHERE IS_DEFINED()", "column 29", "takes 1 values, not 0"],
  ["SELECT * FROM devices WHERE tags.a = 'x", "column 38", "not closed"],
  ["SELECT * FROM devices WHERE COUNT() > 1", "column 29", "column of SELECT"],
  ["SELECT tags.a, COUNT() FROM devices", "column 8", "neither an aggregate"],
  ["SELECT * FROM devices GROUP BY tags.a", "column 32", "cannot be grouped"],
  ["SELECT * FROM devices; DROP", "column 22", "not part of the language"],
  ["SELECT * FROM devices tags", "column 23", "the end of the query was expected"],
  [`SELECT * FROM devices WHERE ${"(".repeat(100)}1`, "column 93", "64 deep"],
  [
    `SELECT * FROM devices WHERE deviceId IN [${Array.from({ length: 1_001 }, (_, n) => n).join()}]`,
    "line 1",
    "1000 parts",
  ],
])("%s is refused with its place", (query, place, why) => {
  expect(() => parseQuery(query)).toThrow(place);
  expect(() => parseQuery(query)).toThrow(why);
});

test("a query of more than 8192 characters is not read", () => {
  expect(() => parseQuery(`SELECT * FROM devices WHERE a = '${"x".repeat(MAX_QUERY)}'`)).toThrow(
    "at most 8192",
  );
});

test("every function says what it does", () => {
  for (const [, { about }] of functions) expect(about).toMatch(/\.$/);
});
