import { describe, expect, test } from "vitest";
import { countedThing, faultsOf, readGroup, switchedOn, writeGroup } from "./group.js";

const stored = {
  timeWindowRules: [
    {
      displayName: "Number of failed local logins is not in allowed range",
      isEnabled: true,
      ruleType: "FailedLocalLoginsNotInAllowedRange",
      minThreshold: 0,
      maxThreshold: 5,
      timeWindowSize: "PT5M",
    },
    { displayName: "Number of x is not in allowed range", isEnabled: false, ruleType: "X" },
  ],
  allowlistRules: [
    {
      displayName: "Process that isn't allowed",
      isEnabled: true,
      ruleType: "ProcessNotAllowed",
      valueType: "String",
      allowlistValues: ["sshd"],
    },
  ],
  denylistRules: [],
  thresholdRules: [],
};

test("what is switched on is written as it was read, the rest is left out", () => {
  expect(writeGroup(readGroup(stored))).toEqual({
    timeWindowRules: [
      {
        ruleType: "FailedLocalLoginsNotInAllowedRange",
        isEnabled: true,
        minThreshold: 0,
        maxThreshold: 5,
        timeWindowSize: "PT5M",
      },
    ],
    allowlistRules: [{ ruleType: "ProcessNotAllowed", isEnabled: true, allowlistValues: ["sshd"] }],
    denylistRules: [],
  });
  expect(switchedOn(readGroup(stored))).toBe(2);
});

test("a window says what it counts", () => {
  expect(readGroup(stored).windows.map(countedThing)).toEqual(["failed local logins", "x"]);
});

describe("a group that cannot be tried", () => {
  test.each([
    { name: "has a range that is none", change: { minThreshold: 9 }, says: /larger than the largest/ },
    {
      name: "has nothing wrong when it is off",
      change: { minThreshold: 9, isEnabled: false },
      says: undefined,
    },
  ])("$name", ({ change, says }) => {
    const [rule, ...rest] = stored.timeWindowRules;
    const [fault] = faultsOf(readGroup({ ...stored, timeWindowRules: [{ ...rule, ...change }, ...rest] }));
    if (says) expect(fault).toMatch(says);
    else expect(fault).toBeUndefined();
  });

  test("has a list that is empty", () => {
    const allowlistRules = stored.allowlistRules.map((rule) => ({ ...rule, allowlistValues: [] }));
    expect(faultsOf(readGroup({ ...stored, allowlistRules }))).toEqual([
      "Process that isn't allowed: the list is empty.",
    ]);
  });
});
