import type { Recorder } from "@picket/kit";
import { type EventName, eventTypes, isEventName, type SecurityEvent } from "@picket/schema";
import { checks } from "../baseline/checks.js";
import { runChecks } from "../baseline/run.js";
import { Baseline, type BaselineSettings } from "../collectors/os-baseline.js";
import { messageOf } from "../errors.js";
import { type Host, hostWithSockets } from "../host.js";
import { FileHashes } from "../processes/file-hashes.js";
import { FileProcessReader } from "../processes/process-reader.js";
import { ProcessTable } from "../processes/process-table.js";
import { Aggregation } from "../report/aggregation.js";
import type { Rounds } from "../rounds.js";
import type { Settings } from "../settings/settings.js";
import * as signals from "../signals.js";
import type { Source } from "../sources/host-events.js";

import { type Coverage, chosenWays, openBest, waysToWatch } from "../sources/open.js";

import { Happenings } from "./happenings.js";
import { Health } from "./health.js";
import { SideWatches } from "./side-watches.js";
import { Snapshots } from "./snapshots.js";

const PORTS_MS = 2_000;
const PORTS_TOLD_MS = 10_000;
const PORTS_SOON_MS = 100;
const CHANGES_MS = 3_000;
const DEVICES_SOON_MS = 500;
const FOLD_MS = 5_000;

/** What watching a host works with. */
export interface WatchingOptions {
  /** Keeps what is known of the kernel. */
  readonly folder: string;
  readonly settings: Settings;
  readonly recorder: Recorder;
  readonly rounds: Rounds;
  readonly keep: (events: readonly SecurityEvent[]) => void;
  /** Whether an event is wanted now; asked once for each that happens. */
  readonly isWanted: (name: EventName) => boolean;
  /** Whether the first of a kind goes out as it is. */
  readonly firstAtOnce: boolean;
  /** Whether to fold coarsely what is too much. */
  readonly isCoarse: () => boolean;
}

/** Everything that looks at the host: sources of happenings, logins, snapshots, and the folding of repeats. */
export class Watching {
  readonly #options: WatchingOptions;
  readonly #aggregation: Aggregation;
  readonly #snapshots: Snapshots;
  readonly #happenings: Happenings;
  readonly #table = new ProcessTable(new FileProcessReader());
  readonly #host: Host;
  readonly #closeHost: () => void;
  readonly #health = new Health();
  readonly #beside: SideWatches;
  #sourcesAs = "";
  #coverage: Coverage = {};
  #sources: readonly Source[] = [];
  readonly #lost = new Map<string, number>();

