import { expect, test } from "vitest";
import { pointsOf } from "./results.js";

test("a time chart takes the first time, the first number, and a text for the series", () => {
  const columns = [
    { name: "TimeGenerated", type: "datetime" },
    { name: "Name", type: "string" },
    { name: "n", type: "long" },
  ];
  const rows = [["2026-03-01T10:00:00Z", "Login", 3]];
  expect(pointsOf({ columns, rows, render: { kind: "timechart", properties: {} } })).toEqual([
    { at: "2026-03-01T10:00:00Z", series: "Login", value: 3 },
  ]);
  expect(pointsOf({ columns, rows })).toBeUndefined();
});
