import type { Clock, Closable, Recorder } from "@picket/kit";
import type { TableRow } from "@picket/schema";
import { Analysis } from "./analysis.js";
import type { IndicatorSets } from "./intel/intel-book.js";
import { commitDelayed, recordsLost } from "./signals.js";
import type { Changes, Inlet, Tables } from "./slots.js";

export interface PipelineOptions {
  readonly inlet: Inlet;
  readonly tables: Tables;
  readonly recorder: Recorder;
  readonly clock: Clock;
  /** Name of the hub, as rows and alerts give it. */
  readonly hubName: string;
  /** Where compiled sets of indicators are kept; without it none is in force. */
  readonly indicatorSets?: IndicatorSets;
  readonly onCommitted?: (changes: Changes) => void;
}

/** How far the pipeline is. */
export interface PipelineStatus {
  readonly position: number;
  readonly behindBatches: number;
  readonly behindSeconds: number;
  readonly eventsPerSecond: number;
}

const TURN_BYTES = 6_000_000;
const TURN_ROWS = 20_000;
const SNAPSHOT_MS = 30_000;
const RETRY_MS = 1_000;
/** Small commits are gathered for so long, so that a trickle does not write a file for each event. */
const GATHER_MS = 100;

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Opens the pipeline where the tables stand: the state is restored and replayed, then it goes on. */
export async function openPipeline(options: PipelineOptions): Promise<Pipeline> {
  const pipeline = new Pipeline(options);
  await pipeline.resume();
  return pipeline;
}

/** Reads the stream, lets the analysis conclude, and commits what it made; one turn after the other. */
export class Pipeline implements Closable {
  readonly #options: PipelineOptions;
  readonly #analysis: Analysis;
  #position = 0;
  #snapshotAt: number;
  #closed = false;
  #wake: (() => void) | undefined;
  #loop: Promise<void> = Promise.resolve();
  readonly #waiting: { position: number; resolve: () => void }[] = [];
  #rate = { since: 0, events: 0, perSecond: 0 };
  #oldestUnread: number | undefined;

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#analysis = new Analysis(options.hubName, options.recorder, options.indicatorSets);
    this.#snapshotAt = options.clock.now();
  }

  /** Restores the state and replays what came after its snapshot, without writing it again; then starts. */
  async resume(): Promise<void> {
    const { tables, inlet, recorder } = this.#options;
    const { position, snapshot } = await tables.position();
    if (snapshot) this.#analysis.restore(snapshot.bytes);
    let from = snapshot?.position ?? 0;
    if (inlet.first() > from + 1 && inlet.last() > from)
      recordsLost(recorder, {}, 1, { from: from + 1, to: inlet.first() - 1 });
    while (from < position) {
      const batches = inlet.read(from, TURN_BYTES).filter((batch) => batch.position <= position);
      if (batches.length === 0) break;
      for (const batch of batches) await this.#read(batch.bytes);
      this.#analysis.take();
      from = batches.at(-1)!.position;
    }
    this.#position = Math.max(position, from);
    this.#loop = this.#run();
  }

  /** Tells that the stream has grown. */
  notify(): void {
    this.#oldestUnread ??= this.#options.clock.now();
    this.#wake?.();
  }

  /** Resolves when everything up to a position is in the tables. */
  reached(position: number): Promise<void> {
    if (this.#position >= position) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ position, resolve }));
  }

  status(): PipelineStatus {
    const behindBatches = Math.max(0, this.#options.inlet.last() - this.#position);
    const since = this.#oldestUnread ?? this.#options.clock.now();
    const behindSeconds = behindBatches === 0 ? 0 : (this.#options.clock.now() - since) / 1000;
    return { position: this.#position, behindBatches, behindSeconds, eventsPerSecond: this.#rate.perSecond };
  }

  /** What the analysis knows now: rules with their state, packs, settings. */
  get analysis(): Pick<
    Analysis,
    "ruleStates" | "exceptionCounts" | "packs" | "settings" | "settingKeys" | "queries" | "why"
  > {
    return this.#analysis;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wake?.();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      if (this.#options.inlet.last() <= this.#position) {
        await this.#sleep();
        continue;
      }
      const started = this.#options.clock.now();
      const events = await this.#turn();
      const spent = this.#options.clock.now() - started;
      if (events < TURN_ROWS / 10 && spent < GATHER_MS && !this.#hasWaiting()) await pause(GATHER_MS - spent);
    }
  }

  async #turn(): Promise<number> {
    this.#oldestUnread = undefined;
    let position = this.#position;
    let bytes = 0;
    for (const batch of this.#options.inlet.read(this.#position, TURN_BYTES)) {
      await this.#read(batch.bytes);
      position = batch.position;
      bytes += batch.bytes.byteLength;
      // Rows are at least as many as their bytes allow; past this the rest waits for the next turn.
      if (bytes > TURN_ROWS * 200) break;
    }
    const { rows, alerts, recommendations, rejected, events } = this.#analysis.take();
    await this.#commit(position, rows.list());
    this.#position = position;
    this.#tell({ position, alerts, recommendations, rejected });
    this.#measure(events);
    return events;
  }

  async #read(batch: Uint8Array): Promise<void> {
    const wanted = this.#analysis.wanted(batch);
    const found = wanted.length === 0 ? [] : await this.#options.tables.alertRows(wanted);
    this.#analysis.read(
      batch,
      new Map(found.map((row): [string, TableRow<"SecurityAlert">] => [row.SystemAlertId ?? "", row])),
    );
  }

  async #commit(
    position: number,
    rows: ReturnType<Analysis["take"]>["rows"] extends { list(): infer R } ? R : never,
  ): Promise<void> {
    const { tables, recorder, clock } = this.#options;
    const isDue = clock.now() - this.#snapshotAt >= SNAPSHOT_MS;
    const snapshot = isDue ? { snapshot: { position, bytes: this.#analysis.save() } } : {};
    for (;;) {
      try {
        await tables.commit({ position, rows, ...snapshot });
        break;
      } catch (error) {
        commitDelayed(recorder, {}, 1, { error: String(error) });
        await pause(RETRY_MS);
      }
    }
    if (isDue) this.#snapshotAt = clock.now();
  }

  #tell(changes: Changes): void {
    for (let index = this.#waiting.length - 1; index >= 0; index -= 1) {
      if (this.#waiting[index]!.position <= changes.position) this.#waiting.splice(index, 1)[0]!.resolve();
    }
    this.#options.onCommitted?.(changes);
  }

  #measure(events: number): void {
    const now = this.#options.clock.now();
    this.#rate.events += events;
    const seconds = (now - this.#rate.since) / 1000;
    if (seconds < 5) return;
    this.#rate = { since: now, events: 0, perSecond: Math.round(this.#rate.events / seconds) };
  }

  #hasWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  async #sleep(): Promise<void> {
    await new Promise<void>((resolve) => {
      // Should a notice be lost, the stream is looked at anyway.
      const timer = setTimeout(resolve, 500);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#closed) this.#wake();
    });
    this.#wake = undefined;
  }
}
