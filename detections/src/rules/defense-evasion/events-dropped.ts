import { eventRule } from "../../event-rule.js";
import { textOf } from "../../rule.js";

/** The agent of a device drops a large part of what it sees: it is overwhelmed, or somebody makes noise to hide. */
export const eventsDropped = eventRule({
  id: "events-dropped",
  alertType: "Picket_EventsDropped",
  name: "Agent drops many events",
  severity: "Low",
  about:
    "The agent of a device drops a large part of what it sees: it is overwhelmed, or somebody makes noise to hide.",
  tactics: ["Defense Evasion"],
  techniques: ["T1562.006"],
  remediation: "Look at what makes so many events; raise the agent's room or have repeats aggregated.",
  falsePositives: ["A build machine, or a device that was offline for long."],
  reads: "DroppedEventsStatistics",
  sees: (event) => {
    const dropped = Number(event.item["DroppedEvents"] ?? 0);
    const collected = Number(event.item["CollectedEvents"] ?? 0);
    return dropped >= 100 && dropped * 5 >= collected + dropped
      ? `${dropped} of ${Math.max(collected, dropped)}`
      : undefined;
  },
  entity: (event) => textOf(event, "Queue"),
  title: (event) => `The agent of ${event.deviceId} drops events`,
  reason: (event, matched) =>
    `${matched} events of the queue ${textOf(event, "Queue")} were dropped since the last report.`,
  fires: [
    ["half are dropped", { Queue: "Low", CollectedEvents: 1000, DroppedEvents: 500 }],
    ["all are dropped", { Queue: "High", CollectedEvents: 200, DroppedEvents: 200 }],
  ],
  silent: [
    ["none are dropped", { Queue: "Low", CollectedEvents: 1000, DroppedEvents: 0 }],
    ["a few of many", { Queue: "Low", CollectedEvents: 100000, DroppedEvents: 150 }],
    ["very few", { Queue: "Low", CollectedEvents: 20, DroppedEvents: 10 }],
  ],
});
