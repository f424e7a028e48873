import { causeOf, rule, textOf } from "../rule.js";

/** A token was used after its time: the device has a wrong clock, or somebody replays an old token. */
export const sasTokenExpired = rule({
  kind: "match",
  id: "sas-token-expired",
  alertType: "IoT_Expired_SAS_Token",
  name: "Expired SAS Token",
  severity: "Low",
  about: "A token was used after its time: the device has a wrong clock, or somebody replays an old token.",
  tactics: ["Initial Access"],
  techniques: ["T1078"],
  remediation: "Check the clock of the device. If it is right, somebody replays old tokens: change its keys.",
  reads: "Operation",
  matches: (event) =>
    causeOf(event) === "expiredToken" ? textOf(event, "ipAddress") || "an unknown address" : undefined,
  entity: (event) => textOf(event, "ipAddress"),
  title: (event) => `An expired token was used for ${event.deviceId}`,
  reason: (event, matched, hits) =>
    `${hits} token${hits === 1 ? "" : "s"} for ${event.deviceId} from ${matched} had expired.`,
  next: (event) => [
    {
      Question: "What else did this address try at the hub?",
      Query: `IoTHubOperation\n| where TimeGenerated > ago(7d) and IpAddress == ${JSON.stringify(textOf(event, "ipAddress"))}\n| summarize Attempts = count(), First = min(TimeGenerated), Last = max(TimeGenerated) by DeviceId, OperationName, ResultType, ResultDescription\n| order by Attempts desc`,
    },
  ],
  cases: [
    {
      name: "it happens",
      events: [{ item: { cause: "expiredToken", ipAddress: "203.0.113.9" } }],
      alerts: 1,
    },
    {
      name: "another cause",
      events: Array.from({ length: 50 }, () => ({
        item: { cause: "invalidSignature", ipAddress: "203.0.113.9" },
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
