import { operationRule, placeOf, wentWell } from "../../operation-rule.js";
import { textOf } from "../../rule.js";

/** Many different devices were deleted within minutes: a fleet is locked out. */
export const devicesDeletedInBulk = operationRule({
  id: "devices-deleted-in-bulk",
  alertType: "Picket_DevicesDeleted",
  name: "Many devices deleted",
  severity: "High",
  about: "Many different devices were deleted within minutes: a fleet is locked out.",
  tactics: ["Impact"],
  techniques: ["T1485", "T1531"],
  remediation:
    "Stop whoever does it by changing the key of the policy, and put the devices back from a backup.",
  falsePositives: ["Taking a batch of devices out of service."],
  threshold: { count: 20, minutes: 10, distinct: (event) => event.deviceId },
  isFleetWide: true,
  sees: (event) =>
    textOf(event, "operationName") === "deleteDevice" && wentWell(event) ? placeOf(event) : undefined,
  title: (event) => `${placeOf(event)} deletes devices of the hub`,
  reason: (_event, matched, hits) => `${hits} devices were deleted from ${matched} within 10 minutes.`,
  fires: [{ operationName: "deleteDevice", ipAddress: "203.0.113.9" }],
  silent: [
    { operationName: "deleteDevice", ipAddress: "203.0.113.9" },
    { operationName: "deleteDevice", cause: "forbidden", ipAddress: "203.0.113.9" },
    { operationName: "createDevice", ipAddress: "203.0.113.9" },
  ],
});
