import type { AggregatedEvent, Payload, SecurityEvent } from "@picket/schema";
import { securityEvent } from "@picket/sdk";
import type { ProcessTable } from "../processes/process-table.js";
import {
  type Aggregation,
  coarseConnectionKey,
  coarseProcessKey,
  connectionKey,
  type Happening,
  processKey,
} from "../report/aggregation.js";
import type { Connected, Ended, HostEvent, Started } from "../sources/host-events.js";

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
  readonly portsChanged: () => void;
  readonly now: () => number;
}

/** Turns what sources tell into events: programs with what they descend from, connections with their programs. */
export class Happenings {
  readonly #options: HappeningsOptions;
  readonly #own = process.pid;

  constructor(options: HappeningsOptions) {
    this.#options = options;
  }

  take(event: HostEvent): void {
    const { table } = this.#options;
    if (event.kind === "fork") table.forked(event.pid, event.parent, this.#options.now());
    else if (event.kind === "exec") this.#started(event);
    else if (event.kind === "exit") this.#ended(event);
    else if (event.kind === "tcp") this.#connected(event);
    else this.#options.portsChanged();
  }

  #started(event: Started): void {
    const { table } = this.#options;
    const known = table.started(event);
    // What the agent itself starts, to read a firewall's rules, says nothing of the host.
    if (known.parent === this.#own) return;
    this.#fold({
      name: "ProcessCreate",
      key: processKey(known.executable, event.commandLine, event.uid),
      coarseKey: () => coarseProcessKey(known.executable, event.commandLine, event.uid),
      sample: event.commandLine,
      at: event.at,
      item: () => table.payload(event, known),
    });
  }

  #ended({ pid, at, status }: Ended): void {
    const known = this.#options.table.ended(pid);
    if (!known || status === undefined || known.parent === this.#own) return;
    this.#fold({
      name: "ProcessTerminate",
      key: `${known.executable}\0${status}`,
      at,
      item: () => ({ Executable: known.executable, ProcessId: pid, ExitStatus: status }),
    });
  }

  #connected(event: Connected): void {
    const item = this.#connection(event);
    this.#fold({
      name: "ConnectionCreate",
      key: connectionKey(item),
      coarseKey: () => coarseConnectionKey(item),
      sample: `${item.RemoteAddress} to ${item.LocalAddress}`,
      at: event.at,
      item: () => item,
    });
  }

  #connection(event: Connected): Payload<"ConnectionCreate"> {
    const { table, listener } = this.#options;
    const pid = event.pid || (listener(event.localPort) ?? 0);
    const known = table.find(pid);
    return {
      Executable: known?.executable ?? "",
      ProcessId: pid,
      Direction: event.direction,
      Protocol: "tcp",
      RemoteAddress: event.remoteAddress,
      RemotePort: String(event.remotePort),
      LocalAddress: event.localAddress,
      // An outgoing connection gets its port after the kernel has told of it.
      ...(event.localPort > 0 ? { LocalPort: String(event.localPort) } : {}),
      UserId: String(known?.uid ?? event.uid),
      ...(known ? { CommandLine: known.commandLine.slice(0, MOST_CONNECTION_LINE) } : {}),
    };
  }

  #fold<N extends AggregatedEvent>(happening: Happening<N>): void {
    const { aggregation, isCollected, isFolded, keep } = this.#options;
    const { name, item, at } = happening;
    if (!isCollected(name)) return;
    keep(isFolded(name) ? aggregation.take(happening) : [securityEvent(name, [item()], { at })]);
  }
}
