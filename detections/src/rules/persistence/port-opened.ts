import { fieldOf, snapshotRule } from "../../snapshot-rule.js";

/** A port waits for traffic from outside that did not before. */
export const portOpened = snapshotRule({
  id: "port-opened",
  alertType: "Picket_PortOpened",
  name: "New port waits for traffic",
  severity: "Low",
  about: "A port waits for traffic from outside that did not before.",
  tactics: ["Persistence", "Command and Control"],
  techniques: ["T1571"],
  remediation:
    "Find out which program holds the port. Stop it or let the firewall admit known addresses only.",
  falsePositives: [
    "A service that was installed; programs that take another port each time, which are left alone from 32768 on.",
  ],
  reads: "ListeningPorts",
  on: "appears",
  remember: (item) =>
    ["", "0", "*"].includes(fieldOf(item, "RemotePort")) &&
    !/^(?:127\.|::1$)/.test(fieldOf(item, "LocalAddress")) &&
    /^tcp/.test(fieldOf(item, "Protocol")) &&
    Number(fieldOf(item, "LocalPort")) < 32768
      ? [
          `${fieldOf(item, "Protocol").slice(0, 3)}/${fieldOf(item, "LocalPort")}`,
          fieldOf(item, "LocalAddress"),
        ]
      : undefined,
  title: (key, deviceId) => `Port ${key} waits for traffic on ${deviceId}`,
  reason: (key, value) =>
    `${key} at ${value || "every address"} waits for traffic and did not in the last snapshot.`,
  cases: [
    {
      name: "a new service",
      before: [{ Protocol: "tcp", LocalAddress: "0.0.0.0", LocalPort: "22", RemotePort: "*" }],
      after: [
        { Protocol: "tcp", LocalAddress: "0.0.0.0", LocalPort: "22", RemotePort: "*" },
        { Protocol: "tcp", LocalAddress: "0.0.0.0", LocalPort: "8888", RemotePort: "*" },
      ],
      alerts: 1,
    },
    {
      name: "for the device itself",
      before: [],
      after: [{ Protocol: "tcp", LocalAddress: "127.0.0.1", LocalPort: "631", RemotePort: "*" }],
      alerts: 0,
    },
    {
      name: "one that changes each time",
      before: [],
      after: [{ Protocol: "tcp", LocalAddress: "0.0.0.0", LocalPort: "45123", RemotePort: "*" }],
      alerts: 0,
    },
    {
      name: "the same",
      before: [{ Protocol: "tcp", LocalAddress: "0.0.0.0", LocalPort: "22", RemotePort: "*" }],
      after: [{ Protocol: "tcp", LocalAddress: "0.0.0.0", LocalPort: "22", RemotePort: "*" }],
      alerts: 0,
    },
  ],
});
