import fc from "fast-check";
import { expect, test } from "vitest";
import { parseSearch, stringifySearch, wordOf, wordsOf } from "./search.js";

test("a device id that looks like a number stays text", () => {
  expect(parseSearch("?device=1e5&status=New,Closed")).toEqual({ device: "1e5", status: "New,Closed" });
});

test("lists are written with commas, and what is empty is left out", () => {
  expect(stringifySearch({ status: ["New", "Closed"], text: "", device: undefined })).toBe(
    "?status=New,Closed",
  );
  expect(stringifySearch({})).toBe("");
});

test("whatever text goes into the address comes out again", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (query) => {
      fc.pre(!/[\uD800-\uDFFF]/.test(query));
      expect(parseSearch(stringifySearch({ query }))).toEqual({ query });
    }),
  );
});

test("words that do not exist are not believed", () => {
  const colours = ["red", "green"] as const;
  expect(wordsOf({ c: "green,blue,red" }, "c", colours)).toEqual(["red", "green"]);
  expect(wordOf({ c: "blue" }, "c", colours)).toBeUndefined();
  expect(wordOf({ c: 7 }, "c", colours)).toBeUndefined();
});
