// A list.
import type { EventName } from "./event-types.js";

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
export type AggregatedEvent = "ProcessCreate" | "ConnectionCreate" | "ProcessTerminate";

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
  aggregationEnabledProcessCreate: fold("ProcessCreate"),
  aggregationIntervalProcessCreate: every("ProcessCreate"),
  aggregationEnabledConnectionCreate: fold("ConnectionCreate"),
  aggregationIntervalConnectionCreate: every("ConnectionCreate"),
  aggregationEnabledProcessTerminate: fold("ProcessTerminate"),
  aggregationIntervalProcessTerminate: every("ProcessTerminate"),
};
