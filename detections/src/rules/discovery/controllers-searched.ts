import { eventRule, many } from "../../event-rule.js";
import { afterConnection } from "../../questions.js";
import { textOf } from "../../rule.js";

const PORTS = new Map([
  ["502", "Modbus"],
  ["102", "S7"],
  ["20000", "DNP3"],
  ["44818", "EtherNet/IP"],
  ["47808", "BACnet"],
  ["4840", "OPC UA"],
  ["1911", "Fox"],
  ["9600", "FINS"],
  ["2404", "IEC 104"],
  ["789", "Crimson"],
]);

/** A device tried the ports of industrial controllers at many different addresses: somebody maps the plant. */
export const controllersSearched = eventRule({
  id: "controllers-searched",
  alertType: "Picket_ControllersSearched",
  name: "Controllers of the plant searched",
  severity: "High",
  about:
    "A device tried the ports of industrial controllers at many different addresses: somebody maps the plant.",
  tactics: ["Discovery"],
  techniques: ["T0846", "T1046"],
  remediation: "Find out which program it is and stop it; tell whoever runs the plant.",
  falsePositives: [
    "Engineering stations and gateways that poll controllers; they ask the same few each time.",
  ],
  reads: "ConnectionCreate",
  witness: {
    field: "RemotePort",
    anyOf: ["502", "102", "20000", "44818", "47808", "4840", "1911", "9600", "2404", "789"],
  },
  threshold: { count: 12, minutes: 10, distinct: (event) => textOf(event, "RemoteAddress") },
  sees: (event) =>
    textOf(event, "Direction") === "Out" && PORTS.has(textOf(event, "RemotePort"))
      ? `port ${textOf(event, "RemotePort")} (${PORTS.get(textOf(event, "RemotePort"))})`
      : undefined,
  entity: (event) => textOf(event, "RemotePort"),
  title: (event) => `${event.deviceId} searches controllers of the plant`,
  reason: (event, matched, hits) =>
    `${textOf(event, "Executable") || "A program"} tried ${matched} of ${hits} addresses within 10 minutes; 12 make an alert.`,
  next: afterConnection,
  fires: [
    many("Modbus", 12, (n) => ({
      Direction: "Out",
      RemoteAddress: `10.2.0.${n}`,
      RemotePort: "502",
      Executable: "/usr/bin/python3",
    })),
    many("S7", 12, (n) => ({ Direction: "Out", RemoteAddress: `10.2.0.${n}`, RemotePort: "102" })),
  ],
  silent: [
    many("a gateway polls three controllers", 60, (n) => ({
      Direction: "Out",
      RemoteAddress: `10.2.0.${n % 3}`,
      RemotePort: "502",
    })),
    many("web pages", 40, (n) => ({ Direction: "Out", RemoteAddress: `10.2.0.${n}`, RemotePort: "443" })),
    many("inbound", 40, (n) => ({ Direction: "In", RemoteAddress: `10.2.0.${n}`, RemotePort: "502" })),
  ],
});
