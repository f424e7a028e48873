import { failedFor, operationRule } from "../../operation-rule.js";

/** A device showed a certificate that has ended: renewal failed, its clock is wrong, or somebody uses an old certificate that leaked. */
export const certificateExpired = operationRule({
  id: "certificate-expired",
  alertType: "IoT_Cert_Expired",
  name: "x.509 certificate expired",
  severity: "Medium",
  about:
    "A device showed a certificate that has ended: renewal failed, its clock is wrong, or somebody uses an old certificate that leaked.",
  tactics: ["Initial Access"],
  techniques: ["T1078", "T1649"],
  remediation:
    "Renew the device's certificate. If the real device is connected with a good one at the same time, treat this as an attempt to impersonate it.",
  falsePositives: ["A device that was in a drawer for longer than its certificate is good for."],
  sees: failedFor("certificateExpired"),
  title: (event) => `A certificate that has ended was shown for ${event.deviceId}`,
  reason: (event, matched, hits) =>
    `${hits} connection${hits === 1 ? "" : "s"} from ${matched} as ${event.deviceId} showed a certificate whose time is over.`,
  fires: [
    { cause: "certificateExpired", ipAddress: "203.0.113.9" },
    { cause: "certificateExpired", ipAddress: "2001:db8::9" },
    { cause: "certificateExpired", protocol: "Amqp", ipAddress: "203.0.113.9" },
  ],
  silent: [
    { cause: "certificateMismatch", ipAddress: "203.0.113.9" },
    { cause: "expiredToken", ipAddress: "203.0.113.9" },
    { cause: "timeout", ipAddress: "203.0.113.9" },
    { cause: "", ipAddress: "203.0.113.9" },
    { operationName: "deviceConnect", ipAddress: "203.0.113.9" },
  ],
});
