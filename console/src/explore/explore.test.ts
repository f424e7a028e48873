import fc from "fast-check";
import { expect, test } from "vitest";
import { compared, drawingOf } from "./charting.js";
import { tokensOf } from "./highlight.js";
import { readHistory, remembered } from "./history.js";
import { rangeOf, withCell, withRange } from "./query-text.js";

test.each([
  {
    name: "a line is added beneath the table",
    query: "T\n| take 5",
    range: "1h",
    is: "T\n| where TimeGenerated > ago(1h)\n| take 5",
  },
  {
    name: "a query in one line is opened",
    query: "T | take 5",
    range: "1h",
    is: "T\n| where TimeGenerated > ago(1h)\n| take 5",
  },
  {
    name: "the range that was there is replaced",
    query: "T\n| where TimeGenerated > ago(1h)\n| take 5",
    range: "7d",
    is: "T\n| where TimeGenerated > ago(7d)\n| take 5",
  },
  {
    name: "no range takes the line away",
    query: "T\n| where TimeGenerated > ago(1h)\n| take 5",
    range: "",
    is: "T\n| take 5",
  },
  {
    name: "what comes before the table stays before it",
    query: "let x = 1;\nT\n| take x",
    range: "1d",
    is: "let x = 1;\nT\n| where TimeGenerated > ago(1d)\n| take x",
  },
])("$name", ({ query, range, is }) => {
  expect(withRange(query, range)).toBe(is);
});

test("the picker shows what the query says, and yields to a query that says its own time", () => {
  expect(rangeOf("T\n| where TimeGenerated > ago(4h)")).toBe("4h");
  expect(rangeOf("T\n| where TimeGenerated > ago(7d) and x == 1")).toBe("own");
  expect(rangeOf("T\n| where TimeGenerated between (datetime(2026-01-01) .. 1d)")).toBe("own");
  expect(rangeOf("T | summarize count() by bin(TimeGenerated, 1h)")).toBe("");
});

const device = { column: "DeviceId", type: "string", value: 'p"7' };
test.each([
  { name: "include", query: "T", cell: device, use: "include", is: 'T\n| where DeviceId == "p\\"7"' },
  {
    name: "exclude keeps the chart last",
    query: "T\n| render timechart",
    cell: { column: "n", type: "long", value: 3 },
    use: "exclude",
    is: "T\n| where n != 3\n| render timechart",
  },
  {
    name: "an empty cell",
    query: "T",
    cell: { column: "x y", type: "long", value: null },
    use: "include",
    is: "T\n| where isnull(['x y'])",
  },
  {
    name: "a time",
    query: "T",
    cell: { column: "At", type: "datetime", value: "2026-01-01T00:00:00Z" },
    use: "include",
    is: "T\n| where At == datetime(2026-01-01T00:00:00Z)",
  },
  {
    name: "count by drops the chart",
    query: "T\n| render piechart",
    cell: device,
    use: "count",
    is: "T\n| summarize Rows = count() by DeviceId\n| order by Rows desc",
  },
] as const)("a cell goes into the query: $name", ({ query, cell, use, is }) => {
  expect(withCell(query, cell, use)).toBe(is);
});

const columns = [
  { name: "TimeGenerated", type: "datetime" },
  { name: "Name", type: "string" },
  { name: "n", type: "long" },
];
const rows = [["2026-03-01T10:00:00Z", "Login", 3]];

test("a time chart takes the time, the number, and a text for the series", () => {
  expect(drawingOf({ columns, rows, render: { kind: "timechart", properties: {} } })).toEqual({
    kind: "time",
    shape: "line",
    points: [{ at: "2026-03-01T10:00:00Z", series: "Login", value: 3 }],
  });
});

test("without a time a column chart takes the text; a pie does so always", () => {
  const flat = { columns: columns.slice(1), rows: [["Login", 3]] };
  expect(drawingOf({ ...flat, render: { kind: "columnchart", properties: {} } })).toEqual({
    kind: "columns",
    parts: [{ name: "Login", value: 3 }],
  });
  expect(drawingOf({ ...flat, render: { kind: "piechart", properties: {} } })?.kind).toBe("pie");
  expect(drawingOf({ ...flat, render: { kind: "table", properties: {} } })).toBeUndefined();
  expect(drawingOf(flat)).toBeUndefined();
});

test("render's own words about columns win", () => {
  const wide = {
    columns: [...columns, { name: "m", type: "long" }],
    rows: [["2026-03-01T10:00:00Z", "Login", 3, 4]],
  };
  const drawing = drawingOf({
    ...wide,
    render: { kind: "timechart", properties: { ycolumns: "m", series: "Name" } },
  });
  expect(drawing?.kind === "time" && drawing.points[0]?.value).toBe(4);
});

test("paint never leaves the text and never overlaps", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      let end = 0;
      for (const { from, to } of tokensOf(text, new Set())) {
        expect(from).toBeGreaterThanOrEqual(end);
        expect(to).toBeLessThanOrEqual(text.length);
        end = to;
      }
    }),
  );
  expect(tokensOf('T | where x == "a" // n', new Set(["T"])).map(({ kind }) => kind)).toEqual([
    "table",
    "word",
    "text",
    "note",
  ]);
});

test("a query stands in the history once, newest first; nonsense there is not believed", () => {
  const past = (query: string) => ({ query, at: "", rows: 0 });
  expect(remembered([past("a"), past("b")], past("b")).map(({ query }) => query)).toEqual(["b", "a"]);
  expect(readHistory("{")).toEqual([]);
  expect(readHistory('[{"query":1},{"query":"a","at":""}]')).toEqual([{ query: "a", at: "" }]);
});

test("empty cells come last in order", () => {
  expect([null, 3, 1].sort(compared)).toEqual([1, 3, null]);
});
