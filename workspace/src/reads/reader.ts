import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import type { TableName, TableRow } from "@picket/schema";
import { workspaceErrors } from "../errors.js";
import type { Database } from "../store/database.js";
import { Turns } from "../store/turns.js";
import { quoted, writtenColumns } from "../tables/physical.js";

/** The columns of a table as a select list whose values are JSON: instants as ISO text, JSON columns parsed. */
export function asJson(table: TableName, leaveOut: readonly string[] = []): string {
  const members = writtenColumns(table)
    .filter(({ name }) => !leaveOut.includes(name))
    .map(({ name, type }) => `'${name}', ${jsonValue(quoted(name), type)}`);
  return `json_object(${members.join(", ")})`;
}

const jsonValue = (column: string, type: string): string => {
  if (type === "datetime") return isoText(column);
  return type === "dynamic" ? `TRY_CAST(nullif(${column}, '') AS JSON)` : column;
};

/** An instant as ISO 8601 text in UTC. */
export const isoText = (column: string): string => `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%gZ')`;

/** Builds a WHERE clause with numbered parameters; conditions that are undefined are left out. */
export class Conditions {
  readonly values: DuckDBValue[] = [];
  readonly #parts: string[] = [];

  /** `test` gets the number of its parameter, as in `n => "DeviceId" = $n`. */
  add(value: DuckDBValue | undefined, test: (parameter: string) => string): this {
    if (value === undefined) return this;
    this.values.push(value);
    this.#parts.push(test(`$${this.values.length}`));
    return this;
  }

  /** One of several values; all when the list is absent. */
  among(column: string, values: readonly string[] | undefined): this {
    if (!values || values.length === 0) return this;
    const numbers = values.map((value) => {
      this.values.push(value);
      return `$${this.values.length}`;
    });
    this.#parts.push(`${quoted(column)} IN (${numbers.join(", ")})`);
    return this;
  }

  get where(): string {
    return this.#parts.length === 0 ? "" : `WHERE ${this.#parts.join(" AND ")}`;
  }
}

/** What a cursor remembers of the last row seen: its rank, time and id. */
export interface Cursor {
  readonly rank: number;
  readonly at: string;
  readonly id: string;
}

export const printCursor = (cursor: Cursor): string =>
  Buffer.from(JSON.stringify([cursor.at, cursor.id, cursor.rank])).toString("base64url");

/** Reads a cursor back; anything else than one of ours is refused. */
export function parseCursor(text: string): Cursor {
  try {
    const [at, id, rank] = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    if (
      typeof at === "string" &&
      typeof id === "string" &&
      Number.isInteger(rank) &&
      !Number.isNaN(Date.parse(at))
    )
      return { at, id, rank };
  } catch {}
  throw workspaceErrors.badCursor({});
}

const AT_ONCE = 2;
const LONGEST_MS = 30_000;

/** Runs the workspace's own statements, two at once; people's queries go through the runner. */
export class Reader {
  readonly #database: Database;
  readonly #turns = new Turns(AT_ONCE, Number.POSITIVE_INFINITY);

  constructor(database: Database) {
    this.#database = database;
  }

  /** Rows whose single column is JSON text, parsed. */
  async json<T>(sql: string, values: readonly DuckDBValue[] = []): Promise<T[]> {
    const rows = await this.rows(sql, values);
    return rows.map(([text]) => JSON.parse(String(text)));
  }

  /** Rows as arrays of plain values. */
  async rows(sql: string, values: readonly DuckDBValue[] = []): Promise<unknown[][]> {
    await this.#turns.begin();
    try {
      return await this.#database.lend((connection) => timed(connection, sql, values));
    } finally {
      this.#turns.end();
    }
  }

  /** One number. */
  async count(sql: string, values: readonly DuckDBValue[] = []): Promise<number> {
    const [row] = await this.rows(sql, values);
    return Number(row?.[0] ?? 0);
  }

  async table<T extends TableName>(
    table: T,
    rest: string,
    values: readonly DuckDBValue[] = [],
  ): Promise<TableRow<T>[]> {
    return this.json<TableRow<T>>(
      `SELECT CAST(${asJson(table)} AS VARCHAR) FROM ${quoted(table)} ${rest}`,
      values,
    );
  }
}

async function timed(
  connection: DuckDBConnection,
  sql: string,
  values: readonly DuckDBValue[],
): Promise<unknown[][]> {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    connection.interrupt();
  }, LONGEST_MS);
  try {
    return (await connection.runAndReadAll(sql, [...values])).getRowsJS();
  } catch (error) {
    throw isLate ? workspaceErrors.readTimedOut({ seconds: LONGEST_MS / 1000 }) : error;
  } finally {
    clearTimeout(timer);
  }
}
