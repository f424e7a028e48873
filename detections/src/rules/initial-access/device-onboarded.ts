import { operationRule, wentWell } from "../../operation-rule.js";
import { textOf } from "../../rule.js";

/** A device was registered: good to know, and worth a look when nobody did it. */
export const deviceOnboarded = operationRule({
  id: "device-onboarded",
  alertType: "IoT_DeviceOnboarded",
  name: "DeviceOnboarded",
  severity: "Informational",
  about: "A device was registered: good to know, and worth a look when nobody did it.",
  tactics: ["Initial Access"],
  techniques: ["T1200"],
  remediation: "Nothing, if it was you. Otherwise remove the device and change the policy keys.",
  falsePositives: ["Every device that you register yourself."],
  sees: (event) =>
    textOf(event, "operationName") === "createDevice" && wentWell(event) ? event.deviceId : undefined,
  entity: () => "",
  title: (event) => `${event.deviceId} was registered`,
  reason: (event) =>
    `The registry took ${event.deviceId} on, asked by ${textOf(event, "ipAddress") || "the server itself"}.`,
  fires: [
    { operationName: "createDevice", resultType: "" },
    { operationName: "createDevice", ipAddress: "203.0.113.9" },
  ],
  silent: [
    { operationName: "createDevice", resultType: "409001" },
    { operationName: "deviceConnect" },
    { operationName: "createModule" },
  ],
});
