import { tableNames } from "@picket/schema";
import { quoted } from "../tables/physical.js";
import { isoText, type Reader } from "./reader.js";

/** How much a table holds, and of when. */
export interface TableSpan {
  readonly name: string;
  readonly rows: number;
  /** Absent when it has no rows. */
  readonly oldest?: string;
  readonly newest?: string;
}

const spansSql = tableNames
  .map(
    (table) =>
      `SELECT '${table}', count(*), ${isoText('min("TimeGenerated")')}, ${isoText('max("TimeGenerated")')} FROM ${quoted(table)}`,
  )
  .join(" UNION ALL ");

/** What each table holds; the engine answers it from its statistics as far as it can. */
export async function tableSpans(reader: Reader): Promise<TableSpan[]> {
  const rows = await reader.rows(spansSql);
  return rows.map(([name, count, oldest, newest]) => ({
    name: String(name),
    rows: Number(count),
    ...(typeof oldest === "string" ? { oldest } : {}),
    ...(typeof newest === "string" ? { newest } : {}),
  }));
}
