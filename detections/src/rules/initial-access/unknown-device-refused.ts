import { failedFor, operationRule } from "../../operation-rule.js";

/** Somebody tried an id that is not registered, several times: devices that were forgotten, or ids that are guessed. */
export const unknownDeviceRefused = operationRule({
  id: "unknown-device-refused",
  alertType: "Picket_UnknownDevice",
  name: "Unknown device tried to connect",
  severity: "Low",
  about:
    "Somebody tried an id that is not registered, several times: devices that were forgotten, or ids that are guessed.",
  tactics: ["Initial Access"],
  techniques: ["T1078"],
  remediation: "Register the device if it is yours; otherwise block the address.",
  falsePositives: ["A device that was deleted at the hub and still runs."],
  threshold: { count: 5, minutes: 10 },
  sees: failedFor("unknownDevice"),
  title: (event) => `An unknown device ${event.deviceId} tried to connect`,
  reason: (event, matched, hits) =>
    `${hits} connections from ${matched} within 10 minutes named ${event.deviceId}, which is not registered.`,
  fires: [{ cause: "unknownDevice", ipAddress: "203.0.113.9" }],
  silent: [
    { cause: "invalidSignature", ipAddress: "203.0.113.9" },
    { cause: "", ipAddress: "203.0.113.9" },
    { cause: "disabledDevice", ipAddress: "203.0.113.9" },
  ],
});
