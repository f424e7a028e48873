// A list.
import { agentSettings } from "@picket/schema";
import type { Setting } from "./setting.js";

const flag = (fallback: boolean, about: string): Setting => ({ kind: "flag", fallback, about });
const text = (about: string): Setting => ({ kind: "text", fallback: "", about });
const list = (about: string, choices?: readonly string[]): Setting => ({
  kind: "list",
  fallback: "",
  about,
  ...(choices ? { choices } : {}),
});
const count = (fallback: number, unit: string, about: string): Setting => ({
  kind: "count",
  fallback,
  unit,
  about,
});
const bytes = (fallback: number, [least, most]: readonly [number, number], about: string): Setting => ({
  kind: "bytes",
  fallback,
  unit: "bytes",
  least,
  most,
  about,
});
const off = (what: string): Setting => flag(false, `Turns ${what} off.`);
const frequency = (fallback: "High" | "Medium" | "Low", what: string): Setting => ({
  kind: "choice",
  choices: ["High", "Medium", "Low"],
  fallback,
  about: `The interval that ${what} use.`,
});
const cache = (what: string): Setting =>
  count(
    256,
    "events",
    `${what} that are folded at once; beyond it the oldest are closed early, which loses nothing.`,
  );

const limits: Readonly<Record<string, Partial<Setting>>> = {
  maxLocalCacheSizeInBytes: { least: 8_192, most: 8_589_934_592, unit: "bytes" },
  maxMessageSizeInBytes: { least: 8_192, most: 262_144, unit: "bytes" },
};

/** Settings of the agents of 2019 to 2023: module `azureiotsecurity`, each in the form `{"value": …}` within its section. */
export const legacySettings: Readonly<Record<string, Setting>> = {
  ...Object.fromEntries(
    Object.entries(agentSettings).map(([name, setting]) => [name, { ...setting, ...limits[name] }]),
  ),
  eventPriorityOperational: {
    kind: "choice",
    choices: ["", "High", "Low", "Off"],
    fallback: "",
    about: "Queue of all operational events, or Off; empty leaves it to each one's own setting.",
  },
  baselineCustomChecksEnabled: flag(false, "Whether the file of custom baseline checks is run too."),
  baselineCustomChecksFilePath: text("Full path of that file."),
  baselineCustomChecksFileHash: text(
    "SHA-256 of that file in hexadecimal; it is not run when it has another.",
  ),
  hubResourceId: text(
    "Name of the hub's resource, which agents of 2019 put into their messages; reported only.",
  ),
};

