// A list.
import { type EventName, eventNames } from "./event-types.js";
import { parseDuration } from "./timestamp.js";

/** The section of a module twin that holds an agent's settings, in desired and in reported. */
export const SETTINGS_SECTION = "ms_iotn:urn_azureiot_Security_SecurityAgentConfiguration";

/** The queue an event waits in, or that it is not collected at all. */
export type Priority = "High" | "Low" | "Off";

/** What an agent can be told, with the original's names. Durations are ISO 8601 text. */
export interface AgentSettings {
  readonly highPriorityMessageFrequency: string;
  readonly lowPriorityMessageFrequency: string;
  readonly snapshotFrequency: string;
  readonly maxLocalCacheSizeInBytes: number;
  readonly maxMessageSizeInBytes: number;
  readonly eventPriority: Readonly<Record<EventName, Priority>>;
  readonly aggregationEnabled: Readonly<Record<AggregatedEvent, boolean>>;
  readonly aggregationInterval: Readonly<Record<AggregatedEvent, string>>;
}

/** Events that agents fold into one. */
export type AggregatedEvent =
  | "ProcessCreate"
  | "ConnectionCreate"
  | "ProcessTerminate"
  | "ConnectionTerminate"
  | "DnsQuery";

/** One setting as the twin writes it. */
export interface SettingDefinition {
  readonly kind: "duration" | "bytes" | "priority" | "flag";
  readonly fallback: string | number | boolean;
  readonly about: string;
}

const duration = (fallback: string, about: string): SettingDefinition => ({
  kind: "duration",
  fallback,
  about,
});
const bytes = (fallback: number, about: string): SettingDefinition => ({ kind: "bytes", fallback, about });
const priority = (name: EventName, fallback: Priority): SettingDefinition => ({
  kind: "priority",
  fallback,
  about: `Queue of ${name} events, or Off.`,
});
const fold = (name: AggregatedEvent): SettingDefinition => ({
  kind: "flag",
  fallback: true,
  about: `Whether repeats of ${name} are folded into one event.`,
});
const every = (name: AggregatedEvent): SettingDefinition =>
  duration("PT1H", `How long ${name} events are folded before one is sent.`);

/** Every setting of the twin section by its name on the wire, with the original's default. */
export const agentSettings: Readonly<Record<string, SettingDefinition>> = {
  highPriorityMessageFrequency: duration("PT7M", "How often the high queue is sent."),
  lowPriorityMessageFrequency: duration("PT5H", "How often the low queue is sent."),
  snapshotFrequency: duration("PT13H", "How often snapshots are taken."),
  maxLocalCacheSizeInBytes: bytes(2_560_000, "Room for events that wait on the device."),
  maxMessageSizeInBytes: bytes(204_800, "Largest message; a multiple of 4096, at most 262144."),
  eventPriorityConnectedHardware: priority("ConnectedHardware", "Low"),
  eventPriorityListeningPorts: priority("ListeningPorts", "High"),
  eventPriorityProcessCreate: priority("ProcessCreate", "Low"),
  eventPriorityProcessTerminate: priority("ProcessTerminate", "Low"),
  eventPrioritySystemInformation: priority("SystemInformation", "Low"),
  eventPriorityLocalUsers: priority("LocalUsers", "High"),
  eventPriorityLogin: priority("Login", "High"),
  eventPriorityConnectionCreate: priority("ConnectionCreate", "Low"),
  eventPriorityFirewallConfiguration: priority("FirewallConfiguration", "Low"),
  eventPriorityOSBaseline: priority("OSBaseline", "Low"),
  eventPriorityDiagnostic: priority("Diagnostic", "Low"),
  eventPriorityConfigurationError: priority("ConfigurationError", "Low"),
  eventPriorityDroppedEventsStatistics: priority("DroppedEventsStatistics", "Low"),
  eventPriorityMessageStatistics: priority("MessageStatistics", "Low"),
  eventPriorityConnectionTerminate: priority("ConnectionTerminate", "Low"),
  eventPriorityLogout: priority("Logout", "Low"),
  eventPriorityDnsQuery: priority("DnsQuery", "Off"),
  eventPriorityFileChange: priority("FileChange", "High"),
  eventPriorityLocalGroups: priority("LocalGroups", "Low"),
  eventPrioritySBoM: priority("SBoM", "Low"),
  eventPriorityKernelModules: priority("KernelModules", "Low"),
  eventPriorityScheduledJobs: priority("ScheduledJobs", "Low"),
  eventPrioritySystemServices: priority("SystemServices", "Low"),
  eventPriorityMounts: priority("Mounts", "Low"),
  eventPrioritySshAuthorizedKeys: priority("SshAuthorizedKeys", "Low"),
  eventPrioritySetuidFiles: priority("SetuidFiles", "Off"),
  eventPriorityCertificates: priority("Certificates", "Low"),
  eventPriorityContainers: priority("Containers", "Low"),
  eventPriorityBaselineSummary: priority("BaselineSummary", "Low"),
  eventPriorityCollectorHealth: priority("CollectorHealth", "Low"),
  eventPriorityHeartbeat: priority("Heartbeat", "Low"),
  eventPriorityResponseAction: priority("ResponseAction", "High"),
  aggregationEnabledProcessCreate: fold("ProcessCreate"),
  aggregationIntervalProcessCreate: every("ProcessCreate"),
  aggregationEnabledConnectionCreate: fold("ConnectionCreate"),
  aggregationIntervalConnectionCreate: every("ConnectionCreate"),
  aggregationEnabledProcessTerminate: fold("ProcessTerminate"),
  aggregationIntervalProcessTerminate: every("ProcessTerminate"),
  aggregationEnabledConnectionTerminate: fold("ConnectionTerminate"),
  aggregationIntervalConnectionTerminate: every("ConnectionTerminate"),
  aggregationEnabledDnsQuery: fold("DnsQuery"),
  aggregationIntervalDnsQuery: every("DnsQuery"),
};

