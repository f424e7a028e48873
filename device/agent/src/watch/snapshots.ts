import type { EventName, Payload, SecurityEvent } from "@picket/schema";
import { type Watched, watched } from "../collectors/all.js";
import type { Collector } from "../collectors/collector.js";
import { PortWatch } from "../collectors/listening-ports.js";
import type { Host } from "../host.js";
import { bounded } from "./bounded.js";
import { Health } from "./health.js";

/** What snapshots need of their surroundings. */
export interface SnapshotsOptions {
  readonly host: Host;
  readonly isCollected: (name: EventName) => boolean;
  readonly keep: (events: readonly SecurityEvent[]) => void;
  readonly failed: (collector: EventName, error: unknown) => void;
  /** Told how many items of a snapshot did not fit. */
  readonly leftOut?: (collector: EventName, items: number) => void;
  /** Bytes of the largest message, so that no snapshot is too large for one. */
  readonly mostBytes?: () => number;
  /** Collectors beside the usual ones, such as the baseline. */
  readonly more?: readonly Watched[];
  readonly health?: Health;
}

const MOST_BYTES = 120_000;
const ENVELOPE = 1_024;
const MOST_OPENERS = 4_096;

/** Takes snapshots: all of them when their time has come, one of them when what it shows has changed. */
export class Snapshots {
  readonly #options: SnapshotsOptions;
  readonly #ports: PortWatch;
  readonly #all: readonly Watched[];
  readonly #marks = new Map<EventName, string>();
  readonly #health: Health;
  #lastPorts = "";
  #listeners = new Map<number, number>();
  readonly #openers = new Map<number, number>();
  #isLooking = false;

  constructor(options: SnapshotsOptions) {
    this.#options = options;
    this.#ports = new PortWatch(options.host, (port) => this.#openers.get(port));
    this.#all = [...watched, ...(options.more ?? [])];
    this.#health = options.health ?? new Health();
  }

  /** The process that listens on a port, as of the last look. */
  listener(port: number): number | undefined {
    return this.#listeners.get(port);
  }

  /** Notes the process that opened a port, so that it need not be sought. */
  portOpened(port: number, pid: number): void {
    this.#openers.delete(port);
    this.#openers.set(port, pid);
    if (this.#openers.size > MOST_OPENERS) this.#openers.delete(this.#openers.keys().next().value!);
  }

  /** Takes all of them. */
  async all(): Promise<void> {
    this.#lastPorts = "";
    await this.ports();
    for (const each of this.#all) await this.#take(each);
  }

  /** Takes one of them now. */
  async one(name: EventName): Promise<void> {
    const found = this.#all.find(({ collector }) => collector.name === name);
    if (found) await this.#take(found);
  }

  /** Looks at the ports, which is cheap, and tells them when they are others than the last time. */
  async ports(): Promise<void> {
    if (this.#isLooking || !this.#options.isCollected("ListeningPorts")) return;
    this.#isLooking = true;
    try {
      const since = performance.now();
      const items = await this.#ports.look();
      this.#listeners = listenersOf(items);
      const text = JSON.stringify(items);
      if (text === this.#lastPorts) return;
      this.#lastPorts = text;
      this.#tell("ListeningPorts", items, { since, mostEvents: 1 });
    } catch (error) {
      this.#options.failed("ListeningPorts", error);
    } finally {
      this.#isLooking = false;
    }
  }

  /** Looks whether something changed that a snapshot shows. */
  async changes(): Promise<void> {
    for (const each of this.#all) {
      const { mark, collector } = each;
      if (!mark || !this.#options.isCollected(collector.name)) continue;
      const found = await mark(this.#options.host);
      const before = this.#marks.get(collector.name);
      this.#marks.set(collector.name, found);
      if (before !== undefined && before !== found) await this.#take(each);
    }
  }

  async #take({ collector, mostEvents = 1 }: Watched): Promise<void> {
    const { name, collect }: Collector<EventName> = collector;
    if (!this.#options.isCollected(name)) return;
    const since = performance.now();
    try {
      const items = await collect(this.#options.host);
      if (items) this.#tell(name, items, { since, mostEvents });
      else
        this.#health.did(name, {
          source: "none",
          items: 0,
          leftOut: 0,
          milliseconds: performance.now() - since,
        });
    } catch (error) {
      this.#options.failed(name, error);
    }
  }

  #tell<N extends EventName>(
    name: N,
    items: readonly Payload<N>[],
    { since, mostEvents }: { readonly since: number; readonly mostEvents: number },
  ): void {
    const { keep, leftOut, mostBytes } = this.#options;
    const room = Math.min(MOST_BYTES, (mostBytes?.() ?? MOST_BYTES) - ENVELOPE);
    const made = bounded(name, items, { mostBytes: room, mostEvents, at: Date.now() });
    if (made.leftOut > 0) leftOut?.(name, made.leftOut);
    this.#health.did(name, {
      source: "snapshot",
      items: items.length,
      leftOut: made.leftOut,
      milliseconds: performance.now() - since,
    });
    keep(made.events);
  }
}

/** Processes by the ports they wait at. */
const listenersOf = (items: readonly Payload<"ListeningPorts">[]): Map<number, number> =>
  new Map(
    items.flatMap(({ Protocol, LocalPort, ExtraDetails }) =>
      Protocol.startsWith("tcp") && ExtraDetails?.["Pid"]
        ? [[Number(LocalPort), Number(ExtraDetails["Pid"])]]
        : [],
    ),
  );
