import type { DuckDBConnection } from "@duckdb/node-api";
import { tableNames } from "@picket/schema";
import { engineTypes, physicalColumns, quoted } from "./physical.js";

/** Makes tables that are missing and adds columns that a newer version brought. */
export async function prepareTables(writer: DuckDBConnection): Promise<void> {
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
