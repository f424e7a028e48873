import { expect, test } from "vitest";
import { parseDuration, parseTimestamp, printLocal } from "./timestamp.js";
import { mergePatch, readSettings } from "./twin.js";

test.each([
  { text: "2024-05-14T08:20:30.250Z", at: "2024-05-14T08:20:30.250Z" },
  { text: "2024-05-14 08:20:30Z", at: "2024-05-14T08:20:30.000Z" },
  { text: "2024-05-14T08:20:30", at: "2024-05-14T08:20:30.000Z" },
  { text: "2024-05-14T10:20:30.1234567+02:00", at: "2024-05-14T08:20:30.123Z" },
  { text: "2024-05-14T10:20:30+0200", at: "2024-05-14T08:20:30.000Z" },
  { text: "14 May 2024", at: undefined },
  { text: "2024-13-14T08:20:30Z", at: undefined },
])("the time stamp $text is read as $at", ({ text, at }) => {
  const parsed = parseTimestamp(text);
  expect(parsed === undefined ? undefined : new Date(parsed).toISOString()).toBe(at);
});

test("a local time carries its offset", () => {
  expect(printLocal(Date.parse("2024-05-14T08:20:30Z"), 120)).toBe("2024-05-14T10:20:30.000+02:00");
  expect(printLocal(Date.parse("2024-05-14T08:20:30Z"), -210)).toBe("2024-05-14T04:50:30.000-03:30");
});

test.each([
  { text: "PT7M", ms: 420_000 },
  { text: "P1DT1H", ms: 90_000_000 },
  { text: "PT1.5S", ms: 1_500 },
  { text: "P", ms: undefined },
  { text: "7 minutes", ms: undefined },
])("the duration $text is $ms ms", ({ text, ms }) => {
  expect(parseDuration(text)).toBe(ms);
});

test("missing settings have their defaults and unknown ones are ignored", () => {
  const { values, problems } = readSettings({
    snapshotFrequency: { value: "PT1H" },
    eventPriorityLogin: { value: "OFF" },
    other: 1,
  });
  expect(problems).toEqual([]);
  expect(values).toMatchObject({
    snapshotFrequency: "PT1H",
    eventPriorityLogin: "Off",
    maxMessageSizeInBytes: 204_800,
  });
});

test("a value of the wrong type refuses the whole update", () => {
  const { values, problems } = readSettings({
    snapshotFrequency: { value: "PT1H" },
    maxMessageSizeInBytes: { value: "big" },
  });
  expect(values).toBeUndefined();
  expect(problems).toMatchObject([{ name: "maxMessageSizeInBytes", errorType: "TypeMismatch" }]);
});

test("values that do not go together are told and applied", () => {
  const { values, problems } = readSettings({
    maxLocalCacheSizeInBytes: { value: 8192 },
    maxMessageSizeInBytes: { value: 10_000 },
  });
  expect(values?.maxLocalCacheSizeInBytes).toBe(8192);
  expect(problems.map(({ errorType }) => errorType)).toEqual(["Conflict", "NotOptimal"]);
});

test("a merge patch merges objects, removes with null and replaces everything else", () => {
  expect(mergePatch({ a: { b: 1, c: 2 }, d: [1] }, { a: { b: null, e: 3 }, d: [2] })).toEqual({
    a: { c: 2, e: 3 },
    d: [2],
  });
  expect(mergePatch({}, JSON.parse('{"__proto__":{"x":1}}'))).toEqual({});
});
