import { statSync } from "node:fs";
import { join } from "node:path";
import type { Clock, Closable, Recorder } from "@picket/kit";
import type { CompiledQuery, DatabaseSchema } from "@picket/kql";
import { type TableName, type TableRow, tableNames, tables } from "@picket/schema";
import { type AlertFilter, alertHistory, alertRows, listAlerts } from "./reads/alerts.js";
import {
  activity,
  type DeviceFilter,
  deviceRows,
  latestSnapshots,
  listDevices,
  timeline,
} from "./reads/devices.js";
import {
  type LogFilter,
  listLog,
  listRecommendations,
  type RecommendationFilter,
  readOverview,
  recommendationSummary,
  rejectedReasons,
} from "./reads/overview.js";
import { Reader } from "./reads/reader.js";
import { tableSpans } from "./reads/spans.js";
import { rowsExpired } from "./signals.js";
import { Database } from "./store/database.js";
import { type Commit, Loader, type Snapshot } from "./store/loader.js";
import { type QueryLimits, type QueryResult, QueryRunner } from "./store/runner.js";
import { databaseSchema, quoted } from "./tables/physical.js";

export interface WorkspaceOptions {
  readonly directory: string;
  readonly recorder: Recorder;
  readonly clock: Clock;
  /** What all queries together may use, megabytes. */
  readonly memoryLimitMb?: number;
  readonly threads?: number;
  /** Days rows are kept, where it differs from the table's own. */
  readonly retentionDays?: Partial<Record<TableName, number>>;
}

/** Where the tables stand. */
export interface Standing {
  readonly position: number;
  readonly snapshot: Snapshot | null;
  /** True when a damaged database was set aside: everything the stream holds must be read again. */
  readonly rebuilt: boolean;
}

const DAY_MS = 86_400_000;

/** Opens the workspace; exactly one thread of one process may have it open. */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const { memoryLimitMb = 1024, threads = 2 } = options;
  const database = await Database.open({ ...options, memoryLimitMb, threads });
  const loader = new Loader(database, options);
  await loader.resume();
  return new Workspace({ ...options, memoryLimitMb }, database, loader);
}

/** What the rest of the house asks of a workspace, whoever implements it. */
export type WorkspaceSlot = Pick<Workspace, keyof Workspace>;

/** The tables, what brings rows into them, and what answers questions about them. */
export class Workspace implements Closable {
  readonly #options: WorkspaceOptions & { readonly memoryLimitMb: number };
  readonly #database: Database;
  readonly #loader: Loader;
  readonly #runner: QueryRunner;
  readonly #reader: Reader;

  constructor(
    options: WorkspaceOptions & { readonly memoryLimitMb: number },
    database: Database,
    loader: Loader,
  ) {
    this.#options = options;
    this.#database = database;
    this.#loader = loader;
    this.#runner = new QueryRunner(database, options);
    this.#reader = new Reader(database);
  }

  /** Rows and position together, or neither. */
  commit(commit: Commit): Promise<void> {
    return this.#loader.commit(commit);
  }

  async position(): Promise<Standing> {
    return { ...(await this.#loader.resume()), rebuilt: this.#database.setAside !== undefined };
  }

  /** Runs a compiled query within its limits. */
  query(query: CompiledQuery, limits: QueryLimits, signal?: AbortSignal): Promise<QueryResult> {
    return this.#runner.run(query, limits, signal);
  }

  schema(): DatabaseSchema {
    return databaseSchema();
  }

  overview() {
    return readOverview(this.#reader, this.#now());
  }

  alerts(filter: AlertFilter) {
    return listAlerts(this.#reader, filter);
  }

  /** Whole alerts by id; unknown ids are left out. */
  alertRows(ids: readonly string[]): Promise<readonly TableRow<"SecurityAlert">[]> {
    return alertRows(this.#reader, ids);
  }

  alertHistory(id: string) {
    return alertHistory(this.#reader, id);
  }

  timeline(span: { deviceId: string; from: string; to: string; limit: number }) {
    return timeline(this.#reader, span);
  }

  devices(filter: DeviceFilter) {
    return listDevices(this.#reader, filter, this.#now());
  }

  /** A device with everything its page shows; undefined when the registry never had it. */
  async device(id: string) {
    const rows = await deviceRows(this.#reader, id);
    if (!rows) return undefined;
    const { rows: alerts } = await listAlerts(this.#reader, { deviceId: id, limit: 50 });
    const { rows: recommendations } = await listRecommendations(this.#reader, { deviceId: id, limit: 100 });
    const { rows: operations } = await listLog(this.#reader, "IoTHubOperation", { deviceId: id, limit: 50 });
    return {
      ...rows,
      snapshots: await latestSnapshots(this.#reader, id),
      activity: await activity(this.#reader, this.#now(), id),
      alerts,
      recommendations,
      operations,
    };
  }

  recommendations(filter: RecommendationFilter) {
    return listRecommendations(this.#reader, filter);
  }

  recommendationSummary() {
    return recommendationSummary(this.#reader);
  }

  rejected(filter: LogFilter) {
    return listLog(this.#reader, "SecurityIoTRejected", filter);
  }

  rejectedReasons() {
    return rejectedReasons(this.#reader, this.#now());
  }

  audit(filter: LogFilter) {
    return listLog(this.#reader, "PicketAudit", filter);
  }

  operations(filter: LogFilter) {
    return listLog(this.#reader, "IoTHubOperation", filter);
  }

  /** Size on disk and rows, roughly. */
  async status() {
    const rows = await tableSpans(this.#reader);
    const bytes = ["", ".wal"].reduce(
      (total, ending) => total + sizeOf(join(this.#options.directory, `workspace.duckdb${ending}`)),
      0,
    );
    return {
      bytes,
      tables: rows,
      position: this.#loader.position,
      checkpointMs: this.#loader.checkpointMs,
      ...(this.#loader.committedAt === undefined ? {} : { committedAt: this.#loader.committedAt }),
      ...(this.#database.setAside === undefined ? {} : { setAside: this.#database.setAside }),
    };
  }

  /** Removes rows past their retention; answers how many. Runs on the writer, between commits. */
  async retain(): Promise<number> {
    let removed = 0;
    for (const table of tableNames) {
      const days = this.#options.retentionDays?.[table] ?? tables[table].retentionDays;
      const before = new Date(this.#options.clock.now() - days * DAY_MS).toISOString();
      const count = await this.#loader.expire(
        `DELETE FROM ${quoted(table)} WHERE "TimeGenerated" < CAST($1 AS TIMESTAMP)`,
        before,
      );
      if (count > 0) rowsExpired(this.#options.recorder, { table }, count);
      removed += count;
    }
    return removed;
  }

  async close(): Promise<void> {
    await this.#loader.settled();
    await this.#database.close();
  }

  #now(): string {
    return new Date(this.#options.clock.now()).toISOString();
  }
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
