import type { DuckDBConnection, DuckDBDataChunk } from "@duckdb/node-api";
import { isKnown, type Recorder } from "@picket/kit";
import { type CompiledQuery, type Parameter, type QueryColumn, runStages, STEP_ROWS } from "@picket/kql";
import { workspaceErrors } from "../errors.js";
import { damageFound, queryStopped } from "../signals.js";
import { type Database, isDamage, messageOf } from "./database.js";
import { Turns } from "./turns.js";

/** How far a query may go. */
export interface QueryLimits {
  readonly timeoutMs: number;
  readonly maxRows: number;
  readonly maxBytes: number;
  /** Answer what fits instead of an error when there is more. */
  readonly truncate?: boolean;
}

/** A query's answer; rows are the text of a JSON array of arrays, made by the engine. */
export interface QueryResult {
  readonly columns: readonly QueryColumn[];
  readonly rowsJson: string;
  readonly rowCount: number;
  readonly elapsedMs: number;
  /** What was said about the limit that the answer was cut at; absent when it is whole. */
  readonly truncated?: string;
}

const AT_ONCE = 2;
const WAITING = 32;
const INTERRUPT_EVERY_MS = 25;

/** Runs queries: a few at once, each on a connection of its own, within time, rows, bytes and memory. */
export class QueryRunner {
  readonly #database: Database;
  readonly #recorder: Recorder;
  readonly #memoryLimitMb: number;
  readonly #turns = new Turns(AT_ONCE, WAITING);

  constructor(database: Database, options: { recorder: Recorder; memoryLimitMb: number }) {
    this.#database = database;
    this.#recorder = options.recorder;
    this.#memoryLimitMb = options.memoryLimitMb;
  }

