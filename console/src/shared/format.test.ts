import { expect, test } from "vitest";
import { ago, csv } from "./format.js";

const NOW = Date.parse("2026-03-01T12:00:00Z");

test.each([
  { iso: "2026-03-01T11:59:50Z", is: "10 seconds ago" },
  { iso: "2026-03-01T11:10:00Z", is: "50 minutes ago" },
  { iso: "2026-02-28T12:00:00Z", is: "yesterday" },
  { iso: undefined, is: "never" },
])("$iso is $is", ({ iso, is }) => {
  expect(ago(iso, NOW)).toBe(is);
});

test("a cell that begins like a formula stays text, and quotes are doubled", () => {
  expect(
    csv(
      ["a", "b"],
      [
        ["=1+1", 'say "hi"'],
        [-3, null],
      ],
    ),
  ).toBe('a,b\n\'=1+1,"say ""hi"""\n-3,');
});
