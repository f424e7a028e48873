import { type DuckDBConnection, LIST, listValue, VARCHAR } from "@duckdb/node-api";
import type { Clock, Recorder } from "@picket/kit";
import { type TableName, tableNames } from "@picket/schema";
import { workspaceErrors } from "../errors.js";
import { rowsWritten } from "../signals.js";
import { loadSql } from "../tables/load-sql.js";
import { messageOf } from "./database.js";

/** Rows and the stream position that they bring the tables up to; both become true together. */
export interface Commit {
  readonly position: number;
  /** One compact JSON object per row, its members named as the columns. */
  readonly rows: readonly { readonly table: TableName; readonly rows: readonly string[] }[];
  /** The pipeline's own state as of an earlier or the same position, kept with the tables. */
  readonly snapshot?: Snapshot;
}

/** A reader's own state and the position it belongs to. */
export interface Snapshot {
  readonly position: number;
  readonly bytes: Uint8Array;
}

const CHECKPOINT_ROWS = 400_000;
const CHECKPOINT_MS = 60_000;

const sql = new Map(tableNames.map((table) => [table, loadSql(table)]));

/** The one writer: a commit is a transaction, and checkpoints happen between commits. */
export class Loader {
  readonly #writer: DuckDBConnection;
  readonly #recorder: Recorder;
  readonly #clock: Clock;
  #position = 0;
  #rowsSince = 0;
  #checkpointedAt: number;
  #checkpointMs = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(writer: DuckDBConnection, { recorder, clock }: { recorder: Recorder; clock: Clock }) {
    this.#writer = writer;
    this.#recorder = recorder;
    this.#clock = clock;
    this.#checkpointedAt = clock.now();
  }

  get position(): number {
    return this.#position;
  }

  get checkpointMs(): number {
    return this.#checkpointMs;
  }

  /** Reads what was committed last. */
  async resume(): Promise<{ position: number; snapshot: Snapshot | null }> {
    const reader = await this.#writer.runAndReadAll("SELECT name, position, bytes FROM picket_state");
    let snapshot: Snapshot | null = null;
    for (const [name, position, bytes] of reader.getRowsJS()) {
      if (name === "position") this.#position = Number(position);
      if (name === "snapshot" && bytes instanceof Uint8Array)
        snapshot = { position: Number(position), bytes: Uint8Array.from(bytes) };
    }
    return { position: this.#position, snapshot };
  }

  /** Writes rows, position and snapshot, all or none. A commit that was made already does nothing. */
  commit(commit: Commit): Promise<void> {
    return this.#alone(() => this.#write(commit));
  }

  async #write({ position, rows, snapshot }: Commit): Promise<void> {
    if (position <= this.#position) return;
    try {
      await this.#writer.run("BEGIN");
      for (const { table, rows: texts } of rows) if (texts.length > 0) await this.#load(table, texts);
      await this.#remember("position", position, new Uint8Array());
      if (snapshot) await this.#remember("snapshot", snapshot.position, snapshot.bytes);
      await this.#writer.run("COMMIT");
    } catch (error) {
      await this.#writer.run("ROLLBACK").catch(() => {});
      throw workspaceErrors.commitFailed({ cause: messageOf(error) }, { cause: error });
    }
    this.#position = position;
    for (const { table, rows: texts } of rows) {
      if (texts.length > 0) rowsWritten(this.#recorder, { table }, texts.length);
      this.#rowsSince += texts.length;
    }
    await this.#checkpointIfDue();
  }

  /** Removes rows by one statement that takes an instant; answers how many went. Waits for its turn on the writer. */
  expire(statement: string, before: string): Promise<number> {
    return this.#alone(async () => (await this.#writer.run(statement, [before])).rowsChanged);
  }

  /** One thing at a time on the writer's connection: it has one transaction. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #load(table: TableName, texts: readonly string[]): Promise<void> {
    const { insert, remove } = sql.get(table)!;
    for (const statement of remove ? [remove, insert] : [insert]) {
      const prepared = await this.#writer.prepare(statement);
      prepared.bindList(1, listValue(texts), LIST(VARCHAR));
      await prepared.run();
      prepared.destroySync();
    }
  }

  async #remember(name: string, position: number, bytes: Uint8Array): Promise<void> {
    await this.#writer.run("DELETE FROM picket_state WHERE name = $1", [name]);
    const prepared = await this.#writer.prepare("INSERT INTO picket_state VALUES ($1, $2, $3)");
    prepared.bindVarchar(1, name);
    prepared.bindBigInt(2, BigInt(position));
    prepared.bindBlob(3, bytes);
    await prepared.run();
    prepared.destroySync();
  }

  /** An automatic checkpoint would stall some commit for seconds; between two it disturbs nobody. */
  async #checkpointIfDue(): Promise<void> {
    const now = this.#clock.now();
    const isDue = this.#rowsSince > 0 && now - this.#checkpointedAt > CHECKPOINT_MS;
    if (this.#rowsSince < CHECKPOINT_ROWS && !isDue) return;
    await this.#writer.run("CHECKPOINT").catch(() => {});
    this.#checkpointMs = this.#clock.now() - now;
    this.#checkpointedAt = this.#clock.now();
    this.#rowsSince = 0;
  }
}
