import {
  type AggregatedEvent,
  type EventName,
  eventTypes,
  mergePatch,
  type Priority,
  parseDuration,
  SETTINGS_SECTION,
  type SecurityEvent,
} from "@picket/schema";
import { securityEvent } from "@picket/sdk";
import type { Queue } from "../outbox/outbox.js";
import { type Problem, readDesired } from "./read-settings.js";
import { type SettingValue, splitList } from "./setting.js";
import { legacySettings, microSettings, picketSettings, settings } from "./table.js";

type Desired = Readonly<Record<string, unknown>>;
type Timed = Exclude<Queue, "Operational">;

/** The module of the micro agent, whose settings are flat and have other defaults. */
export const MICRO_MODULE = "DefenderIotMicroAgent";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

const isOperational = (name: EventName): boolean => eventTypes[name].eventType === "Operational";

/** The micro agent's collector for each event that it had one for. */
const collectorOf: Readonly<Partial<Record<EventName, string>>> = {
  ProcessCreate: "Process",
  ProcessTerminate: "Process",
  ConnectionCreate: "NetworkActivity",
  ConnectionTerminate: "NetworkActivity",
  DnsQuery: "NetworkActivity",
  Login: "Login",
  Logout: "Login",
  OSBaseline: "Baseline",
  BaselineSummary: "Baseline",
  SystemInformation: "SystemInformation",
  ConnectedHardware: "Peripheral",
  Diagnostic: "LogCollector",
  DroppedEventsStatistics: "Statistics",
  MessageStatistics: "Statistics",
  CollectorHealth: "Statistics",
  Heartbeat: "Heartbeat",
  FileChange: "FileSystem",
  SBoM: "SBoM",
};

/** What was found wrong, as events, and whether a value was refused. */
export interface Applied {
  readonly refused: readonly Problem[];
  readonly events: readonly SecurityEvent[];
}

/** How settings begin. */
export interface SettingsOptions {
  /** The module decides whose defaults and whose form hold. */
  readonly moduleId?: string;
  /** Room for the outbox until the twin says how much. */
  readonly outboxBytes: number;
}

/** The twin's settings in force. Patches are merged, as the original's agents did not. */
export class Settings {
  readonly #options: SettingsOptions;
  readonly #isMicro: boolean;
  #given: Readonly<Record<string, SettingValue>> = {};
  #desired: Desired = {};
  #problems: readonly Problem[] = [];
  #unknown: readonly string[] = [];
  #told = "[]";

  constructor(options: SettingsOptions) {
    this.#options = options;
    this.#isMicro = options.moduleId === MICRO_MODULE;
  }

  /** The desired properties as a whole, to be kept over a restart. */
  get desired(): Desired {
    return this.#desired;
  }

