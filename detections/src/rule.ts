import type { EventName, OperationCause } from "@picket/schema";

/** Alert severities. */
export type Severity = "High" | "Medium" | "Low" | "Informational";

/** What rules look at: one payload item, or one operation of the hub, on its device. */
export interface RuleEvent {
  readonly deviceId: string;
  readonly moduleId: string;
  /** One of the fourteen event names, or `Operation`. */
  readonly name: EventName | "Operation";
  /** When it happened, milliseconds since 1970. */
  readonly at: number;
  /** How many happenings it stands for; aggregated events stand for many. */
  readonly hits: number;
  readonly item: Readonly<Record<string, unknown>>;
}

/** A text field of an event; empty when it is absent or no text. */
export const textOf = (event: RuleEvent, field: string): string => {
  const value = event.item[field];
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
};

/** A question an analyst asks next, and the query that answers it. */
export interface NextQuery {
  readonly Question: string;
  readonly Query: string;
}

/** What all rules say of themselves. */
interface About {
  /** Kebab-case, the file's name: what happened. */
  readonly id: string;
  /** Alert type of the original, spelling included, or one of our own. */
  readonly alertType: string;
  /** Alert name of the original, or one of our own. */
  readonly name: string;
  readonly severity: Severity;
  /** What it looks for and why it matters, for people. */
  readonly about: string;
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
  readonly remediation: string;
}

/** A case's event: the parts of a payload item that matter, and when it happens. */
export interface CaseEvent {
  readonly item: Readonly<Record<string, unknown>>;
  /** Minutes after the case begins. */
  readonly minute?: number;
  readonly hits?: number;
}

/** An example that is run as a test and shown in the console. */
export interface Case {
  readonly name: string;
  readonly events: readonly CaseEvent[];
  /** How many alerts it makes. */
  readonly alerts: number;
}

/** Fires when an event matches, or when enough of them do within a span of time. */
export interface MatchRule extends About {
  readonly kind: "match";
  readonly reads: EventName | "Operation";
  /** Lower-case literals, one of which must occur in a field for `matches` to be asked at all. */
  readonly witness?: { readonly field: string; readonly anyOf: readonly string[] };
  /** The part of the event that matched, for the sentence; undefined when it does not match. */
  matches(event: RuleEvent): string | undefined;
  /** What tells two alerts of one device and day apart, such as the command. */
  entity(event: RuleEvent): string;
  /** Fires when at least so many hits of one entity fall within the span. */
  readonly threshold?: { readonly count: number; readonly minutes: number };
  /** With a threshold: fires only when this follows it, such as the success after many failures. */
  completes?(event: RuleEvent): boolean;
  title(event: RuleEvent): string;
  /** Why it fired, with this event's values. `hits` is the number counted within the span. */
  reason(event: RuleEvent, matched: string, hits: number): string;
  next?(event: RuleEvent): readonly NextQuery[];
  readonly cases: readonly Case[];
}

/** A difference between two snapshots that is worth an alert. */
export interface Difference {
  readonly entity: string;
  readonly title: string;
  readonly reason: string;
}

/** Fires on what changed between two snapshots of one device. */
export interface SnapshotRule extends About {
  readonly kind: "snapshot";
  readonly reads: EventName;
  /** What is remembered of an item: a key, and a value that may change. */
  remember(item: Readonly<Record<string, unknown>>): readonly [key: string, value: string];
  compare(
    deviceId: string,
    before: ReadonlyMap<string, string>,
    after: ReadonlyMap<string, string>,
  ): readonly Difference[];
  readonly cases: readonly {
    readonly name: string;
    readonly before: readonly object[];
    readonly after: readonly object[];
    readonly alerts: number;
  }[];
}

/** Fires when a device that spoke has been silent for long. */
export interface SilenceRule extends About {
  readonly kind: "silence";
  readonly hours: number;
  title(deviceId: string): string;
  reason(deviceId: string, hours: number): string;
}

/** One thing that is bad and how to see it. */
export type Rule = MatchRule | SnapshotRule | SilenceRule;

/** Gives the compiler the type while keeping the rule a plain object. */
export const rule = <const R extends Rule>(definition: R): R => definition;

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

/** A rule over the command lines of started processes: nearly all of the original's device alerts are. */
export interface CommandRule {
  readonly id: string;
  readonly alertType: string;
  readonly name: string;
  readonly severity: Severity;
  readonly about: string;
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
  readonly remediation?: string;
  /** Lower-case literals, one of which any matching command line contains. */
  readonly witness: readonly string[];
  /** Tested against the command line; the first match that no `except` covers fires. */
  readonly patterns: readonly RegExp[];
  readonly except?: readonly RegExp[];
  /** What happened, ending in "on" the device: "started a coin miner". */
  readonly did: string;
  /** Why that is suspicious: a clause after the matched text. */
  readonly because: string;
  /** Command lines that fire, and near misses that do not. */
  readonly fires: readonly string[];
  readonly silent: readonly string[];
}

/** Patterns look at the first 8 KB of a command line, so that a hostile one cannot keep them busy. */
const LOOKED_AT = 8_192;

const ASK =
  "Ask whoever ran it whether it was intended. If nobody did, isolate the device, keep the evidence and look at what the process did next.";

/** Makes a rule of what is particular to a command. */
export function commandRule(about: CommandRule): MatchRule {
  const { witness, patterns, except = [], did, because, fires, silent, remediation = ASK, ...rest } = about;
  const commandCase = (command: string, alerts: number): Case => ({
    name: command,
    events: [{ item: { CommandLine: command, Executable: command.split(" ")[0] ?? "", UserName: "root" } }],
    alerts,
  });
  return {
    ...rest,
    kind: "match",
    reads: "ProcessCreate",
    remediation,
    witness: { field: "CommandLine", anyOf: witness },
    matches: (event) => firstMatch(textOf(event, "CommandLine").slice(0, LOOKED_AT), patterns, except),
    entity: (event) => textOf(event, "CommandLine").slice(0, 300),
    title: (event) => `${userOf(event)} ${did} on ${event.deviceId}`,
    reason: (event, matched) =>
      `The command line ${shown(textOf(event, "CommandLine"))} contains ${shown(matched)}: ${because}.`,
    next: afterCommand,
    cases: [
      ...fires.map((command) => commandCase(command, 1)),
      ...silent.map((command) => commandCase(command, 0)),
    ],
  };
}

function firstMatch(
  command: string,
  patterns: readonly RegExp[],
  except: readonly RegExp[],
): string | undefined {
  for (const pattern of patterns) {
    const found = pattern.exec(command);
    if (found && !except.some((exception) => exception.test(command))) return found[0];
  }
  return undefined;
}

/** Who did it, as a sentence's subject. */
export const userOf = (event: RuleEvent): string =>
  textOf(event, "UserName") || (textOf(event, "UserId") ? `User ${textOf(event, "UserId")}` : "Somebody");

/** A text in quotes, shortened for a sentence. */
export const shown = (text: string): string => `"${text.length > 160 ? `${text.slice(0, 157)}…` : text}"`;

/** The cause an operation failed for. */
export const causeOf = (event: RuleEvent): OperationCause => (event.item.cause ?? "") as OperationCause;
