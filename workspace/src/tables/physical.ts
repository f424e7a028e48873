import type { ScalarType } from "@picket/kit";
import type { DatabaseSchema, PromotedMember } from "@picket/kql";
import {
  type ColumnType,
  type EventDefinition,
  eventTypes,
  type FieldType,
  type TableDefinition,
  type TableName,
  tableNames,
  tables,
} from "@picket/schema";

/** A column as the engine keeps it. */
export interface PhysicalColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly fixed?: string | boolean | number;
}

/** Engine types of the column types. Times are UTC; JSON is kept as text. */
export const engineTypes: Readonly<Record<ColumnType, string>> = {
  string: "VARCHAR",
  dynamic: "VARCHAR",
  datetime: "TIMESTAMP",
  long: "BIGINT",
  int: "INTEGER",
  real: "DOUBLE",
  bool: "BOOLEAN",
};

/** The JSON column whose members are kept as typed columns beside the text: 50 times faster to filter on. */
export const PROMOTED_FROM = "EventDetails";

/** Members every payload item gets from the pipeline, beside its own fields. */
const added = { EventId: "string", TimestampLocal: "string" } as const satisfies Readonly<
  Record<string, ColumnType>
>;

const typeOf = (field: FieldType): ColumnType =>
  field === "id" || field === "count" ? "long" : field === "flag" ? "bool" : "string";

/** Typed columns made of the members of `EventDetails`, by member name. */
export const promoted: Readonly<Record<string, ColumnType>> = {
  ...added,
  ...Object.fromEntries(
    Object.values<EventDefinition>(eventTypes).flatMap(({ fields }) =>
      Object.entries(fields).flatMap(([name, { type, isPlain }]) =>
        isPlain ? [] : [[name, typeOf(type)] as const],
      ),
    ),
  ),
};

/** The columns of a table as rows are written, in order; promoted ones apart. */
export function writtenColumns(table: TableName): readonly PhysicalColumn[] {
  const { columns }: TableDefinition = tables[table];
  return Object.entries(columns).map(([name, { type, fixed }]) =>
    fixed === undefined ? { name, type } : { name, type, fixed },
  );
}

/** Every column of a table, promoted ones last. */
export function physicalColumns(table: TableName): readonly PhysicalColumn[] {
  if (table !== "SecurityIoTRawEvent") return writtenColumns(table);
  return [...writtenColumns(table), ...Object.entries(promoted).map(([name, type]) => ({ name, type }))];
}

/** Puts a name into double quotes. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** What queries can name: the tables as the workspace keeps them. */
export function databaseSchema(): DatabaseSchema {
  const members: Readonly<Record<string, PromotedMember>> = Object.fromEntries(
    Object.entries(promoted).map(([name, type]) => [name, { column: name, type: type satisfies ScalarType }]),
  );
  const described = tableNames.map((name) => {
    const { about, columns }: TableDefinition = tables[name];
    return {
      name,
      about,
      columns: Object.entries(columns).map(([column, { type, about }]) =>
        column === PROMOTED_FROM
          ? { name: column, type, about, promoted: members }
          : { name: column, type, about },
      ),
    };
  });
  const size = described.reduce((total, table) => total + table.columns.length, 0);
  return {
    name: "picket",
    textsAreWhole: true,
    version: `1.${described.length}.${size}.${Object.keys(promoted).length}`,
    tables: described,
  };
}
