import { shown } from "../../rule.js";
import { extraOf, fieldOf, snapshotRule } from "../../snapshot-rule.js";

/** A cable was plugged into a network port of the device, or the port was switched on. */
export const ethernetConnected = snapshotRule({
  id: "ethernet-connected",
  alertType: "IoT_EthernetConnection",
  name: "New Ethernet Connection",
  severity: "High",
  about: "A cable was plugged into a network port of the device, or the port was switched on.",
  tactics: ["Initial Access"],
  techniques: ["T1200"],
  remediation: "Find out where the cable leads. Switch off ports that nobody needs.",
  falsePositives: ["A switch that was restarted, or a cable that was changed."],
  reads: "ConnectedHardware",
  on: "appears",
  remember: (item) =>
    fieldOf(item, "HardwareCategory") === "Network" &&
    fieldOf(item, "HardwareSubCategory") === "Wired" &&
    extraOf(item, "State") === "up"
      ? [fieldOf(item, "HardwareName"), extraOf(item, "Address")]
      : undefined,
  title: (key, deviceId) => `The network port ${key} of ${deviceId} is connected`,
  reason: (key, value) => `${shown(key)} (${value}) had no link in the last snapshot and has one now.`,
  cases: [
    {
      name: "a link comes up",
      before: [
        {
          HardwareCategory: "Network",
          HardwareSubCategory: "Wired",
          HardwareName: "eth1",
          ExtraDetails: { State: "down", Address: "02:00:00:00:00:01" },
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
      alerts: 1,
    },
    {
      name: "it was up before",
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
      name: "a bridge of containers",
      before: [],
      after: [
        {
          HardwareCategory: "Network",
          HardwareSubCategory: "Virtual",
          HardwareName: "docker0",
          ExtraDetails: { State: "up", Address: "02:00:00:00:00:01" },
        },
      ],
      alerts: 0,
    },
  ],
});
