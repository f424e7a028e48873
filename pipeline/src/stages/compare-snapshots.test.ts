import { rules, type SnapshotRule } from "@picket/detections";
import { silent } from "@picket/kit";
import { expect, test } from "vitest";
import { AlertBook } from "../books/alert-book.js";
import { SnapshotComparison } from "./compare-snapshots.js";

const comparing = rules.filter((rule): rule is SnapshotRule => rule.kind === "snapshot");
const START = Date.parse("2026-03-01T00:00:00Z");
const user = (UserName: string, GroupNames = UserName): Record<string, unknown> => ({
  UserName,
  UserId: "1000",
  GroupNames,
  GroupIds: "1000",
});
const look = (
  comparison: SnapshotComparison,
  book: AlertBook,
  items: readonly Record<string, unknown>[],
  deviceId = "pump-7",
): void => comparison.look(deviceId, { name: "LocalUsers", at: START, receivedAt: START, items }, book);

const alertsOf = (book: AlertBook): string[] => book.take().alerts.map(({ RuleId }) => String(RuleId));

test("the first snapshot of a device is only remembered", () => {
  const book = new AlertBook("hub", silent);
  look(new SnapshotComparison(comparing), book, [user("root"), user("eve", "eve;sudo")]);
  expect(alertsOf(book)).toEqual([]);
});

test.each([
  { name: "a user that is gone is told", after: [user("root")], told: ["user-deleted"] },
  {
    name: "a user in a new group is told",
    after: [user("root"), user("ann", "ann;sudo")],
    told: ["user-added-to-group"],
  },
  { name: "the same again is not told", after: [user("root"), user("ann")], told: [] },
])("$name", ({ after, told }) => {
  const book = new AlertBook("hub", silent);
  const comparison = new SnapshotComparison(comparing);
  look(comparison, book, [user("root"), user("ann")]);
  look(comparison, book, after);
  expect(alertsOf(book)).toEqual(told);
});

test("devices are compared with themselves only", () => {
  const book = new AlertBook("hub", silent);
  const comparison = new SnapshotComparison(comparing);
  look(comparison, book, [user("root"), user("ann")], "pump-7");
  look(comparison, book, [user("root")], "pump-8");
  expect(alertsOf(book)).toEqual([]);
});

test("the snapshot before a restart is compared with the one after it", () => {
  const book = new AlertBook("hub", silent);
  const before = new SnapshotComparison(comparing);
  look(before, book, [user("root"), user("ann")]);
  const after = new SnapshotComparison(comparing);
  after.restore(JSON.parse(JSON.stringify(before.save())));
  look(after, book, [user("root")]);
  expect(alertsOf(book)).toEqual(["user-deleted"]);
});
