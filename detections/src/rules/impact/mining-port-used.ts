import { isInside } from "../../addresses.js";
import { eventRule, many } from "../../event-rule.js";
import { afterConnection } from "../../questions.js";
import { textOf } from "../../rule.js";

/** A program opened connections to the outside at a port that mining pools use and little else does. */
export const miningPortUsed = eventRule({
  id: "mining-port-used",
  alertType: "Picket_MiningPortUsed",
  name: "Connection to a port of mining pools",
  severity: "Medium",
  about: "A program opened connections to the outside at a port that mining pools use and little else does.",
  tactics: ["Impact"],
  techniques: ["T1496.001"],
  remediation: "Find out which program it is; look at how busy the processor is.",
  falsePositives: ["Development servers and games at these ports; they lie inside the network as a rule."],
  reads: "ConnectionCreate",
  witness: {
    field: "RemotePort",
    anyOf: ["3333", "5555", "7777", "14444", "14433", "45700", "10128", "20128", "3357", "13333", "9999"],
  },
  threshold: { count: 2, minutes: 60 },
  sees: (event) =>
    textOf(event, "Direction") === "Out" &&
    textOf(event, "RemoteAddress") !== "" &&
    !isInside(textOf(event, "RemoteAddress")) &&
    /^(?:3333|7777|14444|14433|45700|10128|20128|3357|13333)$/.test(textOf(event, "RemotePort")) &&
    !/\/(?:sshd?|firefox|chrom\w*|java|docker-proxy)$/.test(textOf(event, "Executable"))
      ? `${textOf(event, "RemoteAddress")}:${textOf(event, "RemotePort")}`
      : undefined,
  entity: (event) => textOf(event, "Executable"),
  title: (event) => `${event.deviceId} may be mining`,
  reason: (event, matched, hits) =>
    `${textOf(event, "Executable") || "A program"} opened ${hits} connections to ${matched} within an hour, a port of mining pools.`,
  next: afterConnection,
  fires: [
    many("two connections", 2, () => ({
      Direction: "Out",
      RemoteAddress: "203.0.113.9",
      RemotePort: "3333",
      Executable: "/usr/bin/kd",
    })),
    [
      "an aggregated one",
      { Direction: "Out", RemoteAddress: "203.0.113.9", RemotePort: "14444", Executable: "/tmp/x" },
      { Direction: "Out", RemoteAddress: "203.0.113.9", RemotePort: "14444", Executable: "/tmp/x" },
    ],
  ],
  silent: [
    many("inside", 5, () => ({ Direction: "Out", RemoteAddress: "10.0.0.5", RemotePort: "3333" })),
    many("web pages", 5, () => ({ Direction: "Out", RemoteAddress: "203.0.113.9", RemotePort: "443" })),
    ["one only", { Direction: "Out", RemoteAddress: "203.0.113.9", RemotePort: "3333" }],
  ],
});
