import { expect, test } from "vitest";
import { replayRule } from "./replay-rule.js";

const START = Date.parse("2026-03-01T10:00:00Z");
const failure = (minute: number, RemoteAddress = "203.0.113.7") => ({
  deviceId: "pump-7",
  moduleId: "",
  name: "Login",
  at: START + minute * 60_000,
  receivedAt: START + minute * 60_000,
  item: { Result: "Fail", UserName: "root", RemoteAddress },
});

test.each([
  {
    name: "enough failures within the window",
    events: Array.from({ length: 8 }, (_, minute) => failure(minute)),
    hits: 1,
  },
  { name: "as many over a day", events: Array.from({ length: 8 }, (_, hour) => failure(hour * 60)), hits: 0 },
  {
    name: "as many from many places",
    events: Array.from({ length: 8 }, (_, host) => failure(0, `203.0.113.${host}`)),
    hits: 0,
  },
])("a rule of the product is replayed with its window: $name", ({ events, hits }) => {
  expect(replayRule("brute-force-failed", events)).toMatchObject({ hits, devices: hits });
});

test("a rule that is not there finds nothing", () => {
  expect(replayRule("no-such-rule", [failure(0)])).toEqual({ hits: 0, devices: 0 });
});
