import { expect, test } from "vitest";
import { numbersAt, parseObject, proofOf, rolloutOf, textAt } from "./read.js";

test.each([
  { name: "a text inside", bag: { a: { b: "x" } }, path: ["a", "b"], found: "x" },
  { name: "a number as text", bag: { a: 3 }, path: ["a"], found: "3" },
  { name: "nothing where there is no such member", bag: {}, path: ["a", "b"], found: "" },
  { name: "nothing where a list stands in the way", bag: { a: ["b"] }, path: ["a", "b"], found: "" },
])("$name is found", ({ bag, path, found }) => {
  expect(textAt(bag, ...path)).toBe(found);
});

test("numbers are found by name, and nothing else", () => {
  expect(numbersAt({ m: { a: 1, b: "2" } }, "m")).toEqual([["a", 1]]);
});

test.each([
  { type: "symmetricKey", words: "a key" },
  { type: "x509", words: "a certificate" },
  { type: "new-thing", words: "new-thing" },
  { type: "", words: "nothing known" },
])("an enrolment by $type says $words", ({ type, words }) => {
  expect(proofOf({ attestation: { type } })).toBe(words);
});

test("a rollout says how many are meant and how many have it", () => {
  const systemMetrics = { results: { targetedCount: 10, appliedCount: 4 } };
  expect(rolloutOf({ systemMetrics })).toEqual({ targeted: 10, applied: 4 });
  expect(rolloutOf({})).toEqual({ targeted: 0, applied: 0 });
});

test.each([
  { text: '{"a":1}', good: true },
  { text: "[1]", good: false },
  { text: "{", good: false },
])("$text is an object: $good", ({ text, good }) => {
  expect(parseObject(text) instanceof Error).toBe(!good);
});
