import { failedFor, operationRule } from "../../operation-rule.js";

/** A token was signed with a wrong key: somebody tries keys, or the device has an old one. */
export const sasTokenInvalid = operationRule({
  id: "sas-token-invalid",
  alertType: "IoT_Invalid_SAS_Token",
  name: "Invalid SAS token signature",
  severity: "Low",
  about: "A token was signed with a wrong key: somebody tries keys, or the device has an old one.",
  tactics: ["Initial Access"],
  techniques: ["T1078", "T1110"],
  remediation:
    "If the device was given a new key, update it there. Otherwise find out who is at that address.",
  falsePositives: [
    "A device whose clock is wrong, or one that was off while its key was changed; it tries again and again from its own address.",
  ],
  sees: failedFor("invalidSignature"),
  title: (event) => `A wrong key was used for ${event.deviceId}`,
  reason: (event, matched, hits) =>
    `${hits} token${hits === 1 ? "" : "s"} for ${event.deviceId} from ${matched} had a signature that neither of its keys makes.`,
  fires: [
    { cause: "invalidSignature", ipAddress: "203.0.113.9" },
    { cause: "invalidSignature", ipAddress: "2001:db8::9" },
    { cause: "invalidSignature", protocol: "Amqp", ipAddress: "203.0.113.9" },
  ],
  silent: [
    { cause: "expiredToken", ipAddress: "203.0.113.9" },
    { cause: "throttled", ipAddress: "203.0.113.9" },
    { cause: "timeout", ipAddress: "203.0.113.9" },
    { cause: "", ipAddress: "203.0.113.9" },
    { operationName: "deviceConnect", ipAddress: "203.0.113.9" },
  ],
});
