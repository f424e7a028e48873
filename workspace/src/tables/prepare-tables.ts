import type { DuckDBConnection } from "@duckdb/node-api";
import { tableNames } from "@picket/schema";
import { engineTypes, physicalColumns, quoted } from "./physical.js";

const isText = (type: string): boolean => type === "string" || type === "dynamic";

/** An older version left texts out of rows; queries rely on there being one, so that they can use the raw column. */
async function fillTexts(writer: DuckDBConnection, table: string, name: string): Promise<void> {
  await writer.run(`UPDATE ${quoted(table)} SET ${quoted(name)} = '' WHERE ${quoted(name)} IS NULL`);
  await writer.run(`ALTER TABLE ${quoted(table)} ALTER COLUMN ${quoted(name)} SET DEFAULT ''`);
}

/** Makes tables that are missing and adds columns that a newer version brought. */
export async function prepareTables(writer: DuckDBConnection): Promise<void> {
  for (const table of tableNames) {
    const columns = physicalColumns(table).map(({ name, type }) => ({
      name,
      declared: `${quoted(name)} ${engineTypes[type]}${isText(type) ? " DEFAULT ''" : ""}`,
      isText: isText(type),
    }));
    await writer.run(
      `CREATE TABLE IF NOT EXISTS ${quoted(table)} (${columns.map(({ declared }) => declared).join(", ")})`,
    );
    const reader = await writer.runAndReadAll(
      `SELECT column_name, column_default FROM duckdb_columns() WHERE table_name = '${table}'`,
    );
    const present = new Map(reader.getRows().map(([name, fallback]) => [String(name), fallback]));
    for (const { name, declared, isText } of columns) {
      if (!present.has(name)) await writer.run(`ALTER TABLE ${quoted(table)} ADD COLUMN ${declared}`);
      else if (isText && present.get(name) === null) await fillTexts(writer, table, name);
    }
  }
  await writer.run("CREATE TABLE IF NOT EXISTS picket_state (name VARCHAR, position BIGINT, bytes BLOB)");
}
