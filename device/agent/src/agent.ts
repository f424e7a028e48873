import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { arch, release } from "node:os";
import { join } from "node:path";
import type { Level, Recorder } from "@picket/kit";
import type { EventName } from "@picket/schema";
import { type MethodAnswer, securityEvent } from "@picket/sdk";
import { ClockWatch } from "./clock-watch.js";
import { messageOf } from "./errors.js";
import { type Home, takeHome } from "./home.js";
import { HubLink, type HubLinkOptions } from "./identity/hub-link.js";
import { Governor, ownUsage } from "./limits/governor.js";
import { giveBack } from "./limits/thrift.js";
import { Delivery } from "./report/delivery.js";
import { Diagnostics } from "./report/diagnostics.js";
import { blockAddress } from "./response/block-address.js";
import { collectFile } from "./response/collect-file.js";
import { isolateNetwork } from "./response/isolate-network.js";
import { killProcess } from "./response/kill-process.js";
import { runBaselineCheck, takeSnapshot } from "./response/look-again.js";
import { Responder } from "./response/responder.js";
import { Rounds } from "./rounds.js";
import { Settings } from "./settings/settings.js";
import { responseNames } from "./settings/table.js";
import { TwinFollower } from "./settings/twin-follower.js";
import * as signals from "./signals.js";
import { Updater } from "./update/updater.js";
import type { Versions } from "./update/versions.js";
import { Watching } from "./watch/watching.js";

/** What an agent is started with. */
export interface AgentOptions extends HubLinkOptions {
  readonly data: string;
  /** Send what is new at once rather than by the twin's intervals. */
  readonly lowLatency: boolean;
  /** Room for events on disk until the twin says otherwise. */
  readonly outboxBytes?: number;
  /** Makes the recorder; it is told whom to tell of warnings, which become events. */
  readonly recorder: (heard: (level: Level, message: string, fields: object) => void) => Recorder;
  /** Called when the agent must start anew, to give memory back or to run an update; it has stopped then. */
  readonly restart?: () => void;
  /** Takes updates that the twin names. */
  readonly versions?: Versions;
}

/** The agent's version, as it tells the hub. */
export const VERSION = "0.1.0";

const OUTBOX_BYTES = 64_000_000;
const TICK_MS = 1_000;
const SYNC_MS = 5_000;
const LOST_MS = 10_000;
const LOOK_MS = 5_000;
const PATIENCE = 5;
const UPDATE_SOON_MS = 2_000;
const CROWDED = 0.9;
const PROVED_MS = 60_000;

