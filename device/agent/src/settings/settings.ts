import {
  type AggregatedEvent,
  type EventName,
  mergePatch,
  parseDuration,
  printSettings,
  priorityOf,
  readSettings,
  SETTINGS_SECTION,
  type SecurityEvent,
  type SettingProblem,
  type SettingValues,
} from "@picket/schema";
import { securityEvent } from "@picket/sdk";
import type { Queue } from "../outbox/outbox.js";

type Desired = Readonly<Record<string, unknown>>;
type DurationSetting = "highPriorityMessageFrequency" | "lowPriorityMessageFrequency" | "snapshotFrequency";

const HOUR_MS = 3_600_000;
const operational: ReadonlySet<EventName> = new Set([
  "ConfigurationError",
  "DroppedEventsStatistics",
  "MessageStatistics",
]);

/** What was found wrong, as events, and whether the settings are in force. */
export interface Applied {
  readonly isRefused: boolean;
  readonly events: readonly SecurityEvent[];
}

/** The twin's settings in force. Patches are merged, as the original's agents did not. */
export class Settings {
  readonly #outboxBytes: number;
  #values: SettingValues;
  #desired: Desired = {};
  #told = "[]";

  /** The outbox has room of its own until the twin says how much. */
  constructor(outboxBytes: number) {
    this.#outboxBytes = outboxBytes;
    this.#values = this.#with(readSettings({}).values ?? {}, {});
  }

  /** Takes the whole of the desired properties. */
  replace(desired: Desired): Applied {
    this.#desired = desired;
    return this.#apply();
  }

  /** Takes what changed of them. */
  patch(patch: Desired): Applied {
    return this.replace(asDesired(mergePatch(this.#desired, patch)));
  }

  duration(setting: DurationSetting): number {
    return parseDuration(String(this.#values[setting])) ?? HOUR_MS;
  }

  get maxMessageBytes(): number {
    return Number(this.#values["maxMessageSizeInBytes"]);
  }

  get maxOutboxBytes(): number {
    return Number(this.#values["maxLocalCacheSizeInBytes"]);
  }

  isFolded(name: AggregatedEvent): boolean {
    return this.#values[`aggregationEnabled${name}`] !== false;
  }

  foldedMs(name: AggregatedEvent): number {
    return parseDuration(String(this.#values[`aggregationInterval${name}`])) ?? HOUR_MS;
  }

  /** The queue of an event; undefined when it is off. */
  queueOf(name: EventName): Queue | undefined {
    const priority = priorityOf(this.#values, name);
    if (priority === "Off") return undefined;
    return operational.has(name) ? "Operational" : priority;
  }

  /** Every value in force, defaults included, as the twin reports it. */
  reported(): Record<string, unknown> {
    return { [SETTINGS_SECTION]: printSettings(this.#values) };
  }

  #apply(): Applied {
    const section = this.#desired[SETTINGS_SECTION];
    const { values, problems } = readSettings(section);
    if (values) this.#values = this.#with(values, section);
    return { isRefused: !values, events: this.#tell(problems) };
  }

  /** A problem is told once, not each time the hub is connected anew. */
  #tell(problems: readonly SettingProblem[]): SecurityEvent[] {
    const text = JSON.stringify(problems);
    if (text === this.#told) return [];
    this.#told = text;
    return problems.map(({ name, errorType, message }) =>
      securityEvent("ConfigurationError", [
        {
          ConfigurationName: name,
          ErrorType: errorType,
          UsedConfiguration: String(this.#values[name]),
          Message: message,
        },
      ]),
    );
  }

  #with(values: SettingValues, section: unknown): SettingValues {
    const isGiven = typeof section === "object" && section !== null && "maxLocalCacheSizeInBytes" in section;
    return isGiven ? values : { ...values, maxLocalCacheSizeInBytes: this.#outboxBytes };
  }
}

const asDesired = (value: unknown): Desired =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