/** Settings of the micro agent of 2021 to 2025: module `DefenderIotMicroAgent`, flat. */
export const microSettings: Readonly<Record<string, Setting>> = {
  CollectorsCore_PriorityIntervals: {
    kind: "intervals",
    fallback: "30,120,1440",
    unit: "minutes",
    about: "How often the high, medium and low queues are sent.",
  },
  Baseline_Disabled: off("the baseline"),
  Baseline_MessageFrequency: frequency("Low", "baseline events"),
  Baseline_GroupsDisabled: list("Groups of baseline checks that are skipped."),
  Baseline_ChecksDisabled: list("Ids of baseline checks that are skipped."),
  SystemInformation_Disabled: off("system information"),
  SystemInformation_MessageFrequency: frequency("Low", "system information events"),
  SystemInformation_HardwareVendor: text("Told instead of the hardware vendor that was found."),
  SystemInformation_HardwareModel: text("Told instead of the hardware model that was found."),
  SystemInformation_HardwareSerialNumber: text("Told instead of the serial number that was found."),
  SystemInformation_FirmwareVendor: text("Told instead of the firmware vendor that was found."),
  SystemInformation_FirmwareVersion: text("Told instead of the firmware version that was found."),
  SBoM_Disabled: off("the list of installed packages"),
  SBoM_MessageFrequency: frequency("Low", "lists of installed packages"),
  Heartbeat_Disabled: off("the heartbeat"),
  Heartbeat_MessageFrequency: frequency("Low", "heartbeats"),
  Login_Disabled: off("logins"),
  Login_MessageFrequency: frequency("Medium", "login events"),
  Login_UsePAM: flag(false, "Whether logins are read from the PAM hook's log rather than from the system's."),
  IothubModule_MessageTimeout: count(
    2_880,
    "minutes",
    "How long an event may wait before it is dropped as expired.",
  ),
  NetworkActivity_Disabled: off("connections"),
  NetworkActivity_MessageFrequency: frequency("Medium", "connection events"),
  NetworkActivity_Devices: {
    ...list("Network interfaces that are watched for DNS; empty is all."),
    fallback: "eth0",
  },
  NetworkActivity_CacheSize: cache("Connections"),
  NetworkActivity_PacketBufferSize: {
    ...bytes(2_097_152, [65_536, 67_108_864], "Buffer for captured packets, for each interface."),
  },
  Process_Disabled: off("process starts and ends"),
  Process_MessageFrequency: frequency("Medium", "process events"),
  Process_Mode: {
    kind: "choice",
    choices: ["1", "2", "3"],
    fallback: "1",
    about: "How processes are seen: 1 the best that works, 2 the kernel's messages, 3 polling.",
  },
  Process_PollingInterval: {
    ...count(100_000, "microseconds", "How often processes are polled in mode 3."),
    least: 10_000,
  },
  Process_CacheSize: cache("Processes"),
  LogCollector_Disabled: off("the agent's own warnings as Diagnostic events"),
  LogCollector_MessageFrequency: frequency("Low", "Diagnostic events"),
  FileSystem_Disabled: off("file integrity"),
  FileSystem_MessageFrequency: frequency("Low", "file events"),
  FileSystem_Recursive: flag(true, "Whether folders below the watched ones are watched too."),
  FileSystem_Paths: list("Files and folders whose changes are told; empty is the agent's own choice."),
  FileSystem_CacheSize: cache("File events"),
  Peripheral_Disabled: off("connected hardware"),
  Peripheral_MessageFrequency: frequency("Low", "hardware events"),
  Peripheral_CacheSize: cache("Hardware events"),
  Statistics_Disabled: off("statistics of the agent itself"),
  Statistics_MessageFrequency: frequency("Low", "statistics of the agent itself"),
  Statistics_CacheSize: cache("Statistics"),
};

/** The names of what the agent can be asked to do to its device. */
export const responseNames = [
  "killProcess",
  "isolateNetwork",
  "blockAddress",
  "collectFile",
  "runBaselineCheck",
  "takeSnapshot",
] as const;

/** Settings of Picket's own, in either module and either form. */
export const picketSettings: Readonly<Record<string, Setting>> = {
  maxCpuPercent: {
    ...count(
      5,
      "percent of one core",
      "Processor time on average; above it the agent does less and says so.",
    ),
    most: 100,
  },
  maxMemoryInBytes: bytes(
    62_914_560,
    [33_554_432, 1_073_741_824],
    "Resident memory; above it the agent does less, says so, and at last starts anew.",
  ),
  maxDiskWritesInBytesPerDay: bytes(
    256_000_000,
    [1_048_576, 1_099_511_627_776],
    "Bytes written to the disk in a day; above half of it events are gathered in memory first.",
  ),
  messageCompression: {
    kind: "choice",
    choices: ["none", "gzip"],
    fallback: "none",
    about: "How messages are compressed; gzip needs a receiver that knows the content encoding.",
  },
  sourcesDisabled: list("Sources that are not used although they would serve, such as ebpf."),
  responseActionsAllowed: list(
    "What may be done to the device by direct method; empty is nothing.",
    responseNames,
  ),
  responseFilePaths: {
    ...list("Folders that files may be collected from."),
    fallback: "/var/log,/tmp,/etc/cron.d",
  },
  agentUpdateUrl: text("Where a signed update of the agent lies (https://…); its signature decides."),
  sharedAccessKeyRotation: text(
    "A new key, sealed with the present one; the agent moves over to it once it works.",
  ),
};

/** Every setting there is, by its name in the twin. */
export const settings: Readonly<Record<string, Setting>> = {
  ...legacySettings,
  ...microSettings,
  ...picketSettings,
};