/** Watches this host and reports to a hub. */
export class Agent {
  readonly #options: AgentOptions;
  readonly #home: Home;
  readonly #recorder: Recorder;
  readonly #link: HubLink;
  readonly #settings: Settings;
  readonly #rounds: Rounds;
  readonly #delivery: Delivery;
  readonly #twin: TwinFollower;
  readonly #watching: Watching;
  readonly #responder: Responder;
  readonly #governor: Governor;
  readonly #updater: Updater;
  readonly #clock = new ClockWatch();
  readonly #startedAt = performance.now();
  readonly #due = { snapshot: 0, heartbeat: 0 };
  #isStopping = false;

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#home = takeHome(options.data);
    const diagnostics = new Diagnostics(Date.now);
    this.#recorder = options.recorder((level, message, fields) => {
      const event = diagnostics.eventOf(level, message, fields);
      if (event) queueMicrotask(() => this.#delivery.keep([event]));
    });
    const { moduleId } = options.connection;
    this.#settings = new Settings({
      outboxBytes: options.outboxBytes ?? OUTBOX_BYTES,
      ...(moduleId === undefined ? {} : { moduleId }),
    });
    this.#settings.replace(readDesired(this.#desiredFile));
    this.#link = this.#openLink();
    this.#rounds = new Rounds({ failed: (what, error) => this.#failed(what, error) });
    this.#governor = new Governor(this.#limits());
    this.#delivery = this.#openDelivery();
    this.#watching = this.#openWatching();
    this.#responder = this.#openResponder();
    this.#twin = this.#openTwin();
    const { versions, ca } = options;
    this.#updater = new Updater({ versions, ca, version: VERSION, recorder: this.#recorder });
  }

  /** Resolves when the hub is connected; a hub that is away is waited for, one that refuses ends it. */
  async start(): Promise<void> {
    signals.agentStarted(this.#recorder, {}, 1, { version: VERSION, data: this.#home.path });
    this.#delivery.obey();
    // The first message waits for nothing: the hub knows within a moment that the device is there.
    this.#heartbeat(performance.now());
    const connected = this.#link.connect();
    connected.catch(() => {});
    await this.#responder.resume();
    await this.#watching.open();
    this.#rounds.every(SYNC_MS, () => this.#delivery.sync());
    this.#rounds.every(LOST_MS, () => this.#countLost());
    this.#rounds.every(LOOK_MS, () => this.#look());
    this.#rounds.every(TICK_MS, () => this.#tick());
    await connected;
  }

  /** Sends what can be sent, and keeps the rest on disk. */
  async stop(): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    this.#rounds.stop();
    this.#responder.close();
    this.#watching.close();
    await this.#delivery.close();
    await this.#link.close();
    this.#home.release();
    signals.agentStopped(this.#recorder, {});
  }

  get #desiredFile(): string {
    return join(this.#home.path, "desired.json");
  }

  #openLink(): HubLink {
    const { connection, ca, address, certificate, isWebSocket, proxy } = this.#options;
    const options = {
      connection,
      ...(ca ? { ca } : {}),
      ...(address ? { address } : {}),
      ...(certificate ? { certificate } : {}),
      ...(isWebSocket ? { isWebSocket } : {}),
      ...(proxy ? { proxy } : {}),
    };
    return new HubLink(options, {
      folder: this.#home.path,
      version: VERSION,
      recorder: this.#recorder,
      connected: () => this.#welcome(),
    });
  }

  #openDelivery(): Delivery {
    return new Delivery({
      folder: this.#home.path,
      client: this.#link.client,
      sender: { agentId: this.#home.agentId, agentVersion: VERSION },
      settings: this.#settings,
      recorder: this.#recorder,
      rounds: this.#rounds,
      lowLatency: () => this.#options.lowLatency && !this.#isFolding,
    });
  }

  #openWatching(): Watching {
    return new Watching({
      folder: this.#home.path,
      settings: this.#settings,
      recorder: this.#recorder,
      rounds: this.#rounds,
      keep: (events) => this.#delivery.keep(events),
      isWanted: (name) => this.#isWanted(name),
      firstAtOnce: this.#options.lowLatency,
      isCoarse: () => this.#isFolding,
    });
  }

  #openResponder(): Responder {
    const hub = async () => this.#link.address;
    return new Responder({
      folder: this.#home.path,
      actions: [
        killProcess(),
        isolateNetwork(hub),
        blockAddress(hub),
        collectFile(() => this.#settings.list("responseFilePaths")),
        runBaselineCheck((id) => this.#watching.check(id)),
        takeSnapshot((name) => this.#watching.take(name)),
      ],
      isAllowed: (name) => this.#settings.list("responseActionsAllowed").includes(name),
      keep: (events) => this.#delivery.keep(events),
      recorder: this.#recorder,
    });
  }

  #openTwin(): TwinFollower {
    return new TwinFollower({
      client: this.#link.client,
      settings: this.#settings,
      recorder: this.#recorder,
      changed: () => this.#settingsChanged(),
      keep: (events) => this.#delivery.keep(events),
      about: () => this.#about(),
      answer: (name, payload) => this.#answer(name, payload),
    });
  }

  /** Whether the limits ask for fewer and later events. */
  get #isFolding(): boolean {
    return ["folded", "fewer", "least"].includes(this.#governor.step.name);
  }

  #isWanted(name: EventName): boolean {
    if (this.#settings.queueOf(name) === undefined) return false;
    if (!this.#governor.leavesOut(name)) return true;
    this.#delivery.lost(1, "limited");
    return false;
  }

  #about() {
    return {
      version: VERSION,
      coverage: this.#watching.coverage,
      lowLatency: this.#options.lowLatency,
      kernel: release(),
      architecture: arch(),
      limits: this.#governor.state,
      key: this.#link.keyFingerprint,
      responses: this.#responder.standing,
    };
  }

  async #answer(name: string, payload: unknown): Promise<MethodAnswer> {
    if (name === "ping")
      return { status: 200, payload: { ...this.#about(), balance: this.#delivery.balance() } };
    if (name === "collectNow") {
      await this.#snapshot();
      await this.#delivery.all();
      return { status: 200, payload: { message: "Snapshots were taken and sent." } };
    }
    if (this.#responder.knows(name)) {
      const answer = await this.#responder.answer(name, payload);
      this.#rounds.soon("responses", 0, async () => {
        await this.#twin.report();
        await this.#delivery.all();
      });
      return answer;
    }
    const message = `The agent has no method ${name.slice(0, 100)}; it has ping, collectNow and ${responseNames.join(", ")}.`;
    return { status: 404, payload: { message } };
  }

  #welcome(): void {
    this.#rounds.soon("proved", PROVED_MS, () => this.#updater.prove());
    this.#rounds.soon("hub", 0, async () => {
      await this.#twin.follow();
      if (this.#options.lowLatency) await this.#delivery.all();
      else await this.#delivery.tick();
    });
  }

  #settingsChanged(): void {
    this.#delivery.obey();
    this.#governor.limits = this.#limits();
    this.#rounds.soon("update", UPDATE_SOON_MS, () => this.#update());
    this.#rounds.soon("key", 0, () =>
      this.#link.rotateKey(String(this.#settings.value("sharedAccessKeyRotation"))),
    );
    this.#rounds.soon("watching", 0, () => this.#watching.settingsChanged());
    this.#due.snapshot = Math.min(this.#due.snapshot, performance.now() + this.#settings.snapshotMs);
    try {
      writeFileSync(`${this.#desiredFile}.new`, JSON.stringify(this.#settings.desired), { mode: 0o600 });
      renameSync(`${this.#desiredFile}.new`, this.#desiredFile);
    } catch (error) {
      this.#failed("settings", error);
    }
  }

  #limits() {
    return {
      cpuPercent: this.#settings.count("maxCpuPercent"),
      memoryBytes: this.#settings.count("maxMemoryInBytes"),
    };
  }

  async #tick(): Promise<void> {
    const now = performance.now();
    const jump = this.#clock.look();
    if (jump !== 0) signals.clockJumped(this.#recorder, {}, 1, { milliseconds: jump });
    if (now >= this.#due.snapshot) {
      this.#due.snapshot = now + this.#settings.snapshotMs;
      await this.#snapshot();
    }
    if (now >= this.#due.heartbeat) this.#heartbeat(now);
    await this.#delivery.tick();
  }

  async #snapshot(): Promise<void> {
    await this.#watching.snapshot();
    giveBack();
    this.#delivery.keep(this.#delivery.statistics());
  }

  /** Once for each time that its queue is sent. */
  #heartbeat(now: number): void {
    const frequency = this.#settings.value("Heartbeat_MessageFrequency");
    this.#due.heartbeat =
      now + this.#settings.sendMs(frequency === "High" || frequency === "Medium" ? frequency : "Low");
    const { step, cpuPercent, memoryInBytes } = this.#governor.state;
    const item = {
      UptimeSeconds: Math.round((now - this.#startedAt) / 1_000),
      WaitingEvents: this.#delivery.balance().reduce((total, { waiting }) => total + waiting, 0),
      CpuPercent: String(cpuPercent),
      MemoryInBytes: memoryInBytes,
      LimitStep: step,
    };
    this.#delivery.keep([securityEvent("Heartbeat", [item])]);
  }

  /** Keeps to the limits, and says so upstream when that costs something. */
  #look(): void {
    // A look costs a millisecond; what the C library keeps is not ours to use up the limit with.
    if (process.memoryUsage.rss() > this.#limits().memoryBytes * CROWDED) giveBack();
    const verdict = this.#governor.look(ownUsage());
    if (verdict === "same") return;
    const { step, about, reason } = this.#governor.state;
    signals.agentLimited(this.#recorder, { step: verdict === "restart" ? verdict : step }, 1, {
      about,
      reason,
    });
    if (verdict === "restart") {
      void this.#startAnew();
      return;
    }
    this.#rounds.slowDown(step === "full" ? 1 : PATIENCE);
    if (this.#link.client.isConnected) void this.#twin.report();
  }

  /** Starts anew with an update, when the twin names one that may be taken. */
  async #update(): Promise<void> {
    if (await this.#updater.take(String(this.#settings.value("agentUpdateUrl")))) await this.#startAnew();
  }

  async #startAnew(): Promise<void> {
    await this.stop();
    this.#options.restart?.();
  }

  #countLost(): void {
    const lost = this.#watching.takeLost();
    if (lost > 0) this.#delivery.lost(lost, "lostInKernel");
  }

  #failed(collector: string, error: unknown): void {
    signals.collectorFailed(this.#recorder, { collector }, 1, { why: messageOf(error) });
  }
}

/** The twin as it was last seen: an agent that starts without its hub does as it was told before. */
function readDesired(file: string): Record<string, unknown> {
  try {
    const desired: unknown = JSON.parse(readFileSync(file, "utf8"));
    return typeof desired === "object" && desired !== null && !Array.isArray(desired) ? { ...desired } : {};
  } catch {
    return {};
  }
}