/** Something that is wrong with a section of desired properties. */
export interface SettingProblem {
  readonly name: string;
  /** A type mismatch refuses the whole update; the others are told and applied. */
  readonly errorType: "TypeMismatch" | "NotOptimal" | "Conflict";
  /** The value in force instead, as text. */
  readonly used: string;
  readonly message: string;
}

/** Settings by their names on the wire; what is absent has its default. */
export type SettingValues = Readonly<Record<string, string | number | boolean>>;

/** What a section of desired properties asks for, with everything that is wrong with it. */
export interface SettingsReading {
  /** Every setting with its value in force, defaults included. Undefined when the update is refused. */
  readonly values?: SettingValues;
  readonly problems: readonly SettingProblem[];
}

const priorities: Readonly<Record<string, Priority>> = { off: "Off", low: "Low", high: "High" };

/** Reads one value as its kind; undefined when it is of another. */
function readValue({ kind }: SettingDefinition, value: unknown): string | number | boolean | undefined {
  if (kind === "flag") return typeof value === "boolean" ? value : undefined;
  if (kind === "bytes") return Number.isInteger(value) && Number(value) > 0 ? Number(value) : undefined;
  if (typeof value !== "string") return undefined;
  if (kind === "priority") return priorities[value.toLowerCase()];
  return (parseDuration(value) ?? 0) > 0 ? value : undefined;
}

/**
 * Reads the whole section (patches merged first). Missing settings have their defaults, unknown ones are ignored, a value
 * of the wrong type refuses the update, as in the original.
 */
export function readSettings(section: unknown): SettingsReading {
  const given = typeof section === "object" && section !== null ? (section as Record<string, unknown>) : {};
  const values: Record<string, string | number | boolean> = {};
  const problems: SettingProblem[] = [];
  for (const [name, definition] of Object.entries(agentSettings)) {
    const raw = given[name];
    values[name] = definition.fallback;
    if (raw === undefined || raw === null) continue;
    const value = readValue(definition, typeof raw === "object" && "value" in raw ? raw.value : raw);
    if (value !== undefined) values[name] = value;
    else {
      const message = `${name} must be a ${definition.kind} in the form {"value": …}, such as ${JSON.stringify({ value: definition.fallback })}.`;
      problems.push({ name, errorType: "TypeMismatch", used: String(definition.fallback), message });
    }
  }
  if (problems.length > 0) return { problems };
  return { values, problems: checkTogether(values) };
}

function checkTogether(values: SettingValues): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const used = (name: string): string => String(values[name]);
  const message = Number(values.maxMessageSizeInBytes);
  if (Number(values.maxLocalCacheSizeInBytes) < message) {
    const name = "maxLocalCacheSizeInBytes";
    problems.push({
      name,
      errorType: "Conflict",
      used: used(name),
      message: "The cache is smaller than one message.",
    });
  }
  const high = parseDuration(used("highPriorityMessageFrequency")) ?? 0;
  if (high > (parseDuration(used("lowPriorityMessageFrequency")) ?? 0)) {
    const name = "highPriorityMessageFrequency";
    problems.push({
      name,
      errorType: "Conflict",
      used: used(name),
      message: "The high queue is sent less often than the low one.",
    });
  }
  if (message % 4096 !== 0) {
    const name = "maxMessageSizeInBytes";
    problems.push({
      name,
      errorType: "NotOptimal",
      used: used(name),
      message: "Messages are billed in steps of 4096 bytes; use a multiple.",
    });
  }
  return problems;
}

/** The section as agents report it: every value in force, defaults included. */
export const printSettings = (values: SettingValues): Record<string, { value: string | number | boolean }> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));

/** The queue of an event, from settings in force. */
export const priorityOf = (values: SettingValues, name: EventName): Priority =>
  priorities[String(values[`eventPriority${name}`]).toLowerCase()] ?? "Low";

/** Names of all event priorities, for forms. */
export const prioritySettings = eventNames.map((name) => `eventPriority${name}`);

/** Applies a JSON merge patch: objects merge, null removes, everything else replaces. Neither argument is changed. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const isObject = typeof target === "object" && target !== null && !Array.isArray(target);
  const merged: Record<string, unknown> = isObject ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (key === "__proto__") continue;
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}
