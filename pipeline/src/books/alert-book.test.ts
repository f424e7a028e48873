import { type Recorder, silent } from "@picket/kit";
import type { Decision } from "@picket/schema";
import { expect, test } from "vitest";
import { AlertBook, type Suspicion } from "./alert-book.js";

const START = Date.parse("2026-03-01T10:00:00Z");
const DAY = 86_400_000;
const about: Suspicion["rule"] = {
  id: "miner",
  alertType: "IoT_CryptoMiner",
  name: "Miner",
  severity: "High",
  about: "A miner.",
  tactics: ["Impact"],
  techniques: ["T1496"],
  remediation: "Stop it.",
};
const suspicion = (given: Partial<Suspicion> = {}): Suspicion => ({
  rule: about,
  deviceId: "pump-7",
  moduleId: "",
  entity: "xmrig",
  at: START,
  receivedAt: START,
  title: "A miner on pump-7",
  reason: "It says xmrig.",
  hits: 1,
  evidence: { CommandLine: "xmrig" },
  next: [],
  ...given,
});
const book = (recorder: Recorder = silent): AlertBook => new AlertBook("Hub", recorder);
const decide = (alerts: AlertBook, id: string, given: Partial<Decision>): void =>
  alerts.decide(
    { alertIds: [id], action: "comment", actor: "ann", reason: "", ...given },
    START + 60_000,
    new Map(),
  );

test.each([
  { name: "the same again is one alert", other: {}, alerts: 1 },
  { name: "another entity is another alert", other: { entity: "minerd" }, alerts: 2 },
  { name: "another device is another alert", other: { deviceId: "pump-8" }, alerts: 2 },
  { name: "another day is another alert", other: { receivedAt: START + DAY }, alerts: 2 },
  { name: "another rule is another alert", other: { rule: { ...about, id: "other" } }, alerts: 2 },
])("$name", ({ other, alerts }) => {
  const both = book();
  both.raise(suspicion());
  both.raise(suspicion(other));
  expect(both.take().alerts).toHaveLength(alerts);
});

test("repeats raise the count, widen the span of time and keep the first and the latest evidence", () => {
  const alerts = book();
  for (let serial = 0; serial < 30; serial += 1)
    alerts.raise(suspicion({ at: START + serial * 1_000, hits: 2, evidence: { serial } }));
  alerts.raise(suspicion({ at: START - 5_000, evidence: { serial: "late" } }));
  const [alert] = alerts.take().alerts;
  expect(alert).toMatchObject({
    EventCount: 61,
    StartTime: new Date(START - 5_000).toISOString(),
    EndTime: new Date(START + 29_000).toISOString(),
  });
  const evidence = alert?.Evidence as { serial: unknown }[];
  expect(evidence).toHaveLength(20);
  expect([evidence[0]?.serial, evidence.at(-1)?.serial]).toEqual([0, "late"]);
});

test("the id of an alert is the same in every replay", () => {
  const ids = [book(), book()].map((alerts) => {
    alerts.raise(suspicion());
    return alerts.take().alerts[0]?.SystemAlertId;
  });
  expect(ids[0]).toBe(ids[1]);
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
});

test.each([
  {
    name: "acknowledging takes it into work and owns it",
    given: { action: "acknowledge" },
    alert: { Status: "InProgress", Owner: "ann" },
  },
  {
    name: "assigning names an owner",
    given: { action: "assign", owner: "bob" },
    alert: { Status: "New", Owner: "bob" },
  },
  {
    name: "closing says what it was",
    given: { action: "close", disposition: "duplicate", reason: "of 7" },
    alert: { Status: "Closed", StatusReason: "duplicate: of 7" },
  },
  { name: "reopening makes it new", given: { action: "reopen" }, alert: { Status: "New", StatusReason: "" } },
] as const)("$name", ({ given, alert }) => {
  const alerts = book();
  alerts.raise(suspicion());
  const id = String(alerts.take().alerts[0]?.SystemAlertId);
  decide(alerts, id, given);
  const taken = alerts.take();
  expect(taken.alerts).toMatchObject([alert]);
  expect(taken.history).toMatchObject([{ Actor: "ann", FromStatus: "New" }]);
});

test.each([
  { disposition: "falsePositive", alerts: 1 },
  { disposition: "benignPositive", alerts: 1 },
  { disposition: "truePositive", alerts: 2 },
] as const)(
  "after closing as $disposition a repeat makes $alerts alerts in all",
  ({ disposition, alerts }) => {
    const both = book();
    both.raise(suspicion());
    decide(both, String(both.take().alerts[0]?.SystemAlertId), { action: "close", disposition });
    both.raise(suspicion());
    expect(both.save().open).toHaveLength(alerts);
  },
);

test("one rule on one device makes a bounded number of alerts a day and the rest is counted", () => {
  const counted: string[] = [];
  const alerts = book({ ...silent, count: (counter) => counted.push(counter) });
  for (let serial = 0; serial < 1_010; serial += 1) alerts.raise(suspicion({ entity: String(serial) }));
  expect(alerts.take().alerts).toHaveLength(1_000);
  expect(counted.filter((counter) => counter === "picket_pipeline_alerts_capped_total")).toHaveLength(10);
});

test("days that are over are forgotten and can still be decided on from the tables", () => {
  const alerts = book();
  alerts.raise(suspicion());
  const [row] = alerts.take().alerts;
  const id = String(row?.SystemAlertId);
  alerts.forget(START + 3 * DAY);
  expect(alerts.unknown([id])).toEqual([id]);
  const decision: Decision = {
    alertIds: [id],
    action: "close",
    actor: "ann",
    reason: "old",
    disposition: "other",
  };
  alerts.decide(decision, START + 3 * DAY, new Map([[id, row!]]));
  expect(alerts.take().alerts).toMatchObject([{ Status: "Closed", StatusReason: "other: old" }]);
});

test("a restored book goes on where it stopped", () => {
  const before = book();
  before.raise(suspicion());
  before.take();
  const after = book();
  after.restore(JSON.parse(JSON.stringify(before.save())));
  after.raise(suspicion());
  expect(after.take().alerts).toMatchObject([{ EventCount: 2 }]);
});

test("alerts that are followed by others of their kind are forgotten with their day", () => {
  const alerts = book();
  alerts.raise(suspicion());
  decide(alerts, String(alerts.take().alerts[0]?.SystemAlertId), {
    action: "close",
    disposition: "truePositive",
  });
  alerts.raise(suspicion());
  expect(alerts.save().open).toHaveLength(2);
  alerts.forget(START + 3 * DAY);
  expect(alerts.save()).toEqual({ open: [], keys: [], counts: [], late: [] });
});
