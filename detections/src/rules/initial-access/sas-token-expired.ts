import { failedFor, operationRule } from "../../operation-rule.js";

/** A token was used after its time: the device has a wrong clock, or somebody replays an old token. */
export const sasTokenExpired = operationRule({
  id: "sas-token-expired",
  alertType: "IoT_Expired_SAS_Token",
  name: "Expired SAS Token",
  severity: "Low",
  about: "A token was used after its time: the device has a wrong clock, or somebody replays an old token.",
  tactics: ["Initial Access"],
  techniques: ["T1078", "T1550.001"],
  remediation: "Check the clock of the device. If it is right, somebody replays old tokens: change its keys.",
  falsePositives: [
    "A device whose clock is wrong, or one that was off while its key was changed; it tries again and again from its own address.",
  ],
  sees: failedFor("expiredToken"),
  title: (event) => `An expired token was used for ${event.deviceId}`,
  reason: (event, matched, hits) =>
    `${hits} token${hits === 1 ? "" : "s"} for ${event.deviceId} from ${matched} had expired.`,
  fires: [
    { cause: "expiredToken", ipAddress: "203.0.113.9" },
    { cause: "expiredToken", ipAddress: "2001:db8::9" },
    { cause: "expiredToken", protocol: "Amqp", ipAddress: "203.0.113.9" },
  ],
  silent: [
    { cause: "invalidSignature", ipAddress: "203.0.113.9" },
    { cause: "throttled", ipAddress: "203.0.113.9" },
    { cause: "timeout", ipAddress: "203.0.113.9" },
    { cause: "", ipAddress: "203.0.113.9" },
    { operationName: "deviceConnect", ipAddress: "203.0.113.9" },
  ],
});
