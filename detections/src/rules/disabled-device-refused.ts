import { causeOf, rule, textOf } from "../rule.js";

/** A device that was disabled still tries to connect: it was not taken out of service, or its key is in other hands. */
export const disabledDeviceRefused = rule({
  kind: "match",
  id: "disabled-device-refused",
  alertType: "Picket_DisabledDevice",
  name: "Disabled device tried to connect",
  severity: "Medium",
  about:
    "A device that was disabled still tries to connect: it was not taken out of service, or its key is in other hands.",
  tactics: ["Initial Access"],
  techniques: ["T1078"],
  remediation: "Take the device out of service, or enable it again if it was disabled by mistake.",
  reads: "Operation",
  matches: (event) =>
    causeOf(event) === "disabledDevice" ? textOf(event, "ipAddress") || "an unknown address" : undefined,
  entity: (event) => textOf(event, "ipAddress"),
  title: (event) => `${event.deviceId} is disabled and tried to connect`,
  reason: (event, matched, _hits) =>
    `${event.deviceId} was disabled by its owner and tried to connect from ${matched}.`,
  next: (event) => [
    {
      Question: "What else did this address try at the hub?",
      Query: `IoTHubOperation\n| where TimeGenerated > ago(7d) and IpAddress == ${JSON.stringify(textOf(event, "ipAddress"))}\n| summarize Attempts = count(), First = min(TimeGenerated), Last = max(TimeGenerated) by DeviceId, OperationName, ResultType, ResultDescription\n| order by Attempts desc`,
    },
  ],
  cases: [
    {
      name: "it happens",
      events: [{ item: { cause: "disabledDevice", ipAddress: "203.0.113.9" } }],
      alerts: 1,
    },
    {
      name: "another cause",
      events: Array.from({ length: 50 }, () => ({
        item: { cause: "unknownDevice", ipAddress: "203.0.113.9" },
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
