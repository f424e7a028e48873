import { isInside } from "../../addresses.js";
import { eventRule } from "../../event-rule.js";
import { afterConnection } from "../../questions.js";
import { textOf } from "../../rule.js";

const DOORS = new Map([
  ["23", "telnet"],
  ["2323", "telnet"],
  ["2375", "containers"],
  ["5555", "Android bridge"],
  ["6379", "cache server"],
  ["502", "Modbus"],
  ["102", "S7"],
  ["47808", "BACnet"],
  ["20000", "DNP3"],
  ["10250", "kubelet"],
  ["2379", "cluster state"],
  ["9200", "search"],
  ["27017", "database"],
]);

/** Somebody from the outside reached a port that gives control of the device and should never be open to the world. */
export const adminDoorUsedFromOutside = eventRule({
  id: "admin-door-used-from-outside",
  alertType: "Picket_AdminDoorUsedFromOutside",
  name: "Door for administrators used from outside",
  severity: "High",
  about:
    "Somebody from the outside reached a port that gives control of the device and should never be open to the world.",
  tactics: ["Initial Access"],
  techniques: ["T1133", "T1190"],
  remediation: "Close the port towards the outside, and look at what was done over the connection.",
  falsePositives: ["None: these ports do not belong on the internet."],
  reads: "ConnectionCreate",
  witness: { field: "Direction", anyOf: ["in"] },
  sees: (event) =>
    textOf(event, "Direction") === "In" &&
    textOf(event, "RemoteAddress") !== "" &&
    !isInside(textOf(event, "RemoteAddress")) &&
    DOORS.has(textOf(event, "LocalPort"))
      ? `port ${textOf(event, "LocalPort")} (${DOORS.get(textOf(event, "LocalPort"))})`
      : undefined,
  entity: (event) => textOf(event, "LocalPort"),
  title: (event) =>
    `${textOf(event, "RemoteAddress")} reached ${event.deviceId} at port ${textOf(event, "LocalPort")}`,
  reason: (event, matched) =>
    `${textOf(event, "RemoteAddress")} connected to ${matched}, which gives control of the device.`,
  next: afterConnection,
  fires: [
    ["telnet", { Direction: "In", RemoteAddress: "203.0.113.9", LocalPort: "23" }],
    ["containers", { Direction: "In", RemoteAddress: "203.0.113.9", LocalPort: "2375" }],
    ["a controller", { Direction: "In", RemoteAddress: "203.0.113.9", LocalPort: "502" }],
  ],
  silent: [
    ["inside", { Direction: "In", RemoteAddress: "10.0.0.5", LocalPort: "23" }],
    ["a web page", { Direction: "In", RemoteAddress: "203.0.113.9", LocalPort: "443" }],
    ["outbound", { Direction: "Out", RemoteAddress: "203.0.113.9", LocalPort: "23" }],
  ],
});
