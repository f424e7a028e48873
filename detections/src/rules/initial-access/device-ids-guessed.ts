import { failedFor, operationRule, placeOf } from "../../operation-rule.js";

/** One address named many different ids that are not registered or whose keys it does not have: it looks for devices. */
export const deviceIdsGuessed = operationRule({
  id: "device-ids-guessed",
  alertType: "Picket_DeviceIdsGuessed",
  name: "Device ids are guessed",
  severity: "Medium",
  about:
    "One address named many different ids that are not registered or whose keys it does not have: it looks for devices.",
  tactics: ["Initial Access"],
  techniques: ["T1078", "T1110.003"],
  remediation:
    "Block the address at the hub's IP filter, and look for connections of that address that went well.",
  falsePositives: ["A factory that starts a batch of devices before they are registered."],
  threshold: { count: 10, minutes: 10, distinct: (event) => event.deviceId },
  isFleetWide: true,
  sees: failedFor("unknownDevice", "invalidSignature", "malformedToken"),
  title: (event) => `${placeOf(event)} guesses ids of devices`,
  reason: (_event, matched, hits) =>
    `${matched} named ${hits} different devices within 10 minutes that it could not prove to be.`,
  fires: [
    { cause: "unknownDevice", ipAddress: "203.0.113.9" },
    { cause: "invalidSignature", ipAddress: "203.0.113.9" },
  ],
  silent: [
    { cause: "unknownDevice", deviceId: "same", ipAddress: "203.0.113.9" },
    { cause: "", ipAddress: "203.0.113.9" },
    { cause: "expiredToken", ipAddress: "203.0.113.9" },
  ],
});
