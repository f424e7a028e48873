import { constants } from "node:os";
import type { AggregatedEvent, Payload, SecurityEvent } from "@picket/schema";
import { securityEvent } from "@picket/sdk";

import type { FileHashes } from "../processes/file-hashes.js";
import type { Known, ProcessTable } from "../processes/process-table.js";
import {
  type Aggregation,
  coarseConnectionKey,
  coarseProcessKey,
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
const MOST_PROGRAMS = 10_000;

const signalNames: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.signals).map(([name, number]) => [number, name]),
);

/** Turns what sources tell into events: programs with what they descend from, connections with their programs. */
export class Happenings {
  readonly #options: HappeningsOptions;
  readonly #own = process.pid;
  readonly #programs = new Programs();
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
    const holder = this.#holder(event);
    const failure = event.failure ?? "";
    this.#fold({
      name: "ConnectionCreate",
      key: `${this.#key(event, holder)} ${failure}`,
      coarseKey: () => `${coarseConnectionKey(endsOf(event, holder))}\0${failure}`,
      sample: `${event.remoteAddress} to ${event.localAddress}`,
      at: event.at,
      item: () => ({ ...endsOf(event, holder), ...detailsOf(holder, failure) }),
    });
  }

  #disconnected(event: Disconnected): void {
    const holder = this.#holder(event);
    this.#fold({
      name: "ConnectionTerminate",
      key: this.#key(event, holder),
      coarseKey: () => coarseConnectionKey(endsOf(event, holder)),
      at: event.at,
      item: () => ({
        ...endsOf(event, holder),
        ...(event.sent === undefined ? {} : { BytesSent: event.sent }),
        ...(event.received === undefined ? {} : { BytesReceived: event.received }),
        ...(event.lasted === undefined ? {} : { DurationMs: event.lasted }),
        ...detailsOf(holder, ""),
      }),
      add: (sum) => ({ ...sum, ...addedUp(sum, event) }),
    });
  }

  /** The process that holds this end, as far as it is known. */
  #holder({ pid, direction, localPort }: Ends): Holder {
    const { table, listener } = this.#options;
    const number = pid || (direction === "In" ? (listener(localPort) ?? 0) : 0);
    return { pid: number, known: table.find(number) };
  }

  /** What tells one kind of connection from another, short: the program stands in it as a number. */
  #key(event: Ends, { known }: Holder): string {
    const { direction, protocol, localAddress, remoteAddress, localPort, remotePort, uid } = event;
    const port = direction === "In" ? localPort : remotePort;
    const program = known ? this.#programs.of(known) : `u${uid}`;
    return `${program} ${direction} ${protocol} ${localAddress} ${remoteAddress} ${port}`;
  }

  #fold<N extends AggregatedEvent>(happening: Happening<N>): void {
    const { aggregation, isCollected, isFolded, keep } = this.#options;
    const { name, item, at } = happening;
    if (!isCollected(name)) return;
    keep(isFolded(name) ? aggregation.take(happening) : [securityEvent(name, [item()], { at })]);
  }
}

/** Who holds an end of a connection. */
interface Holder {
  readonly pid: number;
  readonly known: Known | undefined;
}

/** Made only when it is told: of thousands alike most are counted. */
const endsOf = (event: Ends, { pid, known }: Holder): Payload<"ConnectionCreate"> => ({
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
});

function detailsOf({ known }: Holder, failure: string): { ExtraDetails?: Record<string, string> } {
  const details = {
    ...(known?.container ? { ContainerId: known.container } : {}),
    ...(failure === "" ? {} : { State: failure }),
  };
  return Object.keys(details).length > 0 ? { ExtraDetails: details } : {};
}

const addedUp = (
  sum: Payload<"ConnectionTerminate">,
  { sent = 0, received = 0, lasted = 0 }: Disconnected,
): Record<Counted, number> => ({
  BytesSent: (sum.BytesSent ?? 0) + sent,
  BytesReceived: (sum.BytesReceived ?? 0) + received,
  DurationMs: (sum.DurationMs ?? 0) + lasted,
});

/** Programs by numbers: the same program with the same command line and user has the same. */
class Programs {
  readonly #byText = new Map<string, number>();
  readonly #byProcess = new WeakMap<Known, number>();
  #last = 0;

  of(known: Known): number {
    const before = this.#byProcess.get(known);
    if (before !== undefined) return before;
    const text = processKey(known.executable, known.commandLine, known.uid);
    if (this.#byText.size >= MOST_PROGRAMS) this.#byText.clear();
    let number = this.#byText.get(text);
    if (number === undefined) {
      this.#last += 1;
      number = this.#last;
      this.#byText.set(text, number);
    }
    this.#byProcess.set(known, number);
    return number;
  }
}

const late = (): Promise<undefined> =>
  new Promise((resolve) => {
    setTimeout(() => resolve(undefined), WAIT_MS).unref();
  });
