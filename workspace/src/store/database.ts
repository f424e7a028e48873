import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { Clock, Recorder } from "@picket/kit";
import { tableNames } from "@picket/schema";
import { workspaceErrors } from "../errors.js";
import { databaseSetAside } from "../signals.js";
import { engineTypes, physicalColumns, quoted } from "../tables/physical.js";

export interface DatabaseOptions {
  readonly directory: string;
  readonly memoryLimitMb: number;
  readonly threads: number;
  readonly recorder: Recorder;
  readonly clock: Clock;
}

/** An open database and how it came to be open. */
export interface Opened {
  readonly instance: DuckDBInstance;
  readonly writer: DuckDBConnection;
  /** Where a damaged database was put, when this one is new for that reason. */
  readonly setAside?: string;
}

const FILE = "workspace.duckdb";

/**
 * Opens the database, made if there is none. One that cannot be opened is set aside under a name with the time in it,
 * and a new one is made: the stream holds what it takes to fill it again.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Opened> {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  const path = join(options.directory, FILE);
  try {
    return await openAt(path, options);
  } catch (error) {
    if (!existsSync(path) || isLocked(error)) throw notReadable(path, error);
    const setAside = moveAside(path, options.clock.now());
    databaseSetAside(options.recorder, {}, 1, { setAside, cause: messageOf(error) });
    return { ...(await openAt(path, options)), setAside };
  }
}

/** Renames a damaged database and its log; answers the new name. */
export function moveAside(path: string, now: number): string {
  const stamp = new Date(now).toISOString().replace(/[:.]/g, "-");
  const name = `${path}.damaged-${stamp}`;
  renameSync(path, name);
  if (existsSync(`${path}.wal`)) renameSync(`${path}.wal`, `${name}.wal`);
  return name;
}

async function openAt(path: string, { memoryLimitMb, threads, directory }: DatabaseOptions): Promise<Opened> {
  const instance = await DuckDBInstance.create(path, {
    threads: String(threads),
    memory_limit: `${memoryLimitMb}MB`,
    temp_directory: join(directory, "spill"),
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

/** Makes tables that are missing and adds columns that a newer version brought. */
async function prepareTables(writer: DuckDBConnection): Promise<void> {
  for (const table of tableNames) {
    const columns = physicalColumns(table).map(({ name, type }) => ({
      name,
      declared: `${quoted(name)} ${engineTypes[type]}`,
    }));
    await writer.run(
      `CREATE TABLE IF NOT EXISTS ${quoted(table)} (${columns.map(({ declared }) => declared).join(", ")})`,
    );
    const reader = await writer.runAndReadAll(
      `SELECT column_name FROM duckdb_columns() WHERE table_name = '${table}'`,
    );
    const present = new Set(reader.getColumnsJson()[0]);
    for (const { name, declared } of columns) {
      if (!present.has(name)) await writer.run(`ALTER TABLE ${quoted(table)} ADD COLUMN ${declared}`);
    }
  }
  await writer.run("CREATE TABLE IF NOT EXISTS picket_state (name VARCHAR, position BIGINT, bytes BLOB)");
}

/** Another process holds the file: that is no damage. */
const isLocked = (error: unknown): boolean =>
  /lock|already (?:open|attached)|Permission denied/i.test(messageOf(error));

const notReadable = (path: string, error: unknown): Error =>
  workspaceErrors.notReadable({ path, cause: messageOf(error) }, { cause: error });

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
