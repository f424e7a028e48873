import { shown } from "../../rule.js";
import { fieldOf, snapshotRule } from "../../snapshot-rule.js";

/** The operating system or the firmware of a device is another one than before. */
export const deviceRebuilt = snapshotRule({
  id: "device-rebuilt",
  alertType: "Picket_DeviceRebuilt",
  name: "Operating system of the device changed",
  severity: "Informational",
  about: "The operating system or the firmware of a device is another one than before.",
  tactics: ["Persistence"],
  techniques: ["T1601.001"],
  remediation: "Nothing, if you updated it. Otherwise find out what was put on the device.",
  falsePositives: ["Every update of the system."],
  reads: "SystemInformation",
  on: "changes",
  remember: (item) => [
    "system",
    `${fieldOf(item, "OSName")} ${fieldOf(item, "OSVersion")} ${fieldOf(item, "BIOSVersion")}`.trim(),
  ],
  title: (_key, deviceId) => `The system of ${deviceId} changed`,
  reason: (_key, value, before) => `It was ${shown(before)} and is ${shown(value)} now.`,
  cases: [
    {
      name: "an update",
      before: [{ OSName: "Debian", OSVersion: "11" }],
      after: [{ OSName: "Debian", OSVersion: "12" }],
      alerts: 1,
    },
    {
      name: "the same",
      before: [{ OSName: "Debian", OSVersion: "12" }],
      after: [{ OSName: "Debian", OSVersion: "12", FreePhysicalMemoryInKB: 5 }],
      alerts: 0,
    },
    { name: "for the first time", before: [], after: [{ OSName: "Debian", OSVersion: "12" }], alerts: 0 },
  ],
});
