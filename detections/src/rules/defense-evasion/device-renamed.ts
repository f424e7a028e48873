import { shown } from "../../rule.js";
import { fieldOf, snapshotRule } from "../../snapshot-rule.js";

/** A device calls itself by another name than before: it was replaced, copied or disguised. */
export const deviceRenamed = snapshotRule({
  id: "device-renamed",
  alertType: "Picket_DeviceRenamed",
  name: "Name of the device changed",
  severity: "Low",
  about: "A device calls itself by another name than before: it was replaced, copied or disguised.",
  tactics: ["Defense Evasion"],
  techniques: ["T1036"],
  remediation: "Make sure that it is the device that you think it is.",
  falsePositives: ["Somebody who renamed it."],
  reads: "SystemInformation",
  on: "changes",
  remember: (item) => ["name", fieldOf(item, "HostName")],
  title: (_key, deviceId) => `${deviceId} calls itself by another name`,
  reason: (_key, value, before) => `It was ${shown(before)} and is ${shown(value)} now.`,
  cases: [
    { name: "renamed", before: [{ HostName: "pump-7" }], after: [{ HostName: "kali" }], alerts: 1 },
    { name: "the same", before: [{ HostName: "pump-7" }], after: [{ HostName: "pump-7" }], alerts: 0 },
    { name: "for the first time", before: [], after: [{ HostName: "pump-7" }], alerts: 0 },
  ],
});
