import { accessSync, constants } from "node:fs";
import { arch, release } from "node:os";
import { join } from "node:path";
import type { Level, Recorder } from "@picket/kit";
import type { EventName, SecurityEvent } from "@picket/schema";
import { type ConnectionString, type HubClient, openHubClient } from "@picket/sdk";
import { agentErrors, messageOf } from "./errors.js";
import { type Home, takeHome } from "./home.js";
import { hostWithSockets } from "./host.js";
import { Outbox } from "./outbox/outbox.js";
import { FileProcessReader } from "./processes/process-reader.js";
import { ProcessTable } from "./processes/process-table.js";
import { Aggregation } from "./report/aggregation.js";
import { Diagnostics } from "./report/diagnostics.js";
import { Ledger } from "./report/ledger.js";
import { Reporter } from "./report/reporter.js";
import { Settings } from "./settings/settings.js";
import { TwinFollower } from "./settings/twin-follower.js";
import * as signals from "./signals.js";
import type { Source } from "./sources/host-events.js";
import { type Coverage, openFirst, waysToWatch } from "./sources/open.js";
import { Happenings } from "./watch/happenings.js";
import { type LoginSource, openLoginFiles } from "./watch/login-watch.js";
import { Snapshots } from "./watch/snapshots.js";

/** What an agent is started with. */
export interface AgentOptions {
  readonly connection: ConnectionString;
  readonly ca?: string;
  /** Where the socket goes, when not to the connection string's host. */
  readonly address?: string;
  readonly data: string;
  /** Send what is new at once rather than by the twin's intervals. */
  readonly lowLatency: boolean;
  /** Room for events on disk until the twin says otherwise. */
  readonly outboxBytes?: number;
  /** Makes the recorder; it is told whom to tell of warnings, which become events. */
  readonly recorder: (heard: (level: Level, message: string, fields: object) => void) => Recorder;
}

/** The agent's version, as it tells the hub. */
export const VERSION = "0.1.0";

const OUTBOX_BYTES = 64_000_000;
const PORTS_MS = 2_000;
const PORTS_SOON_MS = 100;
const LOGINS_MS = 1_000;
const TICK_MS = 1_000;
const FOLD_MS = 5_000;
const CHANGES_MS = 3_000;
const SYNC_MS = 5_000;
const LOST_MS = 10_000;
const LOW_SOON_MS = 1_500;
const HIGH_SOON_MS = 50;
const FAREWELL_MS = 3_000;

