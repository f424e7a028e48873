import { type NextQuery, type RuleEvent, textOf } from "./rule.js";

const quote = (text: string): string => JSON.stringify(text);

/** The questions that follow a command: what came before and after, and where else it ran. */
export function afterCommand(event: RuleEvent): readonly NextQuery[] {
  const device = quote(event.deviceId);
  const at = new Date(event.at).toISOString();
  const executable = quote(textOf(event, "Executable"));
  return [
    {
      Question: "What else did this device start in the half hour around it?",
      Query: `SecurityIoTRawEvent\n| where DeviceId == ${device} and RawEventName == "ProcessCreate"\n| where TimeStamp between (datetime(${at}) - 30m .. datetime(${at}) + 30m)\n| extend Details = parse_json(EventDetails)\n| project TimeStamp, CommandLine = tostring(Details.CommandLine), UserName = tostring(Details.UserName), ProcessId = tolong(Details.ProcessId)\n| order by TimeStamp asc`,
    },
    {
      Question: "On which other devices did this program run in the last seven days?",
      Query: `SecurityIoTRawEvent\n| where TimeGenerated > ago(7d) and RawEventName == "ProcessCreate"\n| where tostring(parse_json(EventDetails).Executable) == ${executable}\n| summarize Starts = count(), First = min(TimeStamp), Last = max(TimeStamp) by DeviceId\n| order by Starts desc`,
    },
    {
      Question: "Whom did the device speak to afterwards?",
      Query: `SecurityIoTRawEvent\n| where DeviceId == ${device} and RawEventName == "ConnectionCreate"\n| where TimeStamp between (datetime(${at}) .. datetime(${at}) + 1h)\n| extend Details = parse_json(EventDetails)\n| summarize Connections = count() by RemoteAddress = tostring(Details.RemoteAddress), RemotePort = tostring(Details.RemotePort), CommandLine = tostring(Details.CommandLine)\n| order by Connections desc`,
    },
  ];
}

/** The questions that follow logins from somewhere. */
export function afterLogin(event: RuleEvent): readonly NextQuery[] {
  const device = quote(event.deviceId);
  const address = quote(textOf(event, "RemoteAddress"));
  return [
    {
      Question: "All logins of this device in the last day, by user and result?",
      Query: `SecurityIoTRawEvent\n| where TimeGenerated > ago(1d) and DeviceId == ${device} and RawEventName == "Login"\n| extend Details = parse_json(EventDetails)\n| summarize Attempts = count(), First = min(TimeStamp), Last = max(TimeStamp) by UserName = tostring(Details.UserName), RemoteAddress = tostring(Details.RemoteAddress), Result = tostring(Details.Result)\n| order by Attempts desc`,
    },
    {
      Question: "Which other devices did this address try in the last seven days?",
      Query: `SecurityIoTRawEvent\n| where TimeGenerated > ago(7d) and RawEventName == "Login"\n| extend Details = parse_json(EventDetails)\n| where tostring(Details.RemoteAddress) == ${address}\n| summarize Attempts = count(), Successes = countif(tostring(Details.Result) == "Success") by DeviceId\n| order by Attempts desc`,
    },
  ];
}

/** The question that follows something that an address did at the hub. */
export function afterOperation(event: RuleEvent): readonly NextQuery[] {
  const address = quote(textOf(event, "ipAddress"));
  return [
    {
      Question: "What else did this address try at the hub in the last seven days?",
      Query: `IoTHubOperation\n| where TimeGenerated > ago(7d) and IpAddress == ${address}\n| summarize Attempts = count(), First = min(TimeGenerated), Last = max(TimeGenerated) by DeviceId, OperationName, ResultType, ResultDescription\n| order by Attempts desc`,
    },
    {
      Question: "What did this device do at the hub in the last day?",
      Query: `IoTHubOperation\n| where TimeGenerated > ago(1d) and DeviceId == ${quote(event.deviceId)}\n| summarize Count = count(), Last = max(TimeGenerated) by OperationName, ResultType, IpAddress\n| order by Last desc`,
    },
  ];
}

/** The questions that follow a file that changed. */
export function afterFile(event: RuleEvent): readonly NextQuery[] {
  const device = quote(event.deviceId);
  const path = quote(textOf(event, "Path"));
  const at = new Date(event.at).toISOString();
  return [
    {
      Question: "What ran on the device in the ten minutes before?",
      Query: `SecurityIoTRawEvent\n| where DeviceId == ${device} and RawEventName == "ProcessCreate"\n| where TimeStamp between (datetime(${at}) - 10m .. datetime(${at}))\n| extend Details = parse_json(EventDetails)\n| project TimeStamp, CommandLine = tostring(Details.CommandLine), UserName = tostring(Details.UserName)\n| order by TimeStamp desc`,
    },
    {
      Question: "On which devices did this file change in the last seven days?",
      Query: `SecurityIoTRawEvent\n| where TimeGenerated > ago(7d) and RawEventName == "FileChange"\n| extend Details = parse_json(EventDetails)\n| where tostring(Details.Path) == ${path}\n| summarize Changes = count(), First = min(TimeStamp), Last = max(TimeStamp) by DeviceId, Hash = tostring(Details.HashAfter)\n| order by Last desc`,
    },
  ];
}

/** The questions that follow whom a device spoke to or asked for. */
export function afterConnection(event: RuleEvent): readonly NextQuery[] {
  const device = quote(event.deviceId);
  const at = new Date(event.at).toISOString();
  const program = quote(textOf(event, "Executable"));
  const address = quote(textOf(event, "RemoteAddress") || textOf(event, "QueryName"));
  return [
    {
      Question: "How did the program come to run, in the hour before?",
      Query: `SecurityIoTRawEvent\n| where DeviceId == ${device} and RawEventName == "ProcessCreate"\n| where TimeStamp between (datetime(${at}) - 1h .. datetime(${at}))\n| extend Details = parse_json(EventDetails)\n| where tostring(Details.Executable) == ${program}\n| project TimeStamp, CommandLine = tostring(Details.CommandLine), UserName = tostring(Details.UserName)\n| order by TimeStamp desc`,
    },
    {
      Question: "Which other devices spoke to it or asked for it in the last seven days?",
      Query: `SecurityIoTRawEvent\n| where TimeGenerated > ago(7d) and RawEventName in ("ConnectionCreate", "DnsQuery")\n| extend Details = parse_json(EventDetails)\n| where tostring(Details.RemoteAddress) == ${address} or tostring(Details.QueryName) == ${address}\n| summarize Times = count(), First = min(TimeStamp), Last = max(TimeStamp) by DeviceId\n| order by Times desc`,
    },
  ];
}
