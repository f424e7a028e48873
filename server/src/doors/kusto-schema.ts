import type { QueryColumn } from "@picket/kql";
import { databaseSchema } from "@picket/workspace/schema";
import { serverErrors } from "../errors.js";
import type { House } from "../house.js";

type Type = QueryColumn["type"];

/** .NET's name of each type, which Kusto's clients read. */
export const netTypes: Readonly<Record<Type, string>> = {
  bool: "System.SByte",
  int: "System.Int32",
  long: "System.Int64",
  real: "System.Double",
  decimal: "System.Data.SqlTypes.SqlDecimal",
  string: "System.String",
  datetime: "System.DateTime",
  timespan: "System.TimeSpan",
  dynamic: "System.Object",
  guid: "System.Guid",
};

/** The answer of a command: columns and rows. */
export interface CommandAnswer {
  readonly columns: readonly QueryColumn[];
  readonly rows: readonly (readonly unknown[])[];
}

interface Command {
  readonly form: RegExp;
  readonly about: string;
  answer(found: RegExpExecArray, house: House): CommandAnswer;
}

const DATABASE = "picket";
const texts = (...names: readonly string[]): QueryColumn[] => names.map((name) => ({ name, type: "string" }));
const named = `(?:\\['?([^'\\]]+)'?\\]|"([^"]+)"|([\\w-]+))`;

/** The name in a command, however it was quoted. */
const nameOf = (found: RegExpExecArray): string => found[1] ?? found[2] ?? found[3] ?? "";

function tableOf(name: string) {
  const table = databaseSchema().tables.find((each) => each.name === name);
  if (table) return table;
  throw serverErrors.notFound({ what: `The table ${name.slice(0, 100)}` });
}

const cslSchema = (name: string): string =>
  tableOf(name)
    .columns.map((column) => `${column.name}:${column.type}`)
    .join(",");

function jsonSchema(): string {
  const tables = databaseSchema().tables.map(({ name, about, columns }) => [
    name,
    {
      Name: name,
      Folder: "",
      DocString: about,
      OrderedColumns: columns.map((column) => ({
        Name: column.name,
        Type: netTypes[column.type],
        CslType: column.type,
        DocString: column.about,
      })),
    },
  ]);
  const database = {
    Name: DATABASE,
    Tables: Object.fromEntries(tables),
    ExternalTables: {},
    MaterializedViews: {},
    Functions: {},
    EntityGroups: {},
    MajorVersion: 1,
    MinorVersion: 0,
    DatabaseAccessMode: "ReadOnly",
  };
  return JSON.stringify({ Plugins: [], Databases: { [DATABASE]: database } });
}

const databases = (house: House): CommandAnswer => ({
  columns: [
    ...texts("DatabaseName", "PersistentStorage", "Version"),
    { name: "IsCurrent", type: "bool" },
    ...texts("DatabaseAccessMode", "PrettyName"),
    { name: "ReservedSlot1", type: "bool" },
    { name: "DatabaseId", type: "guid" },
    ...texts("InTransitionTo", "SuspensionState"),
  ],
  rows: [[DATABASE, "", "v1.0", true, "ReadOnly", "Picket", null, house.rooms.workspaceId, "", ""]],
});

const flatSchema = (): CommandAnswer => ({
  columns: [
    ...texts("DatabaseName", "TableName", "ColumnName", "ColumnType"),
    { name: "IsDefaultTable", type: "bool" },
    { name: "IsDefaultColumn", type: "bool" },
    ...texts("PrettyName", "Version", "Folder", "DocString"),
  ],
  rows: databaseSchema().tables.flatMap(({ name, columns }) =>
    columns.map((column) => [
      DATABASE,
      name,
      column.name,
      netTypes[column.type],
      false,
      false,
      "",
      "v1.0",
      "",
      column.about,
    ]),
  ),
});

/** The commands that clients send on their own, and the ones people type to look around. All of them only read. */
const commands: readonly Command[] = [
  {
    form: /^\.show\s+version$/i,
    about: ".show version",
    answer: () => ({
      columns: [
        ...texts("BuildVersion"),
        { name: "BuildTime", type: "datetime" },
        ...texts("ServiceType", "ProductVersion"),
      ],
      rows: [["0.1.0", "2026-11-01T00:00:00.0000000Z", "Engine", "Picket 0.1.0"]],
    }),
  },
  {
    form: /^\.show\s+(?:databases?|cluster\s+databases)(?:\s+details)?$/i,
    about: ".show databases",
    answer: (_, house) => databases(house),
  },
  {
    form: new RegExp(`^\\.show\\s+(?:databases?(?:\\s+${named})?\\s+)?schema\\s+as\\s+json$`, "i"),
    about: ".show database schema as json",
    answer: () => ({ columns: texts("DatabaseSchema"), rows: [[jsonSchema()]] }),
  },
  {
    form: new RegExp(`^\\.show\\s+(?:databases?(?:\\s+${named})?\\s+)?schema(?:\\s+details)?$`, "i"),
    about: ".show schema",
    answer: () => flatSchema(),
  },
  {
    form: /^\.show\s+tables(?:\s+details)?$/i,
    about: ".show tables",
    answer: () => ({
      columns: texts("TableName", "DatabaseName", "Folder", "DocString"),
      rows: databaseSchema().tables.map(({ name, about }) => [name, DATABASE, "", about]),
    }),
  },
  {
    form: new RegExp(`^\\.show\\s+table\\s+${named}\\s+schema\\s+as\\s+json$`, "i"),
    about: ".show table T schema as json",
    answer: (found) => {
      const { name, about, columns } = tableOf(nameOf(found));
      const schema = {
        Name: name,
        Folder: "",
        DocString: about,
        OrderedColumns: columns.map((column) => ({
          Name: column.name,
          Type: netTypes[column.type],
          CslType: column.type,
        })),
      };
      return {
        columns: texts("TableName", "Schema", "DatabaseName", "Folder", "DocString"),
        rows: [[name, JSON.stringify(schema), DATABASE, "", about]],
      };
    },
  },
  {
    form: new RegExp(`^\\.show\\s+table\\s+${named}(?:\\s+(?:cslschema|details|schema))?$`, "i"),
    about: ".show table T cslschema",
    answer: (found) => {
      const name = nameOf(found);
      return {
        columns: texts("TableName", "Schema", "DatabaseName", "Folder", "DocString"),
        rows: [[name, cslSchema(name), DATABASE, "", tableOf(name).about]],
      };
    },
  },
  {
    form: /^\.show\s+(?:functions|materialized-views|external\s+tables|entity_groups)$/i,
    about: ".show functions",
    answer: () => ({ columns: texts("Name", "Parameters", "Body", "Folder", "DocString"), rows: [] }),
  },
  {
    form: /^\.show\s+(?:cluster|diagnostics)$/i,
    about: ".show cluster",
    answer: (_, house) => ({
      columns: texts("NodeId", "Address", "Name"),
      rows: [["1", house.rooms.config.hostName, "picket"]],
    }),
  },
];

/** Answers a control command; what is not among those that read is refused with a list of those that are. */
export function command(text: string, house: House): CommandAnswer {
  const asked = text.trim().replace(/;$/, "").replace(/\s+/g, " ");
  for (const { form, answer } of commands) {
    const found = form.exec(asked);
    if (found) return answer(found, house);
  }
  throw serverErrors.badRequest({
    why: `the command ${JSON.stringify(asked.slice(0, 100))} is not known here; there are ${commands.map(({ about }) => about).join(", ")}`,
  });
}
