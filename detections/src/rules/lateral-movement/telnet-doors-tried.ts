import { eventRule, many } from "../../event-rule.js";
import { afterConnection } from "../../questions.js";
import { textOf } from "../../rule.js";

/** A device tried the doors of many different addresses that bots knock on: telnet, the vendors' ports, the Android bridge. It is infected and spreads. */
export const telnetDoorsTried = eventRule({
  id: "telnet-doors-tried",
  alertType: "Picket_TelnetDoorsTried",
  name: "Doors of many devices tried",
  severity: "High",
  about:
    "A device tried the doors of many different addresses that bots knock on: telnet, the vendors' ports, the Android bridge. It is infected and spreads.",
  tactics: ["Lateral Movement", "Discovery"],
  techniques: ["T1046", "T1595.001", "T1110.001"],
  remediation:
    "Take the device off the network at once, restart it from a good image, and change its passwords before it comes back.",
  falsePositives: ["Inventory scanners of your own; name their device in an exception."],
  reads: "ConnectionCreate",
  witness: { field: "RemotePort", anyOf: ["23", "7547", "5555", "37215", "52869", "60001", "81", "9527"] },
  threshold: { count: 15, minutes: 5, distinct: (event) => textOf(event, "RemoteAddress") },
  sees: (event) =>
    textOf(event, "Direction") === "Out" &&
    /^(?:23|2323|7547|5555|37215|52869|60001|9527|26)$/.test(textOf(event, "RemotePort"))
      ? `port ${textOf(event, "RemotePort")}`
      : undefined,
  entity: (event) => textOf(event, "Executable"),
  title: (event) => `${event.deviceId} knocks at the doors of other devices`,
  reason: (event, matched, hits) =>
    `${textOf(event, "Executable") || "A program"} tried ${matched} of ${hits} different addresses within 5 minutes; 15 make an alert.`,
  next: afterConnection,
  fires: [
    many("fifteen addresses", 15, (n) => ({
      Direction: "Out",
      RemoteAddress: `203.0.113.${n}`,
      RemotePort: "23",
      Executable: "/tmp/m",
    })),
    many("the Android bridge", 15, (n) => ({
      Direction: "Out",
      RemoteAddress: `10.0.${n}.9`,
      RemotePort: "5555",
      Executable: "/tmp/m",
    })),
  ],
  silent: [
    many("one console server", 40, () => ({ Direction: "Out", RemoteAddress: "10.0.0.9", RemotePort: "23" })),
    many("web pages", 40, (n) => ({ Direction: "Out", RemoteAddress: `203.0.113.${n}`, RemotePort: "443" })),
    many("others knock here", 40, (n) => ({
      Direction: "In",
      RemoteAddress: `203.0.113.${n}`,
      RemotePort: "23",
    })),
  ],
});
