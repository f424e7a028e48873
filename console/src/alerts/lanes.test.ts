import { expect, test } from "vitest";
import { fingerprint, laneFor, marksOf, opened, summaryOf } from "./lanes.js";

const event = {
  RawEventName: "ProcessCreate",
  TimeStamp: "2026-01-01T00:00:00.000Z",
  EventDetails: JSON.stringify({ ProcessId: 7, CommandLine: "ls -l", Executable: "/bin/ls" }),
};

test("events near each other are one mark, and one marked among them marks it", () => {
  const at = (time: number, isMarked = false) => ({ lane: "Logins" as const, time, isMarked });
  expect(marksOf([at(0), at(1, true), at(500), at(2_000)], 0, 1_000)).toEqual([
    { lane: "Logins", at: 0, size: 2, isMarked: true },
    { lane: "Logins", at: 0.5, size: 1, isMarked: false },
  ]);
});

test("evidence is found again among the device's events", () => {
  const evidence = {
    ProcessId: 7,
    CommandLine: "ls -l",
    RawEventName: "ProcessCreate",
    TimeStamp: event.TimeStamp,
  };
  expect(fingerprint(opened(event))).toBe(fingerprint(evidence));
});

test.each([
  { name: "a process says its command line", of: opened(event), is: "ls -l  /bin/ls" },
  {
    name: "an unknown event says everything",
    of: { RawEventName: "New", TimeStamp: "t", A: 1 },
    is: '{"A":1}',
  },
])("$name", ({ of, is }) => {
  expect(summaryOf(of)).toBe(is);
});

test("an unknown event has a lane too", () => {
  expect(laneFor("Login")).toBe("Logins");
  expect(laneFor("Unheard")).toBe("State and settings");
});
