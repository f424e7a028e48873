import { expect, test } from "vitest";
import { ago, bytes, change, counted, exact, lasting, worded } from "./format.js";

const NOW = Date.parse("2026-03-01T12:00:00Z");

test.each([
  { iso: "2026-03-01T11:59:58Z", is: "just now" },
  { iso: "2026-03-01T11:59:50Z", is: "10 seconds ago" },
  { iso: "2026-03-01T11:10:00Z", is: "50 minutes ago" },
  { iso: "2026-02-28T12:00:00Z", is: "yesterday" },
  { iso: "2025-03-01T12:00:00Z", is: "365 days ago" },
  { iso: undefined, is: "never" },
])("$iso is $is", ({ iso, is }) => {
  expect(ago(iso, NOW)).toBe(is);
});

test("an exact time names its zone", () => {
  expect(exact("2026-03-01T11:10:00Z", "UTC")).toBe("1 Mar 2026, 11:10:00 UTC");
  expect(exact(undefined, "UTC")).toBe("");
  expect(exact("no time", "UTC")).toBe("");
});

test.each([
  { ms: 40, is: "40 ms" },
  { ms: 12_000, is: "12 s" },
  { ms: 40 * 60_000, is: "40 min" },
  { ms: 5 * 3_600_000, is: "5 h" },
  { ms: 3 * 86_400_000, is: "3 days" },
])("$ms ms are $is", ({ ms, is }) => {
  expect(lasting(ms)).toBe(is);
});

test.each([
  { value: 999, is: "999 B" },
  { value: 1_500, is: "1.5 KB" },
  { value: 24_000_000, is: "24 MB" },
])("$value bytes are $is", ({ value, is }) => {
  expect(bytes(value)).toBe(is);
});

test("numbers speak: one alert, two alerts, up by two, down by three", () => {
  expect(counted(1, "alert")).toBe("1 alert");
  expect(counted(2_000, "alert")).toBe("2,000 alerts");
  expect(change(3, 1)).toBe("+2");
  expect(change(1, 4)).toBe("−3");
  expect(change(4, 4)).toBe("±0");
  expect(worded("InProgress")).toBe("In progress");
  expect(worded("New")).toBe("New");
});
