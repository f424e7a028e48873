#!/usr/bin/env node
// Which built-in rules speak up on a week of harmless work, and how often a device-day: nothing here should alert.
import { rules } from "@picket/detections";
import { silent } from "@picket/kit";
import { Engine, fromMatchRule } from "@picket/pipeline";
import { benignWeek, deviceDays } from "./benign-week.mjs";

const engine = new Engine(
  { rules: rules.filter(({ kind }) => kind === "match").map(fromMatchRule), correlations: [] },
  silent,
);
const events = benignWeek();
const alerts = new Map();
for (const event of events) {
  engine.ask(event, ({ rule, matched }) => {
    const day = new Date(event.at).toISOString().slice(0, 10);
    const key = `${rule.severity}\t${rule.id}\t${rule.entity(event)}`;
    const found = alerts.get(key) ?? {
      days: new Set(),
      matched,
      parent: event.item.ExtraDetails?.ParentExecutable,
    };
    found.days.add(`${event.deviceId} ${day}`);
    alerts.set(key, found);
  });
}
const serious = [...alerts].filter(([key]) => /^(?:High|Medium)/.test(key));
const count = serious.reduce((total, [, { days }]) => total + days.size, 0);
for (const [key, { days, parent }] of [...alerts].sort(([one], [other]) => (one < other ? -1 : 1)))
  console.log(`${key}\t${days.size} device-days\t${parent ?? ""}`);
console.log(
  `${events.length} events, ${deviceDays} device-days: ${count} alerts of Medium or higher, ${(count / deviceDays).toFixed(2)} a device-day.`,
);
