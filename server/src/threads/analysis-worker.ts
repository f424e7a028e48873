import { parentPort, workerData } from "node:worker_threads";
import { type Level, type Recorder, systemClock } from "@picket/kit";
import type { CompiledQuery } from "@picket/kql";
import { openPipeline } from "@picket/pipeline";
import { openStream } from "@picket/stream";
import { openWorkspace, type QueryLimits } from "@picket/workspace";
import { SetStore } from "../intel/set-store.js";
import { offer } from "./remote.js";

/** What the analysis thread is started with. */
export interface AnalysisOptions {
  readonly directory: string;
  readonly hubName: string;
  readonly memoryLimitMb: number;
}

const port = parentPort!;
const { directory, hubName, memoryLimitMb } = workerData as AnalysisOptions;

/** Signals of this thread are told to the main one; debug lines would be one for each event. */
const recorder: Recorder = {
  log: (level: Level, message, fields) => {
    if (level !== "debug") port.postMessage({ notice: "log", level, message, fields });
  },
  count: (counter, labels, by) => counted(counter, labels, by),
  gauge: (name, labels, value) => port.postMessage({ notice: "gauge", name, labels, value }),
};

const pending = new Map<string, { counter: string; labels: object; by: number }>();

/** Counts are gathered and told once a second. */
function counted(counter: string, labels: object, by: number): void {
  const key = `${counter}${JSON.stringify(labels)}`;
  const entry = pending.get(key) ?? { counter, labels, by: 0 };
  entry.by += by;
  pending.set(key, entry);
}
setInterval(() => {
  for (const { counter, labels, by } of pending.values())
    port.postMessage({ notice: "count", counter, labels, by });
  pending.clear();
}, 1_000).unref();

const stream = openStream({
  directory: `${directory}/stream`,
  maxBytes: Number.MAX_SAFE_INTEGER,
  recorder,
  clock: systemClock,
  readOnly: true,
});
const workspace = await openWorkspace({
  directory: `${directory}/workspace`,
  recorder,
  clock: systemClock,
  memoryLimitMb,
});
const pipeline = await openPipeline({
  inlet: stream,
  tables: workspace,
  recorder,
  clock: systemClock,
  hubName,
  indicatorSets: new SetStore(directory),
  onCommitted: (changes) => {
    if (changes.alerts.length > 0 || changes.recommendations.length > 0 || changes.rejected > 0)
      port.postMessage({ notice: "changes", changes });
  },
});
const running = new Map<string, AbortController>();

/** What the main thread may ask of this one. */
const house = {
  notify: () => pipeline.notify(),
  reached: (position: number) => pipeline.reached(position),
  pipelineStatus: () => pipeline.status(),
  query: async (id: string, query: CompiledQuery, limits: QueryLimits) => {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      return await workspace.query(query, limits, controller.signal);
    } finally {
      running.delete(id);
    }
  },
  cancel: (id: string) => running.get(id)?.abort(),
  overview: () => workspace.overview(),
  alerts: (filter: Parameters<typeof workspace.alerts>[0]) => workspace.alerts(filter),
  alertRows: (ids: readonly string[]) => workspace.alertRows(ids),
  alertHistory: (id: string) => workspace.alertHistory(id),
  timeline: (span: Parameters<typeof workspace.timeline>[0]) => workspace.timeline(span),
  devices: (filter: Parameters<typeof workspace.devices>[0]) => workspace.devices(filter),
  device: (id: string) => workspace.device(id),
  recommendations: (filter: Parameters<typeof workspace.recommendations>[0]) =>
    workspace.recommendations(filter),
  recommendationSummary: () => workspace.recommendationSummary(),
  rejected: (filter: Parameters<typeof workspace.rejected>[0]) => workspace.rejected(filter),
  rejectedReasons: () => workspace.rejectedReasons(),
  audit: (filter: Parameters<typeof workspace.audit>[0]) => workspace.audit(filter),
  ruleStates: () => pipeline.analysis.ruleStates(),
  exceptionCounts: () => pipeline.analysis.exceptionCounts(),
  ruleQueries: () => pipeline.analysis.queries(),
  packs: () => pipeline.analysis.packs(),
  settings: (area: Parameters<typeof pipeline.analysis.settings>[0]) => pipeline.analysis.settings(area),
  settingKeys: () => pipeline.analysis.settingKeys(),
  why: (event: Parameters<typeof pipeline.analysis.why>[0], ruleId: string | undefined) =>
    pipeline.analysis.why(event, ruleId),
  status: () => workspace.status(),
  retain: () => workspace.retain(),
  close: async () => {
    await pipeline.close();
    await workspace.close();
    await stream.close();
  },
};

/** What the main thread may ask of the analysis thread. */
export type AnalysisHouse = typeof house;

offer(port, house);
port.postMessage({ notice: "ready" });
