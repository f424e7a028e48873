import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import {
  type AggregatedEvent,
  type EventName,
  mergePatch,
  type Payload,
  parseDuration,
  printSettings,
  priorityOf,
  readSettings,
  SETTINGS_SECTION,
  type SecurityEvent,
  type SettingValues,
} from "@picket/schema";
import { type ConnectionString, type HubClient, openHubClient, securityEvent } from "@picket/sdk";
import { listeningPorts } from "./collectors/listening-ports.js";
import { localUsers } from "./collectors/local-users.js";
import { LogTail, loginOf } from "./collectors/logins.js";
import { ProcessPoll, ProcessTable } from "./collectors/processes.js";
import { systemInformation } from "./collectors/system-information.js";
import { thisHost } from "./host.js";
import { Outbox } from "./outbox/outbox.js";
import { Aggregation } from "./report/aggregate.js";
import { type Queue, Reporter } from "./report/reporter.js";
import { type Connected, type KernelEvent, KernelWatch } from "./sources/kernel.js";

/** What an agent is started with. */
export interface AgentOptions {
  readonly connection: ConnectionString;
  readonly ca?: string;
  readonly address?: string;
  readonly data: string;
  /** Send at once rather than by the twin's intervals. */
  readonly lowLatency: boolean;
  readonly log: (line: string) => void;
}

const VERSION = "0.1.0";
const PORTS_MS = 2_000;
const LOGINS_MS = 1_000;
const SOON_MS = 1_000;
const FOLD_MS = 10_000;

/** Watches this host and reports to a hub. */
export class Agent {
  readonly #options: AgentOptions;
  readonly #client: HubClient;
  readonly #reporter: Reporter;
  readonly #aggregation = new Aggregation();
  readonly #processes = new ProcessTable();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #logins = new LogTail("/var/log/auth.log");
  #settings: SettingValues = readSettings({}).values ?? {};
  #desired: Record<string, unknown> = {};
  #watch: KernelWatch | ProcessPoll | undefined;
  #coverage: Record<string, string> = {};
  #lastPorts = "";
  #soon: NodeJS.Timeout | undefined;
  #due: Record<Queue | "snapshot", number> = { High: 0, Low: 0, snapshot: 0 };
  #usersChangedAt = 0;

