import { randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { type Hub, type HubConfig, openHub, type Vault } from "@picket/hub";
import { type Clock, type Level, systemClock } from "@picket/kit";
import type { Deliveries } from "@picket/pipeline/deliver";
import { encodeRecord, type RecordKind, recordKind, type TableRow } from "@picket/schema";
import {
  type KeyValueStore,
  openKeyValueStore,
  openStream,
  type Stream,
  type StreamOptions,
} from "@picket/stream";
import { agentBundle } from "./agent-bundle.js";
import type { Config } from "./config.js";
import { openDeliveries } from "./deliver.js";
import { isolateRules } from "./detection/isolate-rules.js";
import { serverErrors, startErrors } from "./errors.js";
import { eventLog } from "./event-log.js";
import { Feeds } from "./intel/feeds.js";
import { SetStore } from "./intel/set-store.js";
import { SavedQueries } from "./query/saved-queries.js";
import { Metrics } from "./recorder.js";
import { Accounts } from "./security/accounts.js";
import { type HubTls, localAddresses, openCertificates } from "./security/certificates.js";
import { openVault } from "./security/vault.js";
import type { AnalysisHouse } from "./threads/analysis-worker.js";
import type { LanguageHouse } from "./threads/kql-worker.js";
import { type Remote, remote } from "./threads/remote.js";

/** What changed in the tables, for whoever watches live. */
export interface Changes {
  readonly position: number;
  readonly alerts: readonly TableRow<"SecurityAlert">[];
  readonly recommendations: readonly TableRow<"SecurityRecommendation">[];
  readonly rejected: number;
}

const STREAM_BYTES = 20_000_000_000;
const DAY_MS = 24 * 3_600_000;
const TICK_MS = 15_000;
const FEED_MS = 60_000;
const DELIVER_MS = 5_000;
const HOUR_MS = 3_600_000;

/** Opens every room and fills its slots. This file is where the arrows of the picture are. */
export async function openHouse(config: Config): Promise<House> {
  claim(config.data);
  const clock = systemClock;
  const metrics = new Metrics(config.logLevel, join(config.data, "picket.log"));
  const streamOptions: StreamOptions = {
    directory: join(config.data, "stream"),
    maxBytes: STREAM_BYTES,
    recorder: metrics,
    clock,
  };
  const stream = openStream(streamOptions);
  const store = openKeyValueStore({ directory: join(config.data, "state") });
  const vault = openVault(join(config.data, "keys", "master.key"));
  const hostNames = namesOf(config);
  const tls = await openCertificates(join(config.data, "certificates"), [
    ...new Set([...hostNames, ...config.webNames]),
  ]);
  const changes = new EventEmitter<{ changes: [Changes] }>();
  changes.setMaxListeners(0);
  const analysisThread = startAnalysis(config);
  const analysis = await openThread<AnalysisHouse>(analysisThread, metrics, (given) =>
    changes.emit("changes", given),
  );
  const outlet = {
    append: async (batch: Uint8Array): Promise<number> => {
      const position = await stream.append(batch);
      void analysis.notify();
      return position;
    },
  };
  const events = eventLog(stream, streamOptions);
  const hub = await openHub(hubConfig(config, tls), {
    outlet,
    store,
    vault,
    recorder: metrics,
    clock,
    events,
  });
  return new House({
    config,
    clock,
    metrics,
    stream,
    store,
    hub,
    tls,
    analysis,
    analysisThread,
    changes,
    vault,
    accounts: new Accounts(store, clock),
    savedQueries: new SavedQueries(store, clock),
    workspaceId: await workspaceIdOf(store),
  });
}

/** What the hub is called. */
const namesOf = ({ hostName, hub: { aliases = [] } }: Config): string[] => [
  ...new Set([hostName, "localhost", ...localAddresses(), ...aliases]),
];

const hubConfig = (config: Config, tls: HubTls): HubConfig => ({
  hostNames: namesOf(config),
  bind: config.bind,
  mqttPort: config.mqttPort,
  amqpPort: config.amqpPort,
  httpsPort: config.httpsPort,
  tls,
  downloads: downloads(tls.caPath),
  ...(config.hub.quotas ? { quotas: config.hub.quotas } : {}),
  ...(config.hub.linkedHubs ? { linkedHubs: config.hub.linkedHubs } : {}),
  events: config.hub.events,
  connectors: config.hub.connectors,
});

const startAnalysis = (config: Config): Worker =>
  new Worker(new URL("./threads/analysis-worker.js", import.meta.url), {
    workerData: { directory: config.data, hubName: config.hostName, memoryLimitMb: 512 },
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });

/** The id that query clients know the workspace by; made once. */
async function workspaceIdOf(store: KeyValueStore): Promise<string> {
  const key = "workspace/id";
  const known = store.get(key);
  if (known) return Buffer.from(known).toString();
  const id = randomUUID();
  await store.write([{ key, value: Buffer.from(id) }]);
  return id;
}

interface Rooms {
  readonly config: Config;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly stream: Stream;
  readonly store: KeyValueStore;
  readonly hub: Hub;
  readonly tls: HubTls;
  readonly analysis: Remote<AnalysisHouse>;
  readonly analysisThread: Worker;
  readonly changes: EventEmitter<{ changes: [Changes] }>;
  readonly vault: Vault;
  readonly accounts: Accounts;
  readonly savedQueries: SavedQueries;
  readonly workspaceId: string;
}

/** All rooms open, and what keeps time between them. */
export class House {
  readonly rooms: Rooms;
  readonly startedAt = Date.now();
  readonly feeds: Feeds;
  readonly deliveries: Deliveries;
  readonly #sets: SetStore;
  readonly #timers: NodeJS.Timeout[] = [];
  #languageThread: Worker | undefined;
  #language: Promise<Remote<LanguageHouse>> | undefined;

  constructor(rooms: Rooms) {
    this.rooms = rooms;
    this.#sets = new SetStore(rooms.config.data);
    this.feeds = new Feeds(this, this.#sets);
    this.deliveries = openDeliveries(this);
    this.#every(DELIVER_MS, async () => this.deliveries.run());
    this.#every(TICK_MS, () => this.record(recordKind.tick, {}));
    this.#every(HOUR_MS / 4, () => this.#tidy());
    this.#every(FEED_MS, () => this.feeds.tick());
    this.#every(FEED_MS, () => isolateRules(this));
  }

  /** The query language, in a thread of its own; it warms up from the first call on. */
  language(): Promise<Remote<LanguageHouse>> {
    this.#language ??= this.#openLanguage();
    return this.#language;
  }

  /** Puts a record of the server's own into the stream; resolves with its position when it is on disk. */
  async record(kind: RecordKind, body: object, deviceId = ""): Promise<number> {
    const bytes = encodeRecord({
      kind,
      receivedAt: this.rooms.clock.now(),
      deviceId,
      moduleId: "",
      body: Buffer.from(JSON.stringify(body)),
    });
    const position = await this.rooms.stream.append(bytes);
    void this.rooms.analysis.notify();
    return position;
  }

  /** Free bytes and share of the disk the data is on. */
  disk(): { free: number; share: number } {
    const { bavail, bsize, blocks } = statfsSync(this.rooms.config.data);
    return { free: bavail * bsize, share: bavail / blocks };
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.deliveries.close();
    await this.rooms.hub.close();
    await this.rooms.analysis.close();
    await this.rooms.analysisThread.terminate();
    await this.#languageThread?.terminate();
    await this.rooms.stream.close();
    await this.rooms.store.close();
    rmSync(join(this.rooms.config.data, "server.pid"), { force: true });
  }

  async #openLanguage(): Promise<Remote<LanguageHouse>> {
    this.#languageThread = new Worker(new URL("./threads/kql-worker.js", import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: 400 },
    });
    return openThread<LanguageHouse>(this.#languageThread, this.rooms.metrics, () => {});
  }

  async #tidy(): Promise<void> {
    const { analysis, stream, clock, config } = this.rooms;
    const { position } = await analysis.pipelineStatus();
    await stream.trim({ through: position, appendedBefore: clock.now() - config.streamDays * DAY_MS });
    await analysis.retain();
    const inForce = (await analysis.settings("indicatorSet")).map(({ value }) =>
      String(Reflect.get(Object(value), "hash")),
    );
    this.#sets.tidy(new Set(inForce), clock.now() - (config.streamDays + 1) * DAY_MS);
    await this.rooms.accounts.tidy();
  }

  #every(milliseconds: number, work: () => Promise<unknown>): void {
    const timer = setInterval(
      () =>
        void work().catch((error: unknown) =>
          this.rooms.metrics.log("error", "Timed work failed.", { error: String(error) }),
        ),
      milliseconds,
    );
    timer.unref();
    this.#timers.push(timer);
  }
}

