import { constants } from "node:os";
import type { AggregatedEvent, Payload, SecurityEvent } from "@picket/schema";
import { securityEvent } from "@picket/sdk";

import type { FileHashes } from "../processes/file-hashes.js";
import type { Known, ProcessTable } from "../processes/process-table.js";
import {
  type Aggregation,
  coarseConnectionKey,
  coarseProcessKey,
  connectionKey,
  type Happening,
  processKey,
} from "../report/aggregation.js";
import type { Connected, Disconnected, Ended, Ends, HostEvent, Started } from "../sources/host-events.js";

const MOST_CONNECTION_LINE = 1_024;

/** What happenings need of their surroundings. */
export interface HappeningsOptions {
  readonly table: ProcessTable;
  readonly aggregation: Aggregation;
  readonly isCollected: (name: AggregatedEvent) => boolean;
  readonly isFolded: (name: AggregatedEvent) => boolean;
  readonly keep: (events: readonly SecurityEvent[]) => void;
  /** The process that listens on a port, as far as it is known. */
  readonly listener: (port: number) => number | undefined;
  readonly portsChanged: (port: number, pid: number) => void;
  readonly now: () => number;
  /** Hashes of programs' files; without it none are told. */
  readonly hashes?: FileHashes;
}

type Counted = "BytesSent" | "BytesReceived" | "DurationMs";

/** Programs that wait for their file's hash; beyond it they are told without. */
const MOST_WAITING = 2_000;
const WAIT_MS = 2_000;

const signalNames: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.signals).map(([name, number]) => [number, name]),
);

/** Turns what sources tell into events: programs with what they descend from, connections with their programs. */
export class Happenings {
  readonly #options: HappeningsOptions;
  readonly #own = process.pid;
  #waiting = 0;

  constructor(options: HappeningsOptions) {
    this.#options = options;
  }

  take(event: HostEvent): void {
    const { table } = this.#options;
    if (event.kind === "fork") table.forked(event.pid, event.parent, this.#options.now());
    else if (event.kind === "exec") this.#started(event);
    else if (event.kind === "exit") this.#ended(event);
    else if (event.kind === "connect") this.#connected(event);
    else if (event.kind === "disconnect") this.#disconnected(event);
    else this.#options.portsChanged(event.port, event.pid);
  }

  #started(event: Started): void {
    const { table, hashes } = this.#options;
    const known = table.started(event);
    // What the agent itself starts, to read a firewall's rules, says nothing of the host.
    if (known.parent === this.#own) return;
    const hash = known.executable.startsWith("/")
      ? hashes?.of(table.openable(known, known.executable))
      : undefined;
    const isLate = hash instanceof Promise;
    if (!isLate || this.#waiting >= MOST_WAITING) {
      this.#tellStarted(event, known, isLate ? undefined : hash);
      return;
    }
    this.#waiting += 1;
    const tell = (found: string | undefined): void => {
      this.#waiting -= 1;
      this.#tellStarted(event, known, found);
    };
    void Promise.race([hash, late()]).then(tell, () => tell(undefined));
  }

  #tellStarted(event: Started, known: Known, hash: string | undefined): void {
    const { table } = this.#options;
    this.#fold({
      name: "ProcessCreate",
      // A file that was replaced makes the same program another one.
      key: `${processKey(known.executable, event.commandLine, event.uid)}\0${hash ?? ""}`,
      coarseKey: () => coarseProcessKey(known.executable, event.commandLine, event.uid),
      sample: event.commandLine,
      at: event.at,
      item: () => table.payload(event, known, hash),
    });
  }

  #ended({ pid, at, status }: Ended): void {
    const { table } = this.#options;
    const known = table.ended(pid);
    if (!known || status === undefined || known.parent === this.#own) return;
    this.#fold({
      name: "ProcessTerminate",
      key: `${known.executable}\0${status}`,
      at,
      item: () => ({
        Executable: known.executable,
        ProcessId: pid,
        ExitStatus: status,
        ExtraDetails: {
          CommandLine: known.commandLine,
          UserId: String(known.uid),
          ...(status > 128 ? { Signal: signalNames.get(status - 128) ?? String(status - 128) } : {}),
          ...table.detailsOf(known),
        },
      }),
    });
  }

  #connected(event: Connected): void {
    const { item, details } = this.#ends(event);
    const told = { ...details, ...(event.failure ? { State: event.failure } : {}) };
    const whole = Object.keys(told).length > 0 ? { ...item, ExtraDetails: told } : item;
    this.#fold({
      name: "ConnectionCreate",
      key: `${connectionKey(item)}\0${event.failure ?? ""}`,
      coarseKey: () => `${coarseConnectionKey(item)}\0${event.failure ?? ""}`,
      sample: `${item.RemoteAddress} to ${item.LocalAddress}`,
      at: event.at,
      item: () => whole,
    });
  }

  #disconnected(event: Disconnected): void {
    const { item, details } = this.#ends(event);
    const sums = {
      ...(event.sent === undefined ? {} : { BytesSent: event.sent }),
      ...(event.received === undefined ? {} : { BytesReceived: event.received }),
      ...(event.lasted === undefined ? {} : { DurationMs: event.lasted }),
    };
    const whole = { ...item, ...sums, ...(Object.keys(details).length > 0 ? { ExtraDetails: details } : {}) };
    this.#fold({
      name: "ConnectionTerminate",
      key: connectionKey(item),
      coarseKey: () => coarseConnectionKey(item),
      at: event.at,
      item: () => whole,
      add: (sum) => ({ ...sum, ...addedUp(sum, sums) }),
    });
  }

  #ends(event: Ends): { item: Payload<"ConnectionCreate">; details: Record<string, string> } {
    const { table, listener } = this.#options;
    const pid = event.pid || (event.direction === "In" ? (listener(event.localPort) ?? 0) : 0);
    const known = table.find(pid);
    const item = {
      Executable: known?.executable ?? "",
      ProcessId: pid,
      Direction: event.direction,
      Protocol: event.protocol,
      RemoteAddress: event.remoteAddress,
      RemotePort: String(event.remotePort),
      LocalAddress: event.localAddress,
      ...(event.localPort > 0 ? { LocalPort: String(event.localPort) } : {}),
      UserId: String(known?.uid ?? event.uid),
      ...(known ? { CommandLine: known.commandLine.slice(0, MOST_CONNECTION_LINE) } : {}),
    };
    return { item, details: known?.container ? { ContainerId: known.container } : {} };
  }

  #fold<N extends AggregatedEvent>(happening: Happening<N>): void {
    const { aggregation, isCollected, isFolded, keep } = this.#options;
    const { name, item, at } = happening;
    if (!isCollected(name)) return;
    keep(isFolded(name) ? aggregation.take(happening) : [securityEvent(name, [item()], { at })]);
  }
}

const addedUp = (
  sum: Payload<"ConnectionTerminate">,
  { BytesSent = 0, BytesReceived = 0, DurationMs = 0 }: Partial<Record<Counted, number>>,
): Record<Counted, number> => ({
  BytesSent: (sum.BytesSent ?? 0) + BytesSent,
  BytesReceived: (sum.BytesReceived ?? 0) + BytesReceived,
  DurationMs: (sum.DurationMs ?? 0) + DurationMs,
});

const late = (): Promise<undefined> =>
  new Promise((resolve) => {
    setTimeout(() => resolve(undefined), WAIT_MS).unref();
  });
