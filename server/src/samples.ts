// A list.

/** A query to start from. */
export interface Sample {
  readonly title: string;
  readonly about: string;
  readonly query: string;
}

/** Queries the explorer offers; the first ones answer what the original's documentation asked. */
export const samples: readonly Sample[] = [
  {
    title: "Alerts of the last week, by device and type",
    about: "Where to look first.",
    query: `SecurityAlert
| where TimeGenerated > ago(7d)
| summarize Alerts = dcount(SystemAlertId) by DeviceId = tostring(parse_json(ExtendedProperties)["DeviceId"]), AlertSeverity, AlertName
| order by Alerts desc`,
  },
  {
    title: "Events over time",
    about: "What devices send, by kind; a gap or a peak shows at once.",
    query: `SecurityIoTRawEvent
| where TimeGenerated > ago(1d)
| summarize Events = count() by bin(TimeGenerated, 10m), RawEventName
| render timechart`,
  },
  {
    title: "Programs that run on few devices",
    about: "What only one or two machines start is worth a question.",
    query: `SecurityIoTRawEvent
| where TimeGenerated > ago(7d) and RawEventName == "ProcessCreate"
| extend Executable = tostring(parse_json(EventDetails).Executable)
| summarize Devices = dcount(DeviceId), Starts = count(), Last = max(TimeStamp) by Executable
| where Devices <= 2
| order by Starts desc
| take 50`,
  },
  {
    title: "Logins by user and address",
    about: "Who comes from where, and how often it fails.",
    query: `SecurityIoTRawEvent
| where RawEventName == "Login" and TimeGenerated > ago(7d)
| extend Details = parse_json(EventDetails)
| summarize Attempts = count(), Failures = countif(tostring(Details.Result) == "Fail"), Last = max(TimeStamp) by DeviceId, UserName = tostring(Details.UserName), RemoteAddress = tostring(Details.RemoteAddress)
| order by Failures desc`,
  },
  {
    title: "Open recommendations by device",
    about: "What to mend, where.",
    query: `SecurityRecommendation
| where RecommendationState == "Active"
| summarize Recommendations = count() by DeviceId, RecommendationSeverity
| order by Recommendations desc`,
  },
  {
    title: "Refused connections",
    about: "Who knocks with wrong keys or old tokens.",
    query: `IoTHubOperation
| where TimeGenerated > ago(7d) and Level == "Error"
| summarize Attempts = count(), Last = max(TimeGenerated) by DeviceId, IpAddress, ResultDescription
| order by Attempts desc`,
  },
  {
    title: "Messages that were refused",
    about: "Which field and rule failed, by device.",
    query: `SecurityIoTRejected
| summarize Refused = count(), Last = max(TimeGenerated) by DeviceId, Reason, Field, Rule
| order by Refused desc`,
  },
];
