import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { Clock, Recorder } from "@picket/kit";
import { workspaceErrors } from "../errors.js";
import { databaseReopened, databaseSetAside, logSetAside } from "../signals.js";
import { prepareTables } from "../tables/prepare-tables.js";

export interface DatabaseOptions {
  readonly directory: string;
  readonly memoryLimitMb: number;
  readonly threads: number;
  readonly recorder: Recorder;
  readonly clock: Clock;
}

interface Opened {
  readonly instance: DuckDBInstance;
  readonly writer: DuckDBConnection;
}

const FILE = "workspace.duckdb";
const SPILL_LIMIT = "4GB";
const INTERRUPT_EVERY_MS = 20;

/**
 * The database file and everything that is connected to it. One that cannot be opened is set aside under a name with
 * the time in it, its log first, then the whole: the stream holds what it takes to fill the new one.
 */
export class Database {
  readonly #options: DatabaseOptions;
  readonly #path: string;
  readonly #borrowed = new Set<DuckDBConnection>();
  #opened: Opened;
  #reopening: Promise<void> | undefined;
  #setAside: string | undefined;

  private constructor(options: DatabaseOptions, opened: Opened, setAside: string | undefined) {
    this.#options = options;
    this.#path = join(options.directory, FILE);
    this.#opened = opened;
    this.#setAside = setAside;
  }

  static async open(options: DatabaseOptions): Promise<Database> {
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    const { opened, setAside } = await openOrReplace(join(options.directory, FILE), options);
    return new Database(options, opened, setAside);
  }

  get writer(): DuckDBConnection {
    return this.#opened.writer;
  }

  /** Where a damaged database was put, when this one is new for that reason. */
  get setAside(): string | undefined {
    return this.#setAside;
  }

  /** Lends a connection for one piece of work; reopening waits for it to come back. */
  async lend<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    while (this.#reopening) await this.#reopening;
    const connection = await this.#opened.instance.connect();
    this.#borrowed.add(connection);
    try {
      return await work(connection);
    } finally {
      this.#borrowed.delete(connection);
      connection.closeSync();
    }
  }

  /** Starts anew after an error that the engine does not survive. `isDamaged` sets the file aside first. */
  async reopen(isDamaged: boolean): Promise<void> {
    this.#reopening = this.#replace(isDamaged);
    try {
      await this.#reopening;
    } finally {
      this.#reopening = undefined;
    }
  }

  /** Stops what still runs, then closes the file. */
  async close(): Promise<void> {
    while (this.#borrowed.size > 0) {
      for (const connection of this.#borrowed) connection.interrupt();
      await new Promise((resolve) => setTimeout(resolve, INTERRUPT_EVERY_MS));
    }
    this.#opened.writer.closeSync();
    this.#opened.instance.closeSync();
  }

  async #replace(isDamaged: boolean): Promise<void> {
    await this.close();
    if (isDamaged) this.#setAside = moveAside(this.#path, this.#options, "fatal error while writing");
    const { opened, setAside } = await openOrReplace(this.#path, this.#options);
    this.#opened = opened;
    this.#setAside = setAside ?? this.#setAside;
    databaseReopened(this.#options.recorder, {});
  }
}

async function openOrReplace(
  path: string,
  options: DatabaseOptions,
): Promise<{ opened: Opened; setAside?: string }> {
  try {
    return { opened: await openAt(path, options) };
  } catch (error) {
    if (!existsSync(path) || !(isDamage(error) || isFatal(error))) throw notReadable(path, error);
    const rest = await openWithoutLog(path, options, messageOf(error));
    if (rest) return { opened: rest };
    const setAside = moveAside(path, options, messageOf(error));
    return { opened: await openAt(path, options), setAside };
  }
}

/** The file alone stands as of its last checkpoint, position included; what came after is read from the stream again. */
async function openWithoutLog(
  path: string,
  options: DatabaseOptions,
  cause: string,
): Promise<Opened | undefined> {
  const log = `${path}.wal`;
  if (!existsSync(log)) return undefined;
  const setAside = `${path}.wal.damaged-${stamp(options.clock)}`;
  renameSync(log, setAside);
  try {
    const opened = await openAt(path, options);
    logSetAside(options.recorder, {}, 1, { setAside, cause });
    return opened;
  } catch {
    return undefined;
  }
}

function moveAside(path: string, { recorder, clock }: DatabaseOptions, cause: string): string {
  const setAside = `${path}.damaged-${stamp(clock)}`;
  renameSync(path, setAside);
  if (existsSync(`${path}.wal`)) renameSync(`${path}.wal`, `${setAside}.wal`);
  databaseSetAside(recorder, {}, 1, { setAside, cause });
  return setAside;
}

const stamp = (clock: Clock): string => new Date(clock.now()).toISOString().replace(/[:.]/g, "-");

async function openAt(path: string, { memoryLimitMb, threads, directory }: DatabaseOptions): Promise<Opened> {
  const instance = await DuckDBInstance.create(path, {
    threads: String(threads),
    memory_limit: `${memoryLimitMb}MB`,
    temp_directory: join(directory, "spill"),
    max_temp_directory_size: SPILL_LIMIT,
    enable_external_access: "false",
    checkpoint_threshold: "1GB",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  try {
    const writer = await instance.connect();
    await writer.run("SET GLOBAL TimeZone='UTC'");
    await writer.run("SET GLOBAL lock_configuration=true");
    await prepareTables(writer);
    return { instance, writer };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

/** Only what says so is damage: a full disk, missing rights or another process are not, and must not cost a database. */
export const isDamage = (error: unknown): boolean =>
  /^(?:IO|FATAL|Serialization) Error: .*(?:corrupt|not a valid DuckDB|does not match stored checksum|could not read (?:enough|all) bytes|replaying WAL|deserializ)/is.test(
    messageOf(error),
  ) && !/No space left/i.test(messageOf(error));

/** After such an error the engine answers nothing any more until it is opened anew. */
export const isFatal = (error: unknown): boolean =>
  /^(?:FATAL|INTERNAL) Error|has been invalidated/i.test(messageOf(error));

const notReadable = (path: string, error: unknown): Error =>
  workspaceErrors.notReadable({ path, cause: messageOf(error) }, { cause: error });

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
