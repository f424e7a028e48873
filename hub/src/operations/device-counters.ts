import type { Clock } from "@picket/kit";
import {
  type DeviceCounters as DeviceMinute,
  type OperationCause,
  type Protocol,
  type ProtocolCounters,
  recordKind,
} from "@picket/schema";
import type { Outbound } from "../outbound.js";
import type { Told } from "./operation-log.js";

/** What an identity did over one protocol in the present minute; doors count in it. */
export type ProtocolTally = { -readonly [Name in keyof ProtocolCounters]: number };

type Device = { -readonly [Name in keyof Omit<DeviceMinute, "minute" | "protocols">]: number } & {
  readonly deviceId: string;
  readonly moduleId: string;
  readonly protocols: Map<Protocol, ProtocolTally>;
};

const MINUTE_MS = 60_000;
const LOOK_MS = 1_000;
const SLICE = 500;
/** So many identities at once; with more, the minute is written in parts, which add up. */
const MOST = 50_000;

const unauthorized: ReadonlySet<OperationCause> = new Set<OperationCause>([
  "disabledDevice",
  "invalidSignature",
  "expiredToken",
  "malformedToken",
  "wrongAudience",
  "certificateMismatch",
  "certificateExpired",
  "forbidden",
  "addressRefused",
]);

const tally = (): ProtocolTally => ({
  messages: 0,
  securityMessages: 0,
  bytes: 0,
  failures: 0,
  unauthorized: 0,
  connects: 0,
  disconnects: 0,
  commandsDelivered: 0,
  commandsCompleted: 0,
  commandsRejected: 0,
  commandsAbandoned: 0,
});

/**
 * Counts what each device does and writes it to the stream once a minute, for those that did anything. Whatever the
 * operation log is told is counted, before floods are folded; messages are counted by the doors.
 */
export class DeviceCounters {
  readonly #outbound: Outbound;
  readonly #clock: Clock;
  readonly #timer: NodeJS.Timeout;
  #devices = new Map<string, Device>();
  #minute: number;
  #epoch = 1;

  constructor(outbound: Outbound, clock: Clock) {
    this.#outbound = outbound;
    this.#clock = clock;
    this.#minute = this.#now();
    this.#timer = setInterval(() => this.look(), LOOK_MS).unref();
  }

  /** Changes when tallies that were handed out no longer count. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Where to count what an identity does over a protocol, until the epoch changes. */
  of(deviceId: string, moduleId: string, protocol: Protocol): ProtocolTally {
    const { protocols } = this.#device(deviceId, moduleId);
    const known = protocols.get(protocol) ?? tally();
    protocols.set(protocol, known);
    return known;
  }

  /** Counts what the operation log is told. */
  told({ operationName, category, deviceId, moduleId, protocol, cause = "" }: Told): void {
    // Ids that anybody can make up would fill the memory.
    if (deviceId === "" || cause === "unknownDevice") return;
    if (unauthorized.has(cause)) this.of(deviceId, moduleId, protocol).unauthorized += 1;
    const name = countedAs(category, operationName, cause);
    if (name === undefined) return;
    if (isOfDevice(name)) this.#device(deviceId, moduleId)[name] += 1;
    else this.of(deviceId, moduleId, protocol)[name] += 1;
    if (name === "methodCalls" && cause !== "") this.#device(deviceId, moduleId).methodFailures += 1;
  }

  /** Writes the minute when it is over. */
  look(): void {
    if (this.#now() !== this.#minute) this.#write();
  }

  /** Writes what was counted, at once. */
  close(): void {
    clearInterval(this.#timer);
    this.#write(Number.POSITIVE_INFINITY);
  }

  #now(): number {
    return Math.floor(this.#clock.now() / MINUTE_MS);
  }

  #device(deviceId: string, moduleId: string): Device {
    const key = `${deviceId}\n${moduleId}`;
    const known = this.#devices.get(key);
    if (known) return known;
    if (this.#devices.size >= MOST) this.#write();
    const made: Device = {
      deviceId,
      moduleId,
      protocols: new Map(),
      methodCalls: 0,
      methodFailures: 0,
      twinReads: 0,
      twinUpdates: 0,
      commandsEnqueued: 0,
      commandsDeadLettered: 0,
      queuePurges: 0,
      fileUploads: 0,
    };
    this.#devices.set(key, made);
    return made;
  }

  #write(slice = SLICE): void {
    const minute = new Date(this.#minute * MINUTE_MS).toISOString();
    const devices = [...this.#devices.values()];
    this.#devices = new Map();
    this.#epoch += 1;
    this.#minute = this.#now();
    this.#slice(devices, minute, slice);
  }

  /** Many devices are written in slices, so that messages come in between. */
  #slice(devices: readonly Device[], minute: string, size: number): void {
    for (const { deviceId, moduleId, protocols, ...counts } of devices.slice(0, size)) {
      const body: DeviceMinute = { minute, protocols: Object.fromEntries(protocols), ...counts };
      this.#outbound.keep({
        kind: recordKind.counters,
        receivedAt: this.#clock.now(),
        deviceId,
        moduleId,
        body: Buffer.from(JSON.stringify(body)),
      });
    }
    if (devices.length > size) setImmediate(() => this.#slice(devices.slice(size), minute, size));
  }
}

type OfDevice = keyof Omit<Device, "deviceId" | "moduleId" | "protocols">;
type Counted = OfDevice | keyof ProtocolTally;

const ofDevice: ReadonlySet<string> = new Set<OfDevice>([
  "methodCalls",
  "twinReads",
  "twinUpdates",
  "commandsEnqueued",
  "commandsDeadLettered",
  "queuePurges",
  "fileUploads",
]);
const isOfDevice = (name: Counted): name is OfDevice => ofDevice.has(name);

/** Operations of cloud-to-device messages, by name. */
const commands: ReadonlyMap<string, Counted> = new Map([
  ["deliver", "commandsDelivered"],
  ["complete", "commandsCompleted"],
  ["reject", "commandsRejected"],
  ["abandon", "commandsAbandoned"],
  ["messageExpired", "commandsDeadLettered"],
  ["deliveryCountExceeded", "commandsDeadLettered"],
  ["purge", "queuePurges"],
]);

/** What an operation counts as; undefined when as nothing. */
function countedAs(category: string, operationName: string, cause: OperationCause): Counted | undefined {
  const isGood = cause === "";
  switch (category) {
    case "Connections":
      if (operationName === "deviceDisconnect") return "disconnects";
      return operationName === "deviceConnect" && isGood ? "connects" : undefined;
    case "DeviceTelemetry":
      return isGood ? undefined : "failures";
    case "D2CTwinOperations":
    case "C2DTwinOperations":
      if (!isGood) return category === "D2CTwinOperations" ? "failures" : undefined;
      return operationName === "read" ? "twinReads" : "twinUpdates";
    case "DirectMethods":
      return "methodCalls";
    case "FileUploadOperations":
      return isGood ? "fileUploads" : "failures";
    case "C2DCommands":
      if (operationName === "send") return isGood ? "commandsEnqueued" : undefined;
      return cause === "conflict" ? undefined : commands.get(operationName);
    default:
      return undefined;
  }
}