interface Notice {
  readonly notice: "ready" | "log" | "count" | "gauge" | "changes";
  readonly level: Level;
  readonly message: string;
  readonly fields: object;
  readonly counter: string;
  readonly labels: object;
  readonly by: number;
  readonly name: string;
  readonly value: number;
  readonly changes: Changes;
}

/** Waits until a thread is ready; its signals become ours. */
function openThread<T extends object>(
  worker: Worker,
  metrics: Metrics,
  onChanges: (changes: Changes) => void,
): Promise<Remote<T>> {
  return new Promise((resolve, reject) => {
    worker.once("error", (error) => {
      metrics.log("error", "A thread ended.", { error: error.stack ?? String(error) });
      reject(error);
    });
    const offered = remote<T>(worker, (value) => {
      const notice = value as Notice;
      if (notice.notice === "ready") resolve(offered);
      else if (notice.notice === "log") metrics.log(notice.level, notice.message, notice.fields);
      else if (notice.notice === "count") metrics.count(notice.counter, notice.labels, notice.by);
      else if (notice.notice === "gauge") metrics.gauge(notice.name, notice.labels, notice.value);
      else if (notice.notice === "changes") onChanges(notice.changes);
    });
  });
}

/** One server per data folder. */
function claim(data: string): void {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const file = join(data, "server.pid");
  if (existsSync(file)) {
    const pid = Number(readFileSync(file, "utf8"));
    if (pid !== process.pid && isAlive(pid)) throw startErrors.alreadyRunning({ data, pid });
  }
  writeFileSync(file, String(process.pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("picket");
  } catch {
    return false;
  }
}

/** What a new device fetches: the authority's certificate and the agent. */
function downloads(caPath: string): Record<string, string> {
  const agent = agentBundle();
  return existsSync(agent)
    ? { "ca.pem": caPath, "picket-agent.tgz": agent.replace(/picket-agent\.mjs$/, "picket-agent.tgz") }
    : { "ca.pem": caPath };
}

/** An alert that does not exist. */
export const alertUnknown = (id: string): Error => serverErrors.notFound({ what: `The alert ${id}` });
