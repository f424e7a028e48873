import type { Client, Reply, Routes } from "@picket/api";
import { type Format, printRows } from "./print.js";
import { draw } from "./terminal-chart.js";

/** What a query came to. */
export type QueryReply = Reply<Routes["POST /query"]>;

/** Prints an answer as a person reads it: a chart if it asked for one, then the rows. */
export function show({ columns, rows, render }: QueryReply, format: Format): string {
  const names = columns.map(({ name }) => name);
  const width = Math.min(process.stdout.columns ?? 100, 160);
  const chart = render && format === "table" ? draw({ columns, rows, kind: render.kind, width }) : undefined;
  const printed = printRows(names, rows, format);
  return chart === undefined ? printed : `${chart}\n\n${printed}`;
}

/** How many rows, and how long it took. */
export const summary = ({ rowCount, elapsedMs, compileMs }: QueryReply): string =>
  `${rowCount} row${rowCount === 1 ? "" : "s"}, ${Math.round(elapsedMs)} ms (compiled in ${Math.round(compileMs)} ms)`;

/** Prints the statement a query becomes. */
export async function explain(client: Client, query: string): Promise<void> {
  const { sql, parameters, tables, compileMs } = await client("POST /query/explain", { body: { query } });
  console.log(sql);
  for (const [index, value] of parameters.entries())
    console.log(`-- $${index + 1} = ${JSON.stringify(value)}`);
  console.error(`\nreads ${tables.join(", ") || "no table"}, compiled in ${Math.round(compileMs)} ms`);
}
