import type { TableName, TableRow } from "@picket/schema";
import { quoted } from "../tables/physical.js";
import { asJson, type Conditions, parseCursor, printCursor, type Reader } from "./reader.js";

/** A page of a list, newest first. */
export interface Page<T> {
  readonly rows: readonly T[];
  /** Where to go on; absent on the last page. */
  readonly next?: string;
}

/** What a page of a table is made of. */
export interface PageRequest<T extends TableName> {
  readonly table: T;
  readonly conditions: Conditions;
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** Text that tells rows of one instant apart. */
  readonly id: string;
  readonly leaveOut?: readonly string[];
  /** Sorts before the time, such as worst first; pages then go by offset-free time within it. */
  readonly time?: string;
}

const LARGEST_PAGE = 500;

/** Rows of one page: at least one, at most 500. */
export const pageSize = (wanted: number): number =>
  Math.max(1, Math.min(LARGEST_PAGE, Math.trunc(wanted) || LARGEST_PAGE));

/** Reads a page; the cursor is stable while rows are added. */
export async function readPage<T extends TableName>(
  reader: Reader,
  request: PageRequest<T>,
): Promise<Page<TableRow<T>>> {
  const { table, conditions, cursor, id, leaveOut, time = "TimeGenerated" } = request;
  const limit = pageSize(request.limit);
  if (cursor !== undefined) {
    const { at, id: seen } = parseCursor(cursor);
    conditions.add(at, (n) => `${quoted(time)} <= CAST(${n} AS TIMESTAMP)`);
    const from = conditions.values.length;
    conditions.add(seen, (n) => `(${quoted(time)} < CAST($${from} AS TIMESTAMP) OR ${id} < ${n})`);
  }
  const sql = `SELECT CAST(${asJson(table, leaveOut)} AS VARCHAR) AS j, CAST(${quoted(time)} AS VARCHAR) AS at, CAST(${id} AS VARCHAR) AS id
    FROM ${quoted(table)} ${conditions.where} ORDER BY ${quoted(time)} DESC, ${id} DESC LIMIT ${limit + 1}`;
  const found = await reader.rows(sql, conditions.values);
  const rows = found.slice(0, limit).map(([json]) => JSON.parse(String(json)) as TableRow<T>);
  const last = found[limit - 1];
  if (found.length <= limit || !last) return { rows };
  return { rows, next: printCursor({ at: String(last[1]), id: String(last[2]) }) };
}