  constructor(options: AgentOptions) {
    this.#options = options;
    mkdirSync(options.data, { recursive: true, mode: 0o700 });
    const { connection, ca, address } = options;
    this.#client = openHubClient({
      connection,
      userAgent: `picket-agent/${VERSION} (node ${process.version}; linux ${release()}; ${process.arch})`,
      ...(ca ? { ca } : {}),
      ...(address ? { address } : {}),
    });
    const outbox = (queue: Queue, maxBytes: number): Outbox =>
      new Outbox(join(options.data, queue.toLowerCase()), {
        maxBytes,
        dropped: (events) => this.#dropped(queue, events),
      });
    this.#reporter = new Reporter(
      { High: outbox("High", 64_000_000), Low: outbox("Low", 256_000_000) },
      this.#client,
      { agentId: agentId(options.data), agentVersion: VERSION },
    );
  }

  async start(): Promise<void> {
    this.#processes.seed();
    this.#watch = this.#openWatch();
    this.#client.onState((state, cause) => {
      this.#options.log(
        state === "connected" ? "connected to the hub" : `not connected: ${cause?.message ?? ""}`,
      );
      if (state === "connected") void this.#welcome();
    });
    this.#client.onDesired(
      (patch) => void this.#configure(mergePatch(this.#desired, patch) as Record<string, unknown>),
    );
    this.#client.onMethod(async (name) => this.#answer(name));
    this.#every(PORTS_MS, () => this.#lookAtPorts());
    this.#every(LOGINS_MS, async () => this.#readLogins());
    this.#every(SOON_MS, () => this.#tick());
    this.#every(FOLD_MS, async () => this.#flush(Date.now()));
    await this.#connect();
  }

  /** Sends what can be sent, and keeps the rest on disk. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#soon);
    if (this.#watch instanceof KernelWatch) this.#watch.drain();
    this.#watch?.close();
    this.#flush(Number.MAX_SAFE_INTEGER);
    await Promise.race([
      this.#reporter.send("High").then(() => this.#reporter.send("Low")),
      new Promise((resolve) => setTimeout(resolve, 2_000)),
    ]);
    await this.#client.close();
    this.#reporter.close();
  }

  /** Waits for the hub: one that is away is no reason to end. A refusal is. */
  async #connect(): Promise<void> {
    for (let wait = 1_000; ; wait = Math.min(wait * 2, 60_000)) {
      try {
        await this.#client.connect();
        return;
      } catch (error) {
        const isFinal = error instanceof Error && "retry" in error && error.retry === "never";
        if (isFinal) throw error;
        this.#options.log(
          `not connected: ${error instanceof Error ? error.message : String(error)}; events are kept on disk`,
        );
        await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random() / 2)));
      }
    }
  }

  #openWatch(): KernelWatch | ProcessPoll {
    try {
      const watch = new KernelWatch(offsetsOf(this.#options.data), (event) => this.#kernel(event));
      this.#coverage = { ProcessCreate: "ebpf", ProcessTerminate: "ebpf", ConnectionCreate: "ebpf" };
      return watch;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#options.log(
        `programs are watched by polling and connections not at all: ${why}${process.getuid?.() === 0 ? "" : " (root is needed)"}`,
      );
      this.#coverage = { ProcessCreate: `polling (${why})`, ConnectionCreate: `none (${why})` };
      return new ProcessPoll((started) => this.#kernel(started));
    }
  }

  #kernel(event: KernelEvent): void {
    const now = Date.now();
    if (event.kind === "exec") this.#fold("ProcessCreate", this.#processes.started(event), now);
    else if (event.kind === "tcp") this.#fold("ConnectionCreate", this.#connection(event), now);
    else {
      const executable = this.#processes.ended(event.pid);
      if (executable !== undefined)
        this.#fold(
          "ProcessTerminate",
          { Executable: executable, ProcessId: event.pid, ExitStatus: event.code },
          now,
        );
    }
  }

  #connection({
    pid,
    uid,
    direction,
    localAddress,
    localPort,
    remoteAddress,
    remotePort,
  }: Connected): Payload<"ConnectionCreate"> {
    const known = pid > 0 ? this.#processes.find(pid) : undefined;
    return {
      Executable: known?.executable ?? "",
      ProcessId: pid,
      Direction: direction,
      Protocol: "tcp",
      RemoteAddress: remoteAddress,
      RemotePort: String(remotePort),
      LocalAddress: localAddress,
      LocalPort: String(localPort),
      UserId: String(uid),
      ...(known ? { CommandLine: known.commandLine.slice(0, 1_024) } : {}),
    };
  }

  #fold<N extends AggregatedEvent>(name: N, item: Payload<N>, at: number): void {
    if (priorityOf(this.#settings, name) === "Off") return;
    if (this.#settings[`aggregationEnabled${name}`] === false) {
      this.#keep([securityEvent(name, [item], { at })]);
      return;
    }
    const event = this.#aggregation.take(name, item, at);
    if (event) this.#keep([event]);
  }

  #flush(now: number): void {
    const interval = (name: AggregatedEvent): number =>
      parseDuration(String(this.#settings[`aggregationInterval${name}`])) ?? 3_600_000;
    this.#keep(this.#aggregation.flush(now, interval));
  }

  #keep(events: readonly SecurityEvent[]): void {
    for (const event of events) {
      const queue = priorityOf(this.#settings, event.Name);
      if (queue !== "Off") this.#reporter.keep(queue, [event]);
    }
    if (!this.#options.lowLatency || events.length === 0) return;
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      void this.#reporter.send("High").then(() => this.#reporter.send("Low"));
    }, SOON_MS);
  }

  async #lookAtPorts(): Promise<void> {
    const items = await listeningPorts(thisHost);
    const text = JSON.stringify(items);
    if (text === this.#lastPorts) return;
    this.#lastPorts = text;
    this.#keep([securityEvent("ListeningPorts", items)]);
  }

  #readLogins(): void {
    const items = this.#logins.read().flatMap((line) => loginOf(line) ?? []);
    this.#keep(items.map((item) => securityEvent("Login", [item])));
  }

  async #tick(): Promise<void> {
    const now = Date.now();
    const every = (setting: string): number => parseDuration(String(this.#settings[setting])) ?? 60_000;
    const changed = Math.max(
      (await thisHost.changedAt("/etc/passwd")) ?? 0,
      (await thisHost.changedAt("/etc/group")) ?? 0,
    );
    if (now >= this.#due.snapshot) {
      this.#due.snapshot = now + every("snapshotFrequency");
      await this.#snapshot();
    } else if (changed !== this.#usersChangedAt)
      this.#keep([securityEvent("LocalUsers", await localUsers(thisHost))]);
    this.#usersChangedAt = changed;
    for (const [queue, setting] of [
      ["High", "highPriorityMessageFrequency"],
      ["Low", "lowPriorityMessageFrequency"],
    ] as const) {
      if (now < this.#due[queue]) continue;
      this.#due[queue] = now + every(setting);
      void this.#reporter.send(queue);
    }
  }

  async #snapshot(): Promise<void> {
    const ports = await listeningPorts(thisHost);
    this.#lastPorts = JSON.stringify(ports);
    const all: SecurityEvent[] = [
      securityEvent("ListeningPorts", ports),
      securityEvent("LocalUsers", await localUsers(thisHost)),
      securityEvent("SystemInformation", await systemInformation(thisHost)),
      ...this.#reporter.statistics(),
    ];
    this.#keep(all);
  }

  async #welcome(): Promise<void> {
    try {
      const { desired } = await this.#client.twin();
      await this.#configure(desired);
    } catch (error) {
      this.#options.log(
        `the twin could not be read: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    await this.#reporter.send("High");
    await this.#reporter.send("Low");
  }

  /** Applies desired settings and reports what is in force; a value of a wrong type refuses all of them. */
  async #configure(desired: Record<string, unknown>): Promise<void> {
    this.#desired = desired;
    const { values, problems } = readSettings(desired[SETTINGS_SECTION]);
    if (values) {
      this.#settings = values;
      this.#due = { ...this.#due, High: 0, Low: 0 };
      this.#reporter.maxMessageBytes = Number(values["maxMessageSizeInBytes"]);
    }
    this.#keep(
      problems.map(({ name, errorType, used, message }) =>
        securityEvent("ConfigurationError", [
          { ConfigurationName: name, ErrorType: errorType, UsedConfiguration: used, Message: message },
        ]),
      ),
    );
    const picket = { version: VERSION, coverage: this.#coverage, lowLatency: this.#options.lowLatency };
    await this.#client
      .report({ [SETTINGS_SECTION]: printSettings(this.#settings), picket })
      .catch((error: Error) => this.#options.log(`settings could not be reported: ${error.message}`));
  }

  async #answer(name: string): Promise<{ status: number; payload: unknown }> {
    if (name === "ping") return { status: 200, payload: { version: VERSION, coverage: this.#coverage } };
    if (name !== "collectNow")
      return {
        status: 404,
        payload: { message: `The agent has no method ${name}; it has ping and collectNow.` },
      };
    await this.#snapshot();
    return { status: 200, payload: {} };
  }

  #dropped(queue: Queue, events: number): void {
    this.#reporter.counts[queue].dropped += events;
    this.#options.log(
      `${events} events of the ${queue.toLowerCase()} queue were dropped: the outbox is full`,
    );
  }

  #every(milliseconds: number, work: () => Promise<void>): void {
    const failed = (error: unknown): void =>
      this.#options.log(`collecting failed: ${error instanceof Error ? error.message : String(error)}`);
    this.#timers.push(setInterval(() => void work().catch(failed), milliseconds));
  }
}

/** Stays the same over restarts. */
function agentId(data: string): string {
  const file = join(data, "agent-id");
  if (!existsSync(file)) writeFileSync(file, randomUUID(), { mode: 0o600 });
  return readFileSync(file, "utf8").trim();
}

/** Reading the kernel's types takes 20 MB for a moment, so another process does it, once for each kernel. */
export function offsetsOf(data: string): number[] {
  const file = join(data, `offsets-${release()}.json`);
  if (!existsSync(file))
    writeFileSync(
      file,
      execFileSync(process.execPath, [process.argv[1] ?? "", "--print-offsets"], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }),
      { mode: 0o600 },
    );
  return JSON.parse(readFileSync(file, "utf8"));
}

/** Names of events an agent of this kind makes. */
export const made: readonly EventName[] = [
  "ProcessCreate",
  "ProcessTerminate",
  "ConnectionCreate",
  "Login",
  "ListeningPorts",
  "LocalUsers",
  "SystemInformation",
  "DroppedEventsStatistics",
  "MessageStatistics",
  "ConfigurationError",
];
