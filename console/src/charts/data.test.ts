import { expect, test } from "vitest";
import { columnsOf, everyHour, slicesOf, stacked, totalsOf } from "./data.js";

const at = (hour: number): string => new Date(hour * 3_600_000).toISOString();

test("points become lines over shared times, the largest series first", () => {
  const columns = columnsOf([
    { at: at(1), series: "Login", value: 1 },
    { at: at(2), series: "ProcessCreate", value: 5 },
    { at: at(1), series: "ProcessCreate", value: 2 },
    { at: "never", series: "Login", value: 9 },
  ]);
  expect(columns.times).toEqual([3_600, 7_200]);
  expect(columns.names).toEqual(["Login", "ProcessCreate"]);
  expect(columns.lines).toEqual([
    [1, null],
    [2, 5],
  ]);
  expect(totalsOf(columns)).toEqual([1, 7]);
});

test("series beyond nine become one, and nothing is lost", () => {
  const points = Array.from({ length: 14 }, (_, index) => ({
    at: at(1),
    series: `s${index}`,
    value: index + 1,
  }));
  const columns = columnsOf(points);
  expect(columns.names).toHaveLength(10);
  expect(columns.names.at(-1)).toBe("Other");
  expect(totalsOf(columns).reduce((sum, each) => sum + each)).toBe(105);
});

test("lines are stacked on each other", () => {
  expect(
    stacked([
      [1, null],
      [2, 5],
    ]),
  ).toEqual([
    [1, 0],
    [3, 5],
  ]);
});

test("an hour without events is zero, not absent", () => {
  const filled = everyHour(columnsOf([{ at: at(2), series: "a", value: 4 }]), 3_600, 3 * 3_600);
  expect(filled.times).toEqual([3_600, 7_200, 10_800]);
  expect(filled.lines).toEqual([[0, 4, 0]]);
});

test("slices go once around", () => {
  const slices = slicesOf([
    { name: "a", value: 1 },
    { name: "b", value: 3 },
    { name: "none", value: 0 },
  ]);
  expect(slices.map(({ name, from, to }) => [name, from, to])).toEqual([
    ["b", 0, 0.75],
    ["a", 0.75, 1],
  ]);
});
