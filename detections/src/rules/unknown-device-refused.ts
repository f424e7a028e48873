import { causeOf, rule, textOf } from "../rule.js";

/** Somebody tried an id that is not registered, several times: devices that were forgotten, or ids that are guessed. */
export const unknownDeviceRefused = rule({
  kind: "match",
  id: "unknown-device-refused",
  alertType: "Picket_UnknownDevice",
  name: "Unknown device tried to connect",
  severity: "Low",
  about:
    "Somebody tried an id that is not registered, several times: devices that were forgotten, or ids that are guessed.",
  tactics: ["Initial Access"],
  techniques: ["T1078"],
  remediation: "Register the device if it is yours; otherwise block the address.",
  reads: "Operation",
  threshold: { count: 5, minutes: 10 },
  matches: (event) =>
    causeOf(event) === "unknownDevice" ? textOf(event, "ipAddress") || "an unknown address" : undefined,
  entity: (event) => textOf(event, "ipAddress"),
  title: (event) => `An unknown device ${event.deviceId} tried to connect`,
  reason: (event, matched, hits) =>
    `${hits} connections from ${matched} within 10 minutes named ${event.deviceId}, which is not registered.`,
  next: (event) => [
    {
      Question: "What else did this address try at the hub?",
      Query: `IoTHubOperation\n| where TimeGenerated > ago(7d) and IpAddress == ${JSON.stringify(textOf(event, "ipAddress"))}\n| summarize Attempts = count(), First = min(TimeGenerated), Last = max(TimeGenerated) by DeviceId, OperationName, ResultType, ResultDescription\n| order by Attempts desc`,
    },
  ],
  cases: [
    {
      name: "it happens",
      events: Array.from({ length: 5 }, () => ({
        item: { cause: "unknownDevice", ipAddress: "203.0.113.9" },
      })),
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
