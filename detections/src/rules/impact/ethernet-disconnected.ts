import { shown } from "../../rule.js";
import { extraOf, fieldOf, snapshotRule } from "../../snapshot-rule.js";

/** A network port of the device that had a link has none any more. */
export const ethernetDisconnected = snapshotRule({
  id: "ethernet-disconnected",
  alertType: "IoT_EthernetDisconnection",
  name: "Ethernet Disconnection",
  severity: "High",
  about: "A network port of the device that had a link has none any more.",
  tactics: ["Impact"],
  techniques: ["T1200", "T0814"],
  remediation: "Look at the cable and at what it led to.",
  falsePositives: ["A switch that is restarted."],
  reads: "ConnectedHardware",
  on: "vanishes",
  remember: (item) =>
    fieldOf(item, "HardwareCategory") === "Network" &&
    fieldOf(item, "HardwareSubCategory") === "Wired" &&
    extraOf(item, "State") === "up"
      ? [fieldOf(item, "HardwareName"), extraOf(item, "Address")]
      : undefined,
  title: (key, deviceId) => `The network port ${key} of ${deviceId} has no link any more`,
  reason: (key, value) => `${shown(key)} (${value}) had a link in the last snapshot and has none now.`,
  cases: [
    {
      name: "a link goes down",
      before: [
        {
          HardwareCategory: "Network",
          HardwareSubCategory: "Wired",
          HardwareName: "eth1",
          ExtraDetails: { State: "up", Address: "02:00:00:00:00:01" },
        },
        {
          HardwareCategory: "Network",
          HardwareSubCategory: "Wired",
          HardwareName: "eth0",
          ExtraDetails: { State: "up", Address: "02:00:00:00:00:01" },
        },
      ],
      after: [
        {
          HardwareCategory: "Network",
          HardwareSubCategory: "Wired",
          HardwareName: "eth1",
          ExtraDetails: { State: "down", Address: "02:00:00:00:00:01" },
        },
        {
          HardwareCategory: "Network",
          HardwareSubCategory: "Wired",
          HardwareName: "eth0",
          ExtraDetails: { State: "up", Address: "02:00:00:00:00:01" },
        },
      ],
      alerts: 1,
    },
    {
      name: "it stays up",
      before: [
        {
          HardwareCategory: "Network",
          HardwareSubCategory: "Wired",
          HardwareName: "eth1",
          ExtraDetails: { State: "up", Address: "02:00:00:00:00:01" },
        },
      ],
      after: [
        {
          HardwareCategory: "Network",
          HardwareSubCategory: "Wired",
          HardwareName: "eth1",
          ExtraDetails: { State: "up", Address: "02:00:00:00:00:01" },
        },
      ],
      alerts: 0,
    },
    {
      name: "a bridge goes",
      before: [
        {
          HardwareCategory: "Network",
          HardwareSubCategory: "Virtual",
          HardwareName: "br0",
          ExtraDetails: { State: "up", Address: "02:00:00:00:00:01" },
        },
      ],
      after: [],
      alerts: 0,
    },
  ],
});
