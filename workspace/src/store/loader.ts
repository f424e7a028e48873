import { type DuckDBConnection, LIST, listValue, VARCHAR } from "@duckdb/node-api";
import type { Clock, Recorder } from "@picket/kit";
import { type TableName, tableNames } from "@picket/schema";
import { workspaceErrors } from "../errors.js";
import { checkpointFailed, rowsWritten } from "../signals.js";
import { loadSql } from "../tables/load-sql.js";
import { type Database, isDamage, isFatal, messageOf } from "./database.js";

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

/** About one row group of the engine: a checkpoint then takes a second, not several. */
const CHECKPOINT_ROWS = 122_880;
const CHECKPOINT_MS = 60_000;

const sql = new Map(tableNames.map((table) => [table, loadSql(table)]));

/** The one writer: a commit is a transaction, and checkpoints happen between commits. */
export class Loader {
  readonly #database: Database;
  readonly #recorder: Recorder;
  readonly #clock: Clock;
  #position = 0;
  /** True from a loss of ground until somebody asked where to go on: rows between would be missing. */
  #hasStartedOver = false;
  #fatalErrors = 0;
  #rowsSince = 0;
  #checkpointedAt: number;
  #checkpointMs = 0;
  #committedAt: number | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(database: Database, { recorder, clock }: { recorder: Recorder; clock: Clock }) {
    this.#database = database;
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

  /** When rows were last committed; undefined before the first time. */
  get committedAt(): number | undefined {
    return this.#committedAt;
  }

  get #writer(): DuckDBConnection {
    return this.#database.writer;
  }

  /** Reads what was committed last; commits go on from there. */
  resume(): Promise<{ position: number; snapshot: Snapshot | null }> {
    return this.#alone(async () => {
      const stored = await this.#stored();
      this.#position = stored.position;
      this.#hasStartedOver = false;
      return stored;
    });
  }

  /** Writes rows, position and snapshot, all or none. A commit that was made already does nothing. */
  commit(commit: Commit): Promise<void> {
    const done = this.#alone(async () => {
      if (this.#hasStartedOver) throw workspaceErrors.startedOver({ position: this.#position });
      if (commit.position <= this.#position) return;
      try {
        await this.#write(commit);
        this.#fatalErrors = 0;
      } catch (error) {
        await this.#recover(error);
        throw workspaceErrors.commitFailed({ cause: messageOf(error) }, { cause: error });
      }
      this.#count(commit);
    });
    void this.#alone(() => this.#checkpointIfDue()).catch(() => {});
    return done;
  }

  async #stored(): Promise<{ position: number; snapshot: Snapshot | null }> {
    const reader = await this.#writer.runAndReadAll("SELECT name, position, bytes FROM picket_state");
    let at = 0;
    let snapshot: Snapshot | null = null;
    for (const [name, position, bytes] of reader.getRowsJS()) {
      if (name === "position") at = Number(position);
      if (name === "snapshot" && bytes instanceof Uint8Array)
        snapshot = { position: Number(position), bytes: Uint8Array.from(bytes) };
    }
    return { position: at, snapshot };
  }

  async #write({ position, rows, snapshot }: Commit): Promise<void> {
    await this.#writer.run("BEGIN");
    for (const { table, rows: texts } of rows) if (texts.length > 0) await this.#load(table, texts);
    await this.#remember("position", position, new Uint8Array());
    if (snapshot) await this.#remember("snapshot", snapshot.position, snapshot.bytes);
    await this.#writer.run("COMMIT");
    this.#position = position;
  }

  #count({ rows }: Commit): void {
    this.#committedAt = this.#clock.now();
    for (const { table, rows: texts } of rows) {
      if (texts.length > 0) rowsWritten(this.#recorder, { table }, texts.length);
      this.#rowsSince += texts.length;
    }
  }

  /** Ends what is left of a failed transaction; an error the engine does not survive needs it opened anew. */
  async #recover(error: unknown): Promise<void> {
    await this.#writer.run("ROLLBACK").catch(() => {});
    if (!isFatal(error) && !isDamage(error)) return;
    this.#fatalErrors += 1;
    await this.#database.reopen(this.#fatalErrors > 1);
    const { position } = await this.#stored();
    this.#hasStartedOver = position < this.#position;
    this.#position = position;
  }

  /** Removes rows by one statement that takes an instant; answers how many went. Waits for its turn on the writer. */
  expire(statement: string, before: string): Promise<number> {
    return this.#alone(async () => (await this.#writer.run(statement, [before])).rowsChanged);
  }

  /** Resolves when what was begun is done. */
  async settled(): Promise<void> {
    await this.#turn;
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
    try {
      await this.#writer.run("CHECKPOINT");
    } catch (error) {
      checkpointFailed(this.#recorder, {}, 1, { cause: messageOf(error) });
      if (isFatal(error)) await this.#recover(error);
    }
    this.#checkpointMs = this.#clock.now() - now;
    this.#checkpointedAt = this.#clock.now();
    this.#rowsSince = 0;
  }
}
