import { fieldOf, snapshotRule } from "../../snapshot-rule.js";

const DOORS = new Set([
  "31337",
  "1337",
  "4444",
  "4445",
  "6666",
  "6667",
  "12345",
  "54321",
  "48101",
  "9999",
  "1234",
  "5554",
  "2323",
  "23231",
  "60001",
  "3460",
  "8787",
]);

/** A port waits for traffic that is known from back doors and bots and little else. */
export const knownDoorOpened = snapshotRule({
  id: "known-door-opened",
  alertType: "Picket_KnownDoorOpened",
  name: "Port opened that back doors use",
  severity: "High",
  about: "A port waits for traffic that is known from back doors and bots and little else.",
  tactics: ["Command and Control"],
  techniques: ["T1571", "T1205"],
  remediation: "Find out which program holds the port and how it came to the device.",
  falsePositives: ["Development servers at these ports."],
  reads: "ListeningPorts",
  on: "appears",
  remember: (item) =>
    ["", "0", "*"].includes(fieldOf(item, "RemotePort")) &&
    !/^(?:127\.|::1$)/.test(fieldOf(item, "LocalAddress")) &&
    DOORS.has(fieldOf(item, "LocalPort"))
      ? [`${fieldOf(item, "Protocol")}/${fieldOf(item, "LocalPort")}`, fieldOf(item, "LocalAddress")]
      : undefined,
  title: (key, deviceId) => `Port ${key} was opened on ${deviceId}`,
  reason: (key, value) =>
    `${key} at ${value || "every address"} waits for traffic and did not in the last snapshot; back doors use this port.`,
  cases: [
    {
      name: "a back door",
      before: [],
      after: [{ Protocol: "tcp", LocalAddress: "0.0.0.0", LocalPort: "31337", RemotePort: "*" }],
      alerts: 1,
    },
    {
      name: "a bot's port",
      before: [{ Protocol: "tcp", LocalAddress: "0.0.0.0", LocalPort: "22", RemotePort: "*" }],
      after: [
        { Protocol: "tcp", LocalAddress: "0.0.0.0", LocalPort: "22", RemotePort: "*" },
        { Protocol: "tcp", LocalAddress: "0.0.0.0", LocalPort: "48101", RemotePort: "*" },
      ],
      alerts: 1,
    },
    {
      name: "a web page",
      before: [],
      after: [{ Protocol: "tcp", LocalAddress: "0.0.0.0", LocalPort: "8080", RemotePort: "*" }],
      alerts: 0,
    },
    {
      name: "for the device itself",
      before: [],
      after: [{ Protocol: "tcp", LocalAddress: "127.0.0.1", LocalPort: "4444", RemotePort: "*" }],
      alerts: 0,
    },
  ],
});