  constructor(options: WatchingOptions) {
    const { settings, recorder, keep } = options;
    this.#options = options;
    this.#aggregation = new Aggregation({
      firstAtOnce: options.firstAtOnce,
      intervalMs: (name) => (settings.isFolded(name) ? settings.foldedMs(name) : 0),
      limit: (name) => settings.foldLimit(name),
      isCoarse: options.isCoarse,
      cut: (folds) => signals.foldsCut(recorder, {}, folds),
    });
    const { host, close } = hostWithSockets();
    this.#host = host;
    this.#closeHost = close;
    const baseline = new Baseline(() => baselineSettings(settings));
    this.#snapshots = new Snapshots({
      host,
      isCollected: (name) => settings.queueOf(name) !== undefined,
      keep,
      failed: (collector, error) =>
        signals.collectorFailed(recorder, { collector }, 1, { why: messageOf(error) }),
      leftOut: (collector, items) => signals.itemsLeftOut(recorder, { collector }, items),
      mostBytes: () => settings.count("maxMessageSizeInBytes"),
      more: [{ collector: baseline.failed }, { collector: baseline.summary }],
      health: this.#health,
    });
    this.#happenings = this.#openHappenings();
    this.#beside = new SideWatches({
      ...options,
      table: this.#table,
      aggregation: this.#aggregation,
      // A device comes with its parts, so that a moment is waited for them.
      devicesChanged: () =>
        options.rounds.soon("devices", DEVICES_SOON_MS, () => this.#snapshots.one("ConnectedHardware")),
    });
  }

  /** Which source serves each event, or why none does. */
  get coverage(): Coverage {
    return this.#health.coverage({ ...this.#coverage, ...this.#beside.coverage });
  }

  async open(): Promise<void> {
    const { rounds, keep } = this.#options;
    await this.#openSources();
    this.#table.seed();
    await this.#beside.open();
    // Where the kernel tells of TCP ports, looking is for UDP only.
    const isTold = this.#sources.some(({ name }) => name === "ebpf");
    rounds.every(isTold ? PORTS_TOLD_MS : PORTS_MS, () => this.#snapshots.ports(), true);
    rounds.every(CHANGES_MS, () => this.#snapshots.changes(), true);
    rounds.every(FOLD_MS, () => keep(this.#aggregation.flush(Date.now())));
  }

  /** Opens and closes what the settings ask for now. */
  async settingsChanged(): Promise<void> {
    if (this.#sourcesAs !== "" && this.#sourcesAs !== this.#wantedSources()) {
      this.#closeSources();
      await this.#openSources();
    }
    await this.#beside.follow();
  }

  /** Takes every snapshot, and tells where each kind of event comes from. */
  async snapshot(): Promise<void> {
    await this.#snapshots.all();
    this.#options.keep([this.#health.event({ ...this.#coverage, ...this.#beside.coverage })]);
  }

  /** Takes one snapshot, or all of them; answers false when there is none of the name. */
  async take(name: string | undefined): Promise<boolean> {
    if (name === undefined) await this.snapshot();
    else if (name === "ListeningPorts") await this.#snapshots.ports();
    else if (!isEventName(name) || eventTypes[name].category !== "Periodic") return false;
    else await this.#snapshots.one(name);
    return true;
  }

  /** Makes one check of the baseline; answers undefined when there is none of the id. */
  async check(id: string): Promise<object | undefined> {
    const wanted = checks.filter((each) => each.id === id);
    const [result] = await runChecks(this.#host, wanted, { groupsDisabled: [], checksDisabled: [] });
    return result;
  }

  /** Events that sources lost since the last call. */
  takeLost(): number {
    let total = 0;
    for (const source of this.#sources) {
      const lost = source.lost();
      const since = Math.max(lost - (this.#lost.get(source.name) ?? 0), 0);
      this.#lost.set(source.name, lost);
      if (since > 0) signals.sourceLost(this.#options.recorder, { source: source.name }, since);
      total += since;
    }
    return total;
  }

  /** Takes what is left, with what was folded, and lets go of the host. */
  close(): void {
    this.#closeSources();
    this.#beside.close();
    this.#options.keep(this.#aggregation.flush(Date.now(), true));
    this.#closeHost();
  }

  #closeSources(): void {
    for (const source of this.#sources) {
      source.drain();
      source.close();
    }
    this.#sources = [];
    this.#lost.clear();
  }

  #wantedSources(): string {
    const { settings } = this.#options;
    return JSON.stringify([settings.list("sourcesDisabled"), settings.value("Process_Mode")]);
  }

  #openHappenings(): Happenings {
    const { settings, keep, isWanted, rounds } = this.#options;
    return new Happenings({
      table: this.#table,
      aggregation: this.#aggregation,
      isCollected: isWanted,
      isFolded: (name) => settings.isFolded(name),
      keep,
      listener: (port) => this.#snapshots.listener(port),
      portsChanged: (port, pid) => {
        if (pid > 0) this.#snapshots.portOpened(port, pid);
        rounds.soon("ports", PORTS_SOON_MS, () => this.#snapshots.ports());
      },
      now: Date.now,
      hashes: new FileHashes(),
    });
  }

  async #openSources(): Promise<void> {
    const { folder, recorder, settings } = this.#options;
    const refused = new Set(settings.list("sourcesDisabled"));
    this.#sourcesAs = this.#wantedSources();
    const mode = modes.get(String(settings.value("Process_Mode"))) ?? "auto";
    const ways = chosenWays(waysToWatch(folder), mode).filter(({ name }) => !refused.has(name));
    const opened = await openBest(ways, (event) => this.#happenings.take(event));
    for (const { way, why } of opened.refusals) signals.sourceRefused(recorder, { source: way }, 1, { why });
    this.#sources = opened.sources;
    const snapshot = "snapshot";
    this.#coverage = {
      ...opened.coverage,
      ListeningPorts:
        process.getuid?.() === 0 ? snapshot : `${snapshot} (processes of other users are not seen)`,
    };
    for (const source of new Set(opened.sources.map(({ name }) => name)))
      signals.sourceOpened(recorder, { source });
  }
}

/** The micro agent's words for how processes are seen. */
const modes: ReadonlyMap<string, string> = new Map([
  ["1", "auto"],
  ["2", "proc connector"],
  ["3", "polling"],
]);

function baselineSettings(settings: Settings): BaselineSettings {
  const text = (name: string): string => String(settings.value(name));
  const isCustom = settings.isOn("baselineCustomChecksEnabled");
  return {
    groupsDisabled: settings.list("Baseline_GroupsDisabled"),
    checksDisabled: settings.list("Baseline_ChecksDisabled"),
    ...(isCustom
      ? {
          custom: {
            path: text("baselineCustomChecksFilePath"),
            sha256: text("baselineCustomChecksFileHash"),
          },
        }
      : {}),
  };
}