  async run(query: CompiledQuery, limits: QueryLimits, signal?: AbortSignal): Promise<QueryResult> {
    if (this.#turns.isFull) throw workspaceErrors.busy({ running: this.#turns.length });
    if (!(await this.#turns.begin(signal))) throw workspaceErrors.queryCancelled({});
    try {
      return await this.#database.lend((connection) => this.#guarded(connection, { query, limits }, signal));
    } finally {
      this.#turns.end();
    }
  }

  async #guarded(
    connection: DuckDBConnection,
    { query, limits }: { query: CompiledQuery; limits: QueryLimits },
    signal?: AbortSignal,
  ): Promise<QueryResult> {
    let stoppedBy: "timeout" | "cancelled" | undefined;
    let again: NodeJS.Timeout | undefined;
    const stop = (reason: "timeout" | "cancelled") => (): void => {
      stoppedBy ??= reason;
      connection.interrupt();
      // An interrupt that falls between two steps of the engine is forgotten by it.
      again ??= setInterval(() => connection.interrupt(), INTERRUPT_EVERY_MS);
    };
    const timer = setTimeout(stop("timeout"), limits.timeoutMs);
    const cancel = stop("cancelled");
    signal?.addEventListener("abort", cancel, { once: true });
    if (signal?.aborted) cancel();
    try {
      return await read(connection, query, { ...limits, isStopped: () => stoppedBy !== undefined });
    } catch (error) {
      if (stoppedBy) queryStopped(this.#recorder, { reason: stoppedBy });
      throw this.#explained(error, stoppedBy, limits);
    } finally {
      clearTimeout(timer);
      clearInterval(again);
      signal?.removeEventListener("abort", cancel);
    }
  }

  #explained(error: unknown, stoppedBy: "timeout" | "cancelled" | undefined, limits: QueryLimits): Error {
    if (stoppedBy === "timeout") return workspaceErrors.queryTimedOut({ seconds: limits.timeoutMs / 1000 });
    if (stoppedBy === "cancelled") return workspaceErrors.queryCancelled({});
    if (isKnown(error)) return error;
    const cause = messageOf(error);
    if (isDamage(error)) {
      damageFound(this.#recorder, {}, 1, { cause });
      return workspaceErrors.damaged({ cause }, { cause: error });
    }
    if (/out of memory|max_temp_directory_size/i.test(cause))
      return workspaceErrors.outOfMemory({ megabytes: this.#memoryLimitMb });
    return workspaceErrors.queryFailed({ cause }, { cause: error });
  }
}

type Bounds = QueryLimits & { isStopped(): boolean };

async function read(
  connection: DuckDBConnection,
  query: CompiledQuery,
  limits: Bounds,
): Promise<QueryResult> {
  const started = performance.now();
  await connection.run("BEGIN TRANSACTION READ ONLY");
  // What the engine has no words for is computed here, between its statements, over few rows.
  const parameters = await runStages(query, async (sql, given, width) => {
    const bounds = { ...limits, maxRows: STEP_ROWS + 1, truncate: false };
    const { rowsJson } = await answerOf(connection, { sql, parameters: given, width }, bounds);
    return JSON.parse(rowsJson) as (string | null)[][];
  });
  const { columns, sql } = query;
  const answer = await answerOf(connection, { sql, parameters, width: columns.length }, limits);
  return { columns, ...answer, elapsedMs: performance.now() - started };
}

/** A statement whose columns are `c0`, `c1`, …. */
interface Statement {
  readonly sql: string;
  readonly parameters: readonly Parameter[];
  readonly width: number;
}

async function answerOf(
  connection: DuckDBConnection,
  { sql, parameters, width }: Statement,
  limits: Bounds,
): Promise<ReturnType<Answer["take"]>> {
  const names = Array.from({ length: width }, (_, index) => `c${index}`).join(", ");
  const text = `SELECT CAST(json_array(${names}) AS VARCHAR) AS j FROM (${sql}) LIMIT ${limits.maxRows + 1}`;
  const prepared = await connection.prepare(text);
  if (parameters.length > 0) prepared.bind([...parameters]);
  const result = await prepared.stream();
  const answer = new Answer(limits);
  for (
    let chunk = await result.fetchChunk();
    chunk && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  ) {
    if (limits.isStopped()) throw new Error("stopped");
    if (!answer.add(chunk)) break;
  }
  prepared.destroySync();
  return answer.take();
}

/** Gathers rows and stops at the first one too many. */
class Answer {
  readonly #limits: QueryLimits;
  readonly #parts: string[] = [];
  #rows = 0;
  #bytes = 0;
  #truncated: string | undefined;

  constructor(limits: QueryLimits) {
    this.#limits = limits;
  }

  /** Whether more may come. */
  add(chunk: DuckDBDataChunk): boolean {
    const { maxRows, maxBytes } = this.#limits;
    const texts = chunk.getColumnVector(0);
    const rows: string[] = [];
    for (let row = 0; row < chunk.rowCount; row += 1) {
      const text = String(texts.getItem(row));
      if (this.#rows === maxRows) this.#cut(workspaceErrors.tooManyRows({ rows: maxRows }));
      else if (this.#bytes + text.length >= maxBytes)
        this.#cut(workspaceErrors.tooManyBytes({ megabytes: Math.ceil(maxBytes / 1e6) }));
      if (this.#truncated !== undefined) break;
      this.#rows += 1;
      this.#bytes += text.length + 1;
      rows.push(text);
    }
    if (rows.length > 0) this.#parts.push(rows.join(","));
    return this.#truncated === undefined;
  }

  /** Ends here: with an error, unless a part is wanted. */
  #cut(error: Error): void {
    if (!this.#limits.truncate) throw error;
    this.#truncated = error.message;
  }

  take(): { rowsJson: string; rowCount: number; truncated?: string } {
    return {
      rowsJson: `[${this.#parts.join(",")}]`,
      rowCount: this.#rows,
      ...(this.#truncated === undefined ? {} : { truncated: this.#truncated }),
    };
  }
}
