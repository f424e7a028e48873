import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from "@duckdb/node-api";
import { isKnown, type Recorder } from "@picket/kit";
import type { CompiledQuery, QueryColumn } from "@picket/kql";
import { workspaceErrors } from "../errors.js";
import { queryStopped } from "../signals.js";
import { messageOf } from "./database.js";

/** How far a query may go. */
export interface QueryLimits {
  readonly timeoutMs: number;
  readonly maxRows: number;
  readonly maxBytes: number;
}

/** A query's answer; rows are the text of a JSON array of arrays, made by the engine. */
export interface QueryResult {
  readonly columns: readonly QueryColumn[];
  readonly rowsJson: string;
  readonly rowCount: number;
  readonly elapsedMs: number;
}

const AT_ONCE = 2;
const WAITING = 32;

/** Runs queries: a few at once, each on a connection of its own, within time, rows, bytes and memory. */
export class QueryRunner {
  readonly #instance: DuckDBInstance;
  readonly #recorder: Recorder;
  readonly #memoryLimitMb: number;
  #running = 0;
  readonly #queue: (() => void)[] = [];

  constructor(instance: DuckDBInstance, options: { recorder: Recorder; memoryLimitMb: number }) {
    this.#instance = instance;
    this.#recorder = options.recorder;
    this.#memoryLimitMb = options.memoryLimitMb;
  }

  async run(query: CompiledQuery, limits: QueryLimits, signal?: AbortSignal): Promise<QueryResult> {
    await this.#turn(signal);
    try {
      return await this.#guarded(query, limits, signal);
    } finally {
      this.#running -= 1;
      this.#queue.shift()?.();
    }
  }

  async #turn(signal?: AbortSignal): Promise<void> {
    if (this.#running >= AT_ONCE) {
      if (this.#queue.length >= WAITING)
        throw workspaceErrors.busy({ running: this.#running + this.#queue.length });
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    }
    this.#running += 1;
    if (signal?.aborted) {
      this.#running -= 1;
      this.#queue.shift()?.();
      throw workspaceErrors.queryCancelled({});
    }
  }

  async #guarded(query: CompiledQuery, limits: QueryLimits, signal?: AbortSignal): Promise<QueryResult> {
    const connection = await this.#instance.connect();
    let stoppedBy: "timeout" | "cancelled" | undefined;
    const stop = (reason: "timeout" | "cancelled") => (): void => {
      stoppedBy ??= reason;
      connection.interrupt();
    };
    const timer = setTimeout(stop("timeout"), limits.timeoutMs);
    const cancel = stop("cancelled");
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      return await read(connection, query, limits);
    } catch (error) {
      if (stoppedBy) queryStopped(this.#recorder, { reason: stoppedBy });
      throw this.#explained(error, stoppedBy, limits);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", cancel);
      connection.closeSync();
    }
  }

  #explained(error: unknown, stoppedBy: "timeout" | "cancelled" | undefined, limits: QueryLimits): Error {
    if (stoppedBy === "timeout") return workspaceErrors.queryTimedOut({ seconds: limits.timeoutMs / 1000 });
    if (stoppedBy === "cancelled") return workspaceErrors.queryCancelled({});
    if (isKnown(error)) return error;
    const cause = messageOf(error);
    if (/out of memory/i.test(cause)) return workspaceErrors.outOfMemory({ megabytes: this.#memoryLimitMb });
    return workspaceErrors.queryFailed({ cause }, { cause: error });
  }
}

async function read(
  connection: DuckDBConnection,
  query: CompiledQuery,
  limits: QueryLimits,
): Promise<QueryResult> {
  const started = performance.now();
  const names = query.columns.map((_, index) => `c${index}`).join(", ");
  const text = `SELECT CAST(json_array(${names}) AS VARCHAR) AS j FROM (${query.sql}) LIMIT ${limits.maxRows + 1}`;
  const prepared = await connection.prepare(text);
  bind(prepared, query.parameters);
  const result = await prepared.stream();
  const parts: string[] = [];
  let rowCount = 0;
  let bytes = 0;
  for (
    let chunk = await result.fetchChunk();
    chunk && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  ) {
    const part = chunk.getColumnValues(0).join(",");
    rowCount += chunk.rowCount;
    bytes += part.length;
    if (rowCount > limits.maxRows) throw workspaceErrors.tooManyRows({ rows: limits.maxRows });
    if (bytes > limits.maxBytes)
      throw workspaceErrors.tooManyBytes({ megabytes: Math.round(limits.maxBytes / 1e6) });
    parts.push(part);
  }
  prepared.destroySync();
  return {
    columns: query.columns,
    rowsJson: `[${parts.join(",")}]`,
    rowCount,
    elapsedMs: performance.now() - started,
  };
}

interface Bindable {
  bind(values: DuckDBValue[]): void;
}

function bind(prepared: Bindable, parameters: CompiledQuery["parameters"]): void {
  if (parameters.length > 0) prepared.bind([...parameters]);
}
