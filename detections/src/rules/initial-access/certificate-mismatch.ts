import { failedFor, operationRule } from "../../operation-rule.js";

/** A device showed a certificate that is not the one it is registered with: it was renewed and not told to the hub, or somebody else uses its name. */
export const certificateMismatch = operationRule({
  id: "certificate-mismatch",
  alertType: "IoT_Cert_Print_Mismatch",
  name: "x.509 device certificate thumbprint mismatch",
  severity: "Medium",
  about:
    "A device showed a certificate that is not the one it is registered with: it was renewed and not told to the hub, or somebody else uses its name.",
  tactics: ["Initial Access"],
  techniques: ["T1078", "T1649"],
  remediation:
    "Compare the thumbprint with the device's own certificate. Register the new one if it was renewed; otherwise find out who is at that address.",
  falsePositives: ["A certificate that was renewed on the device before it was renewed at the hub."],
  sees: failedFor("certificateMismatch"),
  title: (event) => `A certificate that is not its own was shown for ${event.deviceId}`,
  reason: (event, matched, hits) =>
    `${hits} connection${hits === 1 ? "" : "s"} from ${matched} as ${event.deviceId} showed a certificate with another thumbprint than the registered ones.`,
  fires: [
    { cause: "certificateMismatch", ipAddress: "203.0.113.9" },
    { cause: "certificateMismatch", ipAddress: "2001:db8::9" },
    { cause: "certificateMismatch", protocol: "Amqp", ipAddress: "203.0.113.9" },
  ],
  silent: [
    { cause: "certificateExpired", ipAddress: "203.0.113.9" },
    { cause: "invalidSignature", ipAddress: "203.0.113.9" },
    { cause: "timeout", ipAddress: "203.0.113.9" },
    { cause: "", ipAddress: "203.0.113.9" },
    { operationName: "deviceConnect", ipAddress: "203.0.113.9" },
  ],
});
