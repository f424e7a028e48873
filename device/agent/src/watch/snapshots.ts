import type { EventName, SecurityEvent } from "@picket/schema";
import { securityEvent } from "@picket/sdk";
import type { Collector } from "../collectors/collector.js";
import { connectedHardware } from "../collectors/connected-hardware.js";
import { firewallConfiguration } from "../collectors/firewall-configuration.js";
import { PortWatch } from "../collectors/listening-ports.js";
import { localUsers } from "../collectors/local-users.js";
import { osBaseline } from "../collectors/os-baseline.js";
import { systemInformation } from "../collectors/system-information.js";
import type { Host } from "../host.js";

/** What snapshots need of their surroundings. */
export interface SnapshotsOptions {
  readonly host: Host;
  readonly isCollected: (name: EventName) => boolean;
  readonly keep: (events: readonly SecurityEvent[]) => void;
  readonly failed: (collector: EventName, error: unknown) => void;
}

type Watched = "LocalUsers" | "ConnectedHardware" | "FirewallConfiguration";

/** What is cheap to look at and differs when a snapshot would. */
const marks: Readonly<Record<Watched, (host: Host) => Promise<string>>> = {
  LocalUsers: (host) => times(host, ["/etc/passwd", "/etc/group"]),
  ConnectedHardware: async (host) => (await host.list("/sys/bus/usb/devices").catch(() => [])).join(),
  FirewallConfiguration: (host) =>
    times(host, ["/etc/nftables.conf", "/etc/iptables/rules.v4", "/etc/iptables/rules.v6"]),
};

const times = async (host: Host, paths: readonly string[]): Promise<string> =>
  (await Promise.all(paths.map((path) => host.changedAt(path)))).join();

/** Takes snapshots: all of them when their time has come, one of them when what it shows has changed. */
export class Snapshots {
  readonly #options: SnapshotsOptions;
  readonly #ports: PortWatch;
  readonly #marks = new Map<Watched, string>();
  #lastPorts = "";
  #listeners = new Map<number, number>();
  #isLooking = false;

  constructor(options: SnapshotsOptions) {
    this.#options = options;
    this.#ports = new PortWatch(options.host);
  }

  /** The process that listens on a port, as of the last look. */
  listener(port: number): number | undefined {
    return this.#listeners.get(port);
  }

  /** Takes all of them. */
  async all(): Promise<void> {
    this.#lastPorts = "";
    await this.ports();
    for (const collector of [
      localUsers,
      systemInformation,
      connectedHardware,
      firewallConfiguration,
      osBaseline,
    ])
      await this.#take(collector);
  }

  /** Looks at the ports, which is cheap, and tells them when they are others than the last time. */
  async ports(): Promise<void> {
    if (this.#isLooking || !this.#options.isCollected("ListeningPorts")) return;
    this.#isLooking = true;
    try {
      const items = await this.#ports.look();
      this.#listeners = new Map(
        items.flatMap(({ Protocol, LocalPort, ExtraDetails }) =>
          Protocol.startsWith("tcp") && ExtraDetails?.["Pid"]
            ? [[Number(LocalPort), Number(ExtraDetails["Pid"])]]
            : [],
        ),
      );
      const text = JSON.stringify(items);
      if (text === this.#lastPorts) return;
      this.#lastPorts = text;
      this.#options.keep([securityEvent("ListeningPorts", items)]);
    } catch (error) {
      this.#options.failed("ListeningPorts", error);
    } finally {
      this.#isLooking = false;
    }
  }

  /** Looks whether something changed that a snapshot shows. */
  async changes(): Promise<void> {
    for (const collector of [localUsers, connectedHardware, firewallConfiguration] as const) {
      const mark = await marks[collector.name](this.#options.host);
      const before = this.#marks.get(collector.name);
      this.#marks.set(collector.name, mark);
      if (before !== undefined && before !== mark) await this.#take(collector);
    }
  }

  async #take({ name, collect }: Collector<EventName>): Promise<void> {
    if (!this.#options.isCollected(name)) return;
    try {
      const items = await collect(this.#options.host);
      if (items) this.#options.keep([securityEvent(name, items)]);
    } catch (error) {
      this.#options.failed(name, error);
    }
  }
}
