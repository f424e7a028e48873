import { type TableDefinition, type TableName, tables } from "@picket/schema";
import {
  engineTypes,
  type PhysicalColumn,
  PROMOTED_FROM,
  physicalColumns,
  promoted,
  quoted,
  writtenColumns,
} from "./physical.js";

/** The statements that bring rows into a table; `$1` is the list of rows as JSON texts. */
export interface LoadSql {
  /** For keyed tables: removes the rows that are about to be replaced. */
  readonly remove?: string;
  readonly insert: string;
}

const jsonType = ({ type }: PhysicalColumn): string => (type === "dynamic" ? "JSON" : engineTypes[type]);
const literal = (value: string | boolean | number): string =>
  typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);
const structure = (columns: readonly PhysicalColumn[]): string =>
  literal(JSON.stringify(Object.fromEntries(columns.map((column) => [column.name, jsonType(column)]))));

/** Texts are never null in the query language, so they are not in the store either. */
function selected(column: PhysicalColumn): string {
  if (column.fixed !== undefined) return literal(column.fixed);
  const value = `r.${quoted(column.name)}`;
  return column.type === "string" || column.type === "dynamic"
    ? `coalesce(CAST(${value} AS VARCHAR), '')`
    : value;
}

/**
 * The engine parses the rows itself: handing it one list of texts costs a tenth of binding values one by one.
 * Members of `EventDetails` are read once more from its text and kept as typed columns.
 */
export function loadSql(table: TableName): LoadSql {
  const { key }: TableDefinition = tables[table];
  const columns = writtenColumns(table);
  const read = columns.filter(({ fixed }) => fixed === undefined);
  const hasPromoted = table === "SecurityIoTRawEvent";
  const members = Object.entries(promoted).map(([name, type]) => ({ name, type }));
  const names = physicalColumns(table).map(({ name }) => quoted(name));
  const values = [
    ...columns.map(selected),
    ...(hasPromoted ? members.map(({ name, type }) => member(name, type)) : []),
  ];
  const details = hasPromoted
    ? `, json_transform(r.${quoted(PROMOTED_FROM)}, ${structure(members)}) AS d`
    : "";
  const order = key ? ", generate_subscripts($1::VARCHAR[], 1) AS i" : "";
  const rows = `SELECT json_transform(j, ${structure(read)}) AS r${key ? ", i" : ""} FROM (SELECT unnest($1::VARCHAR[]) AS j${order})`;
  const last = key
    ? ` QUALIFY row_number() OVER (PARTITION BY ${key.map((name) => `r.${quoted(name)}`).join(", ")} ORDER BY i DESC) = 1`
    : "";
  const insert = `INSERT INTO ${quoted(table)} (${names.join(", ")}) SELECT ${values.join(", ")} FROM (SELECT r${key ? ", i" : ""}${details} FROM (${rows}))${last}`;
  if (!key) return { insert };
  const same = key
    .map((name) => `${quoted(table)}.${quoted(name)} = coalesce(s.r.${quoted(name)}, '')`)
    .join(" AND ");
  return { insert, remove: `DELETE FROM ${quoted(table)} USING (${rows}) AS s WHERE ${same}` };
}

const member = (name: string, type: string): string =>
  type === "string" ? `coalesce(d.${quoted(name)}, '')` : `d.${quoted(name)}`;
