import { eventRule } from "../../event-rule.js";
import { textOf } from "../../rule.js";

/** A collector of the agent has no source left: it cannot see what it is there for. */
export const collectorBlind = eventRule({
  id: "collector-blind",
  alertType: "Picket_CollectorBlind",
  name: "Agent cannot see any more",
  severity: "Medium",
  about: "A collector of the agent has no source left: it cannot see what it is there for.",
  tactics: ["Defense Evasion"],
  techniques: ["T1562.001", "T1562.006"],
  remediation: "Read the reason; give the agent the rights it asks for, or look for whoever took them.",
  falsePositives: ["Kernels without a feature; the reason names it, and it was so from the beginning."],
  needs: "the agent's report of its own collectors",
  reads: "CollectorHealth",
  witness: { field: "Source", anyOf: ["none"] },
  sees: (event) =>
    textOf(event, "Source") === "none" &&
    /^(?:ProcessCreate|Login|ConnectionCreate|FileChange)$/.test(textOf(event, "Collector"))
      ? textOf(event, "Collector")
      : undefined,
  entity: (event) => textOf(event, "Collector"),
  title: (event) => `The agent of ${event.deviceId} does not see ${textOf(event, "Collector")} any more`,
  reason: (event, matched) =>
    `No source serves ${matched}: ${textOf(event, "Reason") || "no reason was given"}.`,
  fires: [
    ["programs", { Collector: "ProcessCreate", Source: "none", Reason: "no right" }],
    ["logins", { Collector: "Login", Source: "none" }],
  ],
  silent: [
    ["a good source", { Collector: "ProcessCreate", Source: "ebpf" }],
    ["containers, of which there are none", { Collector: "Containers", Source: "none" }],
  ],
});
