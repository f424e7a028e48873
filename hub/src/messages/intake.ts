import type { Clock, Recorder } from "@picket/kit";
import { type Protocol, recordKind, type StreamRecord } from "@picket/schema";
import type { Registry } from "../identity/registry.js";
import type { DeviceCounters, ProtocolTally } from "../operations/device-counters.js";
import type { Outbound, Receiver } from "../outbound.js";
import { messageTaken } from "../signals.js";

/** What the hub took since its start. */
export interface Totals {
  messages: number;
  securityMessages: number;
  bytes: number;
}

const ACTIVITY_MS = 30_000;
const kinds = { security: { kind: "security" }, telemetry: { kind: "telemetry" } } as const;

/** Who sends over one connection, with what of it would be looked up for each message. */
export class Source {
  readonly deviceId: string;
  readonly moduleId: string;
  readonly protocol: Protocol;
  tally: ProtocolTally | undefined;
  epoch = 0;
  activeAt = 0;

  constructor(who: { readonly deviceId: string; readonly moduleId: string }, protocol: Protocol) {
    this.deviceId = who.deviceId;
    this.moduleId = who.moduleId;
    this.protocol = protocol;
  }
}

/** Takes messages of all doors: counts them and hands them to the stream. */
export class Intake {
  readonly totals: Totals = { messages: 0, securityMessages: 0, bytes: 0 };
  readonly #registry: Registry;
  readonly #counters: DeviceCounters;
  readonly #outbound: Outbound;
  readonly #recorder: Recorder;
  readonly #clock: Clock;

  constructor(around: {
    readonly registry: Registry;
    readonly counters: DeviceCounters;
    readonly outbound: Outbound;
    readonly recorder: Recorder;
    readonly clock: Clock;
  }) {
    this.#registry = around.registry;
    this.#counters = around.counters;
    this.#outbound = around.outbound;
    this.#recorder = around.recorder;
    this.#clock = around.clock;
  }

  /** Takes a message; the receiver is told when it is on disk. The record's bytes are copied at once. */
  take(source: Source, record: StreamRecord, receiver: Receiver, mark: number): void {
    this.#count(source, record);
    this.#outbound.keep(record, receiver, mark);
  }

  /** The same for those who wait; resolves when the message is on disk. */
  taken(source: Source, record: StreamRecord): Promise<void> {
    this.#count(source, record);
    return this.#outbound.kept(record);
  }

  #count(source: Source, { kind, body, receivedAt }: StreamRecord): void {
    const isSecurity = kind === recordKind.message;
    const { totals } = this;
    const tally = this.#tally(source);
    totals.messages += 1;
    totals.bytes += body.byteLength;
    tally.messages += 1;
    tally.bytes += body.byteLength;
    if (isSecurity) {
      totals.securityMessages += 1;
      tally.securityMessages += 1;
    }
    messageTaken(this.#recorder, isSecurity ? kinds.security : kinds.telemetry);
    if (receivedAt - source.activeAt < ACTIVITY_MS) return;
    source.activeAt = this.#clock.now();
    this.#registry.active(source.deviceId, source.moduleId);
  }

  #tally(source: Source): ProtocolTally {
    if (source.tally && source.epoch === this.#counters.epoch) return source.tally;
    source.tally = this.#counters.of(source.deviceId, source.moduleId, source.protocol);
    source.epoch = this.#counters.epoch;
    return source.tally;
  }
}
