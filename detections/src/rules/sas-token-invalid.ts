import { causeOf, rule, textOf } from "../rule.js";

/** A token was signed with a wrong key: somebody tries keys, or the device has an old one. */
export const sasTokenInvalid = rule({
  kind: "match",
  id: "sas-token-invalid",
  alertType: "IoT_Invalid_SAS_Token",
  name: "Invalid SAS token signature",
  severity: "Low",
  about: "A token was signed with a wrong key: somebody tries keys, or the device has an old one.",
  tactics: ["Initial Access"],
  techniques: ["T1078"],
  remediation:
    "If the device was given a new key, update it there. Otherwise find out who is at that address.",
  reads: "Operation",
  matches: (event) =>
    causeOf(event) === "invalidSignature" ? textOf(event, "ipAddress") || "an unknown address" : undefined,
  entity: (event) => textOf(event, "ipAddress"),
  title: (event) => `A wrong key was used for ${event.deviceId}`,
  reason: (event, matched, hits) =>
    `${hits} token${hits === 1 ? "" : "s"} for ${event.deviceId} from ${matched} had a signature that neither of its keys makes.`,
  next: (event) => [
    {
      Question: "What else did this address try at the hub?",
      Query: `IoTHubOperation\n| where TimeGenerated > ago(7d) and IpAddress == ${JSON.stringify(textOf(event, "ipAddress"))}\n| summarize Attempts = count(), First = min(TimeGenerated), Last = max(TimeGenerated) by DeviceId, OperationName, ResultType, ResultDescription\n| order by Attempts desc`,
    },
  ],
  cases: [
    {
      name: "it happens",
      events: [{ item: { cause: "invalidSignature", ipAddress: "203.0.113.9" } }],
      alerts: 1,
    },
    {
      name: "another cause",
      events: Array.from({ length: 50 }, () => ({
        item: { cause: "expiredToken", ipAddress: "203.0.113.9" },
      })),
      alerts: 0,
    },
    {
      name: "a connection that went well",
      events: [{ item: { cause: "", ipAddress: "203.0.113.9" } }],
      alerts: 0,
    },
  ],
});
