import { failedFor, operationRule } from "../../operation-rule.js";

/** A device that was disabled still tries to connect: it was not taken out of service, or its key is in other hands. */
export const disabledDeviceRefused = operationRule({
  id: "disabled-device-refused",
  alertType: "Picket_DisabledDevice",
  name: "Disabled device tried to connect",
  severity: "Medium",
  about:
    "A device that was disabled still tries to connect: it was not taken out of service, or its key is in other hands.",
  tactics: ["Initial Access"],
  techniques: ["T1078"],
  remediation: "Take the device out of service, or enable it again if it was disabled by mistake.",
  falsePositives: ["A device that is still on the wall and was only disabled at the hub."],
  sees: failedFor("disabledDevice"),
  title: (event) => `${event.deviceId} is disabled and tried to connect`,
  reason: (event, matched) =>
    `${event.deviceId} was disabled by its owner and tried to connect from ${matched}.`,
  fires: [
    { cause: "disabledDevice", ipAddress: "203.0.113.9" },
    { cause: "disabledDevice", ipAddress: "2001:db8::9" },
    { cause: "disabledDevice", protocol: "Amqp", ipAddress: "203.0.113.9" },
  ],
  silent: [
    { cause: "unknownDevice", ipAddress: "203.0.113.9" },
    { cause: "expiredToken", ipAddress: "203.0.113.9" },
    { cause: "timeout", ipAddress: "203.0.113.9" },
    { cause: "", ipAddress: "203.0.113.9" },
    { operationName: "deviceConnect", ipAddress: "203.0.113.9" },
  ],
});
