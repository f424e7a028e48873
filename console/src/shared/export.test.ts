import fc from "fast-check";
import { expect, test } from "vitest";
import { csv, ndjson } from "./export.js";

test("a cell that begins like a formula stays text, quotes are doubled, lines stay inside", () => {
  const rows = [
    ["=1+1", 'say "hi"'],
    [-3, null],
    ["a\nb", { x: 1 }],
  ];
  expect(csv(["a", "b"], rows)).toBe('a,b\r\n\'=1+1,"say ""hi"""\r\n-3,\r\n"a\nb","{""x"":1}"');
});

test("every row is one line of NDJSON that reads back", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.integer())), (rows) => {
      const lines = ndjson(["a", "b"], rows)
        .split("\n")
        .filter((line) => line !== "");
      expect(lines.map((line) => JSON.parse(line))).toEqual(rows.map(([a, b]) => ({ a, b })));
    }),
  );
});
