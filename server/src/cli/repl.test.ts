import { describe, expect, test } from "vitest";
import { printRows } from "./print.js";
import { isOpen } from "./repl.js";
import { draw } from "./terminal-chart.js";

test.each([
  { name: "a table", text: "SecurityAlert", open: false },
  { name: "a pipe at the end", text: "SecurityAlert |", open: true },
  { name: "an operator after it", text: "SecurityAlert |\nwhere A == 1", open: false },
  { name: "a list that goes on", text: "T | project A,", open: true },
  { name: "a bracket left open", text: "T | where A in (1, 2", open: true },
  { name: "a bracket inside a text", text: 'T | where A == "("', open: false },
  { name: "a bracket inside a comment", text: "T // (", open: false },
  { name: "only a let", text: "let x = 1;", open: true },
  { name: "a let with its query", text: "let x = 1;\nprint x", open: false },
])("$name needs more: $open", ({ text, open }) => {
  expect(isOpen(text)).toBe(open);
});

describe("a chart drawn with letters", () => {
  const bars = {
    columns: [
      { name: "Severity", type: "string" },
      { name: "Alerts", type: "long" },
    ],
    rows: [
      ["High", 4],
      ["Low", 2],
    ],
    kind: "barchart",
    width: 62,
  };

  test("has bars as long as their values", () => {
    const [high = "", low = ""] = draw(bars)!.split("\n");
    expect(high.replaceAll(/[^█]/g, "")).toHaveLength(20);
    expect(low.replaceAll(/[^█]/g, "")).toHaveLength(10);
    expect(high.endsWith(" 4")).toBe(true);
  });

  test("has a line for each series over time, and says the span", () => {
    const chart = draw({
      columns: [{ name: "At", type: "datetime" }, ...bars.columns],
      rows: [
        ["2026-03-01T00:00:00Z", "High", 8],
        ["2026-03-01T01:00:00Z", "High", 1],
        ["2026-03-01T01:00:00Z", "Low", 1],
      ],
      kind: "timechart",
      width: 64,
    })!;
    expect(chart.split("\n")).toHaveLength(3);
    expect(chart).toContain("█");
    expect(chart).toContain("2026-03-01T00:00:00Z to 2026-03-01T01:00:00Z");
  });

  test.each([
    { name: "no rows", drawing: { ...bars, rows: [] } },
    { name: "no numbers", drawing: { ...bars, columns: bars.columns.slice(0, 1), rows: [["High"]] } },
  ])("is not drawn of $name", ({ drawing }) => {
    expect(draw(drawing)).toBeUndefined();
  });
});

test.each([
  { format: "csv" as const, printed: 'A,B\n"a,""b""",\'=1+1\n,"{""x"":1}"' },
  { format: "ndjson" as const, printed: '{"A":"a,\\"b\\"","B":"=1+1"}\n{"A":null,"B":{"x":1}}' },
])("rows are printed as $format, and a formula stays text", ({ format, printed }) => {
  const rows = [
    ['a,"b"', "=1+1"],
    [null, { x: 1 }],
  ];
  expect(printRows(["A", "B"], rows, format)).toBe(printed);
});
