import { rule, textOf } from "../../rule.js";

const CONNECTIONS = 25;
const MINUTES = 60;
const USUAL = new Set(["22", "53", "80", "123", "443", "853", "1883", "5671", "8080", "8443", "8883"]);
const INSIDE =
  /^(?:10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|::1$|f[cde][0-9a-f]{2}:|fe80:)/i;
const beat = {
  Direction: "Out",
  RemoteAddress: "203.0.113.50",
  RemotePort: "4443",
  Executable: "/tmp/agent",
};

/** A program that calls one outside address again and again on an unusual port, as implants do to ask for orders. */
export const beaconToUnusualPort = rule({
  kind: "match",
  id: "beacon-to-unusual-port",
  alertType: "Picket_Beacon",
  name: "Beaconing to an outside address",
  severity: "Medium",
  about: `At least ${CONNECTIONS} connections within ${MINUTES} minutes to one outside address on a port that is not usual, as implants make to ask for orders.`,
  tactics: ["Command and Control"],
  techniques: ["T1571", "T1071"],
  remediation:
    "Find out which program connects and why. If nobody knows it, isolate the device and keep the program's file.",
  falsePositives: [
    "Programs that look for peers or report to a server of their own on a port of their own; name the server in an exception.",
  ],
  reads: "ConnectionCreate",
  threshold: { count: CONNECTIONS, minutes: MINUTES },
  matches: (event) => {
    const address = textOf(event, "RemoteAddress");
    const isOutside = textOf(event, "Direction") === "Out" && address !== "" && !INSIDE.test(address);
    const port = textOf(event, "RemotePort");
    return isOutside && port !== "" && port !== "0" && !USUAL.has(port) ? `${address}:${port}` : undefined;
  },
  entity: (event) => `${textOf(event, "RemoteAddress")}:${textOf(event, "RemotePort")}`,
  title: (event) =>
    `${textOf(event, "Executable") || "A program"} on ${event.deviceId} calls ${textOf(event, "RemoteAddress")} again and again`,
  reason: (event, matched, hits) =>
    `${textOf(event, "Executable")} opened ${hits} connections to ${matched} within ${MINUTES} minutes; ${CONNECTIONS} make an alert.`,
  cases: [
    {
      name: "one address, an unusual port, many times",
      events: Array.from({ length: CONNECTIONS }, (_, minute) => ({ minute: minute * 2, item: beat })),
      alerts: 1,
    },
    {
      name: "as many to a web port",
      events: Array.from({ length: 60 }, () => ({ item: { ...beat, RemotePort: "443" } })),
      alerts: 0,
    },
    {
      name: "as many inside the network",
      events: Array.from({ length: 60 }, () => ({ item: { ...beat, RemoteAddress: "10.1.2.3" } })),
      alerts: 0,
    },
    { name: "a few", events: Array.from({ length: 5 }, () => ({ item: beat })), alerts: 0 },
  ],
});
