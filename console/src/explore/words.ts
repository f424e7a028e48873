import type { ServerSchema } from "./language.js";

/** Something that could stand at a place in a query. */
export interface Word {
  readonly label: string;
  readonly kind: string;
}

const operators =
  "where summarize extend project project-away project-rename order sort top take distinct count join union mv-expand render make-series".split(
    " ",
  );
const functions =
  "count dcount countif sum avg min max arg_max arg_min make_set make_list percentile bin ago now datetime startofday tostring tolong todatetime parse_json strcat split substring tolower isempty isnotempty isnull isnotnull iff case extract format_datetime".split(
    " ",
  );
const linking = "by and or not in has contains startswith endswith between asc desc on kind".split(" ");

const kinds = (kind: string, labels: readonly string[]): Word[] => labels.map((label) => ({ label, kind }));

/** The tables that a query names: their columns can stand in it. */
function columnsIn(query: string, { tables }: ServerSchema): Word[] {
  const named = tables.filter(({ name }) => new RegExp(`\\b${name}\\b`).test(query));
  const names = named.flatMap(({ columns }) => columns.map(({ name }) => name));
  return kinds("Column", [...new Set(names)]);
}

/** What could stand at a place, from the schema alone: tables to begin with, operators after a bar, columns and functions elsewhere. */
export function wordsAt(query: string, position: number, schema: ServerSchema): Word[] {
  const before = query.slice(0, position).replace(/[\w-]*$/, "");
  if (/\|\s*$/.test(before)) return kinds("Operator", operators);
  const tables = kinds(
    "Table",
    schema.tables.map(({ name }) => name),
  );
  if (/(?:^|;)\s*$/.test(before)) return tables;
  return [
    ...columnsIn(query, schema),
    ...kinds("Function", functions),
    ...kinds("Keyword", linking),
    ...(/\b(?:join|union)\b[^|]*$/.test(before) ? tables : []),
  ];
}