  /** Takes the whole of the desired properties. */
  replace(desired: Desired): Applied {
    this.#desired = desired;
    const { given, problems, unknown } = readDesired(desired);
    const refused = problems.filter(({ errorType }) => errorType === "TypeMismatch");
    // A value that was refused leaves the one before it in force.
    const kept = refused.flatMap(({ name }) => {
      const before = this.#given[name];
      return before === undefined ? [] : [[name, before] as const];
    });
    this.#given = { ...given, ...Object.fromEntries(kept) };
    this.#problems = problems;
    this.#unknown = unknown;
    return { refused, events: this.#tell() };
  }

  /** Takes what changed of them. */
  patch(patch: Desired): Applied {
    return this.replace(asDesired(mergePatch(this.#desired, patch)));
  }

  /** A setting's value in force. */
  value(name: string): SettingValue {
    const given = this.#given[name];
    if (given !== undefined) return given;
    return name === "maxLocalCacheSizeInBytes" ? this.#options.outboxBytes : (settings[name]?.fallback ?? "");
  }

  isOn(name: string): boolean {
    return this.value(name) === true;
  }

  count(name: string): number {
    return Number(this.value(name));
  }

  list(name: string): string[] {
    return splitList(String(this.value(name)));
  }

  /** How often a queue is sent. */
  sendMs(queue: Timed): number {
    const legacy = {
      High: "highPriorityMessageFrequency",
      Medium: undefined,
      Low: "lowPriorityMessageFrequency",
    }[queue];
    const isByMinutes = this.#isMicro
      ? !this.#isGiven(legacy)
      : this.#isGiven("CollectorsCore_PriorityIntervals");
    if (legacy && !isByMinutes) return this.#ms(legacy);
    const minutes = this.list("CollectorsCore_PriorityIntervals");
    return Number(minutes[{ High: 0, Medium: 1, Low: 2 }[queue]]) * MINUTE_MS;
  }

  get snapshotMs(): number {
    return this.#ms("snapshotFrequency");
  }

  /** How long an event may wait; undefined is for ever, as with the original's agents. */
  get maxAgeMs(): number | undefined {
    const name = "IothubModule_MessageTimeout";
    return this.#isMicro || this.#isGiven(name) ? this.count(name) * MINUTE_MS : undefined;
  }

  isFolded(name: AggregatedEvent): boolean {
    return this.value(`aggregationEnabled${name}`) !== false;
  }

  foldedMs(name: AggregatedEvent): number {
    return this.#ms(`aggregationInterval${name}`);
  }

  /** How many kinds of an event are folded at once; undefined when the twin does not say. */
  foldLimit(name: AggregatedEvent): number | undefined {
    const setting = `${collectorOf[name]}_CacheSize`;
    return this.#isGiven(setting) ? this.count(setting) : undefined;
  }

  /** The queue of an event; undefined when it is off. */
  queueOf(name: EventName): Queue | undefined {
    const collector: string | undefined = collectorOf[name];
    if (collector && this.isOn(`${collector}_Disabled`)) return undefined;
    const priority = this.#priorityOf(name, collector);
    if (priority === "Off") return undefined;
    return isOperational(name) ? "Operational" : priority;
  }

  /** Every value in force, defaults included, in the module's own form. */
  reported(): Record<string, unknown> {
    const own = { ...(this.#isMicro ? microSettings : legacySettings), ...picketSettings };
    const { sharedAccessKeyRotation: _, ...names } = { ...own, ...this.#given };
    const values = Object.keys(names).map((name): [string, SettingValue] => [name, this.value(name)]);
    const refused = this.#problems.filter(({ errorType }) => errorType === "TypeMismatch");
    if (!this.#isMicro)
      return { [SETTINGS_SECTION]: Object.fromEntries(values.map(([name, value]) => [name, { value }])) };
    return {
      ...Object.fromEntries(values),
      latest_state: refused.length === 0 ? "success" : "failed",
      latest_invalid_fields: refused.map(({ name }) => name),
    };
  }

  /** What was made of the desired properties of which version, and why values of it were refused. */
  get state(): object {
    const version = this.#desired["$version"];
    return {
      desiredVersion: typeof version === "number" ? version : null,
      state: this.#problems.some(({ errorType }) => errorType === "TypeMismatch")
        ? "partlyRefused"
        : "applied",
      problems: this.#problems.map((problem) => ({ ...problem, used: this.#used(problem.name) })),
      unknown: this.#unknown,
    };
  }

  #priorityOf(name: EventName, collector: string | undefined): Priority | Timed {
    const frequency = `${collector}_MessageFrequency`;
    const ofName = this.value(`eventPriority${name}`);
    if (ofName === "Off") return "Off";
    if (collector && (this.#isGiven(frequency) || (this.#isMicro && !this.#isGiven(`eventPriority${name}`))))
      return asPriority(this.value(frequency));
    const ofAll = this.value("eventPriorityOperational");
    return asPriority(isOperational(name) && ofAll !== "" ? ofAll : ofName);
  }

  #isGiven(name: string | undefined): boolean {
    return name !== undefined && this.#given[name] !== undefined;
  }

  #ms(name: string): number {
    return parseDuration(String(this.value(name))) ?? HOUR_MS;
  }

  #used(name: string): string {
    return String(this.value(name)).slice(0, 100);
  }

  /** A problem is told once, not each time the hub is connected anew. */
  #tell(): SecurityEvent[] {
    const text = JSON.stringify(this.#problems);
    if (text === this.#told) return [];
    this.#told = text;
    return this.#problems.map(({ name, errorType, message }) =>
      securityEvent("ConfigurationError", [
        {
          ConfigurationName: name,
          ErrorType: errorType,
          UsedConfiguration: this.#used(name),
          Message: message,
        },
      ]),
    );
  }
}

const asPriority = (value: SettingValue): Priority | Timed =>
  value === "High" || value === "Medium" || value === "Off" ? value : "Low";

const asDesired = (value: unknown): Desired =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
