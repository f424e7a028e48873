import type { TableName, TableRow } from "@picket/schema";
import { quoted } from "../tables/physical.js";
import { asJson, type Conditions, type Cursor, parseCursor, printCursor, type Reader } from "./reader.js";

/** A page of a list. */
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
  /** A whole number in SQL that sorts before the time, largest first, such as how bad it is. */
  readonly rank?: string;
}

const LARGEST_PAGE = 500;

/** Rows of one page: at least one, at most 500. */
export const pageSize = (wanted: number): number =>
  Math.max(1, Math.min(LARGEST_PAGE, Math.trunc(wanted) || LARGEST_PAGE));

const time = quoted("TimeGenerated");

/** Reads a page; the cursor is stable while rows are added. */
export async function readPage<T extends TableName>(
  reader: Reader,
  request: PageRequest<T>,
): Promise<Page<TableRow<T>>> {
  const { table, conditions, cursor, id, leaveOut, rank } = request;
  const limit = pageSize(request.limit);
  if (cursor !== undefined) goOn(conditions, parseCursor(cursor), request);
  const sql = `SELECT CAST(${asJson(table, leaveOut)} AS VARCHAR), ${rank ?? "0"}, CAST(${time} AS VARCHAR), CAST(${id} AS VARCHAR)
    FROM ${quoted(table)} ${conditions.where} ORDER BY ${rank ? `${rank} DESC, ` : ""}${time} DESC, ${id} DESC LIMIT ${limit + 1}`;
  const found = await reader.rows(sql, conditions.values);
  const rows = found.slice(0, limit).map(([json]) => JSON.parse(String(json)) as TableRow<T>);
  const last = found[limit - 1];
  if (found.length <= limit || !last) return { rows };
  return { rows, next: printCursor({ rank: Number(last[1]), at: String(last[2]), id: String(last[3]) }) };
}

/** Only what comes after the last row seen. */
function goOn<T extends TableName>(
  conditions: Conditions,
  { rank, at, id }: Cursor,
  { id: key, rank: ranked }: PageRequest<T>,
): void {
  if (ranked === undefined) {
    // By itself, so that the engine leaves out what is newer without reading it.
    conditions.add(at, (n) => `${time} <= CAST(${n} AS TIMESTAMP)`);
    const from = conditions.values.length;
    conditions.add(id, (n) => `(${time} < CAST($${from} AS TIMESTAMP) OR ${key} < ${n})`);
    return;
  }
  conditions.add(rank, (n) => `${ranked} <= ${n}`);
  conditions.add(at, (n) => `${n} IS NOT NULL`);
  const from = conditions.values.length;
  conditions.add(
    id,
    (n) => `(${ranked}, ${time}, ${key}) < ($${from - 1}, CAST($${from} AS TIMESTAMP), ${n})`,
  );
}
