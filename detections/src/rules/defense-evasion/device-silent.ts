import { rule } from "../../rule.js";

const HOURS = 72;

/** A device that used to speak says nothing: it is off, cut off, or somebody silenced its agent. */
export const deviceSilent = rule({
  kind: "silence",
  id: "device-silent",
  alertType: "IoT_DeviceSilent",
  name: "Device silent",
  severity: "Low",
  about: `A device that used to speak has said nothing for ${HOURS} hours: it is off, cut off, or somebody silenced its agent.`,
  tactics: ["Defense Evasion"],
  techniques: ["T1562.001"],
  remediation: "Check whether the device is on and reaches the hub, then whether its agent runs.",
  falsePositives: [
    "Devices that sleep for days, or that were taken out of service without being disabled at the hub.",
  ],
  hours: HOURS,
  title: (deviceId) => `${deviceId} has gone silent`,
  reason: (deviceId, hours) =>
    `The last message of ${deviceId} came ${hours} hours ago; ${HOURS} make an alert.`,
});