/** Watches this host and reports to a hub. */
export class Agent {
  readonly #options: AgentOptions;
  readonly #home: Home;
  readonly #recorder: Recorder;
  readonly #client: HubClient;
  readonly #settings: Settings;
  readonly #outbox: Outbox;
  readonly #ledger = new Ledger();
  readonly #reporter: Reporter;
  readonly #aggregation: Aggregation;
  readonly #twin: TwinFollower;
  readonly #snapshots: Snapshots;
  readonly #happenings: Happenings;
  readonly #table = new ProcessTable(new FileProcessReader());
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #soon = new Map<string, NodeJS.Timeout>();
  readonly #due = { High: 0, Low: 0, snapshot: 0 };
  readonly #closeHost: () => void;
  #coverage: Coverage = {};
  #source: Source | undefined;
  #logins: LoginSource | undefined;
  #lost = 0;
  #isStopping = false;

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#home = takeHome(options.data);
    const diagnostics = new Diagnostics(Date.now);
    this.#recorder = options.recorder((level, message, fields) => {
      const event = diagnostics.eventOf(level, message, fields);
      if (event) queueMicrotask(() => this.#keep([event]));
    });
    this.#settings = new Settings(options.outboxBytes ?? OUTBOX_BYTES);
    this.#client = clientOf(options);
    this.#outbox = this.#openOutbox();
    const sender = { agentId: this.#home.agentId, agentVersion: VERSION };
    this.#reporter = new Reporter({
      outbox: this.#outbox,
      client: this.#client,
      sender,
      ledger: this.#ledger,
    });
    this.#aggregation = new Aggregation({
      firstAtOnce: options.lowLatency,
      intervalMs: (name) => this.#settings.foldedMs(name),
      cut: (folds) => signals.foldsCut(this.#recorder, {}, folds),
    });
    const { host, close } = hostWithSockets();
    this.#closeHost = close;
    this.#snapshots = new Snapshots({
      host,
      isCollected: (name) => this.#settings.queueOf(name) !== undefined,
      keep: (events) => this.#keep(events),
      failed: (collector, error) =>
        signals.collectorFailed(this.#recorder, { collector }, 1, { why: messageOf(error) }),
    });
    this.#happenings = this.#openHappenings();
    this.#twin = this.#openTwin();
  }

  /** Resolves when the hub is connected; a hub that is away is waited for, one that refuses ends it. */
  async start(): Promise<void> {
    signals.agentStarted(this.#recorder, {}, 1, { version: VERSION, data: this.#home.path });
    this.#client.onState((state, cause) => this.#stateChanged(state, cause));
    await this.#openSources();
    this.#table.seed();
    this.#every(PORTS_MS, () => this.#snapshots.ports());
    this.#every(LOGINS_MS, async () => this.#keep(this.#logins?.read() ?? []));
    this.#every(CHANGES_MS, () => this.#snapshots.changes());
    this.#every(FOLD_MS, async () => this.#keep(this.#aggregation.flush(Date.now())));
    this.#every(SYNC_MS, async () => this.#outbox.sync());
    this.#every(LOST_MS, async () => this.#countLost());
    this.#every(TICK_MS, () => this.#tick());
    await this.#connect();
  }

  /** Sends what can be sent, and keeps the rest on disk. */
  async stop(): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    for (const timer of [...this.#timers, ...this.#soon.values()]) clearInterval(timer);
    this.#source?.drain();
    this.#source?.close();
    this.#logins?.close();
    this.#keep(this.#aggregation.flush(Date.now(), true));
    await Promise.race([
      this.#reporter.send("High").then(() => this.#reporter.send("Low")),
      new Promise((resolve) => setTimeout(resolve, FAREWELL_MS)),
    ]);
    await this.#client.close();
    this.#outbox.close();
    this.#closeHost();
    this.#home.release();
    signals.agentStopped(this.#recorder, {});
  }

  #openOutbox(): Outbox {
    return new Outbox(join(this.#home.path, "outbox"), {
      maxBytes: this.#settings.maxOutboxBytes,
      dropped: (queue, events, reason) => {
        this.#ledger.dropped(queue, events, reason);
        signals.eventsDropped(this.#recorder, { queue, reason }, events);
      },
      failed: (error) => signals.outboxFailed(this.#recorder, {}, 1, { why: error.message }),
    });
  }

  #openHappenings(): Happenings {
    return new Happenings({
      table: this.#table,
      aggregation: this.#aggregation,
      isCollected: (name) => this.#settings.queueOf(name) !== undefined,
      isFolded: (name) => this.#settings.isFolded(name),
      keep: (events) => this.#keep(events),
      listener: (port) => this.#snapshots.listener(port),
      portsChanged: () => this.#later("ports", PORTS_SOON_MS, () => this.#snapshots.ports()),
      now: Date.now,
    });
  }

  #openTwin(): TwinFollower {
    return new TwinFollower({
      client: this.#client,
      settings: this.#settings,
      recorder: this.#recorder,
      changed: () => this.#settingsChanged(),
      keep: (events) => this.#keep(events),
      about: () => this.#about(),
      collectNow: async () => {
        await this.#snapshot();
        await this.#reporter.send("High");
        await this.#reporter.send("Low");
      },
    });
  }

  #about(): object {
    const { lowLatency } = this.#options;
    return {
      version: VERSION,
      coverage: this.#coverage,
      lowLatency,
      kernel: release(),
      architecture: arch(),
    };
  }

  async #openSources(): Promise<void> {
    const opened = await openFirst(waysToWatch(this.#home.path), (event) => this.#happenings.take(event));
    for (const { way, why } of opened.refusals)
      signals.sourceRefused(this.#recorder, { source: way }, 1, { why });
    this.#source = opened.source;
    this.#logins = openLoginFiles(canRead, arch());
    const snapshot = "snapshot";
    const coverage: Coverage = {
      ...opened.coverage,
      Login: this.#logins?.name ?? "none (no log of logins can be read)",
      ListeningPorts:
        process.getuid?.() === 0 ? snapshot : `${snapshot} (processes of other users are not seen)`,
      LocalUsers: snapshot,
      SystemInformation: snapshot,
    };
    this.#coverage = coverage;
    for (const source of new Set([opened.source?.name, this.#logins?.name]))
      if (source) signals.sourceOpened(this.#recorder, { source });
  }

  /** Waits longer each time, with jitter so that a fleet does not come back as one. */
  async #connect(): Promise<void> {
    for (let wait = 1_000; !this.#isStopping; wait = Math.min(wait * 2, 60_000)) {
      try {
        return await this.#client.connect();
      } catch (error) {
        if (this.#isStopping) return;
        if (error instanceof Error && "retry" in error && error.retry === "never") throw error;
        signals.hubLost(this.#recorder, {}, 1, { why: messageOf(error) });
        await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random() / 2)));
      }
    }
  }

  #stateChanged(state: "connected" | "disconnected", cause: Error | undefined): void {
    if (this.#isStopping) return;
    if (state === "disconnected") {
      signals.hubLost(this.#recorder, {}, 1, { why: cause?.message ?? "" });
      return;
    }
    signals.hubConnected(this.#recorder, {});
    const welcome = async (): Promise<void> => {
      await this.#twin.follow();
      await this.#reporter.send("High");
      if (this.#options.lowLatency) await this.#reporter.send("Low");
    };
    welcome().catch((error) => this.#failed("hub", error));
  }

  #settingsChanged(): void {
    const now = Date.now();
    this.#outbox.maxBytes = this.#settings.maxOutboxBytes;
    this.#reporter.maxMessageBytes = this.#settings.maxMessageBytes;
    const limit = (name: "High" | "Low" | "snapshot", most: number): void => {
      this.#due[name] = Math.min(this.#due[name], now + most);
    };
    limit("High", this.#settings.duration("highPriorityMessageFrequency"));
    limit("Low", this.#settings.duration("lowPriorityMessageFrequency"));
    limit("snapshot", this.#settings.duration("snapshotFrequency"));
  }

  #keep(events: readonly SecurityEvent[]): void {
    for (const event of events) {
      const queue = this.#settings.queueOf(event.Name as EventName);
      if (queue === undefined) continue;
      this.#reporter.keep(queue, [event]);
      if (!this.#options.lowLatency || this.#isStopping) continue;
      const isHigh = queue === "High";
      this.#later(queue, isHigh ? HIGH_SOON_MS : LOW_SOON_MS, () =>
        this.#reporter.send(isHigh ? "High" : "Low"),
      );
    }
  }

  async #tick(): Promise<void> {
    const now = Date.now();
    if (now >= this.#due.snapshot) {
      this.#due.snapshot = now + this.#settings.duration("snapshotFrequency");
      await this.#snapshot();
    }
    for (const [queue, setting] of [
      ["High", "highPriorityMessageFrequency"],
      ["Low", "lowPriorityMessageFrequency"],
    ] as const) {
      if (now < this.#due[queue]) continue;
      this.#due[queue] = now + this.#settings.duration(setting);
      await this.#reporter.send(queue);
    }
    if (this.#reporter.isFull) await this.#reporter.send("High").then(() => this.#reporter.send("Low"));
  }

  async #snapshot(): Promise<void> {
    await this.#snapshots.all();
    this.#keep(this.#ledger.statistics());
  }

  #countLost(): void {
    const lost = this.#source?.lost() ?? 0;
    if (lost > this.#lost) {
      this.#ledger.made("Low", lost - this.#lost);
      this.#ledger.dropped("Low", lost - this.#lost, "lostInKernel");
      signals.sourceLost(this.#recorder, { source: this.#source?.name ?? "" }, lost - this.#lost);
    }
    this.#lost = lost;
  }

  #every(milliseconds: number, work: () => Promise<void>): void {
    let isBusy = false;
    const run = async (): Promise<void> => {
      if (isBusy) return;
      isBusy = true;
      await work()
        .catch((error) => this.#failed("agent", error))
        .finally(() => {
          isBusy = false;
        });
    };
    this.#timers.push(setInterval(run, milliseconds));
    void run();
  }

  /** Does something once in a moment, however often it is asked for until then. */
  #later(name: string, milliseconds: number, work: () => Promise<void>): void {
    if (this.#soon.has(name) || this.#isStopping) return;
    const run = (): void => {
      this.#soon.delete(name);
      work().catch((error) => this.#failed(name, error));
    };
    this.#soon.set(name, setTimeout(run, milliseconds));
  }

  #failed(collector: string, error: unknown): void {
    signals.collectorFailed(this.#recorder, { collector }, 1, { why: messageOf(error) });
  }
}

const canRead = (path: string): boolean => {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
};

function clientOf({ connection, ca, address }: AgentOptions): HubClient {
  if (connection.sharedAccessKey === "")
    throw agentErrors.optionInvalid({ option: "connection-string-file", why: "it has no SharedAccessKey" });
  return openHubClient({
    connection,
    userAgent: `picket-agent/${VERSION} (node ${process.version}; linux ${release()}; ${arch()})`,
    ...(ca ? { ca } : {}),
    ...(address ? { address } : {}),
  });
}
