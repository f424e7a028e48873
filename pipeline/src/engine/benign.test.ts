import { rules } from "@picket/detections";
import { silent } from "@picket/kit";
import { expect, test } from "vitest";
// @ts-expect-error a generator without types
import { benignWeek, deviceDays } from "../../../bench/detect/benign-week.mjs";
import { Engine } from "./engine.js";
import { fromMatchRule } from "./engine-rule.js";

/** What still speaks up although it is harmless; each is explained in detections/README.md. */
const known: readonly string[] = [];

test("a week of harmless work on a build machine and three devices alerts nobody", () => {
  const engine = new Engine(
    { rules: rules.filter((rule) => rule.kind === "match").map(fromMatchRule), correlations: [] },
    silent,
  );
  const alerts = new Set<string>();
  for (const event of benignWeek()) {
    engine.ask(event, ({ rule }) => {
      const day = new Date(event.at).toISOString().slice(0, 10);
      if (rule.severity === "High" || rule.severity === "Medium")
        alerts.add(`${rule.id}: ${rule.entity(event)} on ${event.deviceId}, ${day}`);
    });
  }
  const unknown = [...alerts].filter((alert) => !known.includes(alert.split(":")[0] ?? ""));
  expect(unknown).toEqual([]);
  expect(alerts.size / deviceDays).toBeLessThanOrEqual(1);
});
