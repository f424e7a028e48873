import type { KnownError } from "@picket/kit";
import type { QueryColumn } from "@picket/kql";
import type { FastifyInstance } from "fastify";
import { serverErrors } from "../errors.js";
import type { House } from "../house.js";
import { type Answer, queryLimits } from "../query/ask.js";
import { addDoorRoute, type Door, fieldsOf, placeOf, textIn, type Visit, visit } from "./door.js";
import { command, netTypes } from "./kusto-schema.js";

const TIME = /^(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2}(?:\.\d+)?)$/;

const door: Door = { name: "kusto", problem: (error, id) => problemOf(error, id) };

/** What Kusto's engine says. */
function problemOf(error: KnownError, id: string): object {
  const place = placeOf(error);
  const kind = error.code === "KQL_SYNTAX" ? "SyntaxException" : "SemanticException";
  return {
    error: {
      code: place ? "General_BadRequest" : error.code,
      message: "Request is invalid and cannot be executed.",
      "@type": place ? `Kusto.Data.Exceptions.${kind}` : "Kusto.Data.Exceptions.KustoServiceException",
      "@message": error.message,
      "@context": { clientRequestId: id, serviceAlias: "PICKET" },
      "@permanent": error.retry === "never",
      ...(place ? { "@text": place.what, "@line": place.line, "@pos": place.column } : {}),
    },
  };
}

/** A query and what its request properties ask for. */
interface Asked {
  readonly query: string;
  readonly timeoutMs?: number;
  readonly maxRows?: number;
  readonly isProgressive: boolean;
}

/** Reads `{ db, csl, properties }`; properties may be an object or its text. */
export function parseAsked(body: unknown): Asked {
  const fields = fieldsOf(body);
  const query = textIn(fields, "csl");
  const { Options: options } = fieldsOf(parsed(fields["properties"]));
  const given = fieldsOf(options);
  const timeoutMs = millisecondsOf(given["servertimeout"]);
  const rows = Number(given["truncationmaxrecords"] ?? given["query_take_max_records"]);
  return {
    query,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(Number.isInteger(rows) && rows > 0 ? { maxRows: rows } : {}),
    isProgressive: given["results_progressive_enabled"] === true,
  };
}

function parsed(properties: unknown): unknown {
  if (typeof properties !== "string") return properties;
  try {
    return JSON.parse(properties);
  } catch {
    throw serverErrors.badRequest({ why: "the field properties is not JSON" });
  }
}

/** Kusto's timespans, such as `00:04:00`, and plain milliseconds. */
function millisecondsOf(value: unknown): number | undefined {
  if (typeof value === "number" && value > 0) return value;
  const parts = typeof value === "string" ? TIME.exec(value) : null;
  if (!parts) return undefined;
  const [, days = "0", hours, minutes, seconds] = parts;
  return (Number(days) * 86_400 + Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000;
}

const columnsV1 = (columns: readonly QueryColumn[]): string =>
  JSON.stringify(
    columns.map(({ name, type }) => ({ ColumnName: name, DataType: netTypes[type], ColumnType: type })),
  );

const columnsV2 = (columns: readonly QueryColumn[]): string =>
  JSON.stringify(columns.map(({ name, type }) => ({ ColumnName: name, ColumnType: type })));

const tableV1 = (name: string, columns: readonly QueryColumn[], rows: string): string =>
  `{"TableName":"${name}","Columns":${columnsV1(columns)},"Rows":${rows}}`;

const strings = (...names: readonly string[]): QueryColumn[] =>
  names.map((name) => ({ name, type: "string" }));

/** Version 1: the rows, how they may be drawn, what was said, and a table of contents. */
function printV1(answer: Answer, id: string): string {
  const status: QueryColumn[] = [
    { name: "Timestamp", type: "datetime" },
    { name: "Severity", type: "int" },
    ...strings("SeverityName"),
    { name: "StatusCode", type: "int" },
    ...strings("StatusDescription", "ClientActivityId"),
  ];
  const now = new Date().toISOString();
  const said = [[now, 4, "Info", 0, "Query completed successfully", id]];
  if (answer.truncated !== undefined) said.push([now, 2, "Error", -1, answer.truncated, id]);
  const contents: QueryColumn[] = [
    { name: "Ordinal", type: "long" },
    ...strings("Kind", "Name", "Id", "PrettyName"),
  ];
  const listed = [
    [0, "QueryResult", "PrimaryResult", "0", ""],
    [1, "QueryProperties", "@ExtendedProperties", "1", ""],
    [2, "QueryStatus", "QueryStatus", "2", ""],
  ];
  return `{"Tables":[${[
    tableV1("Table_0", answer.columns, answer.rowsJson),
    tableV1("Table_1", strings("Value"), JSON.stringify([[visualization(answer)]])),
    tableV1("Table_2", status, JSON.stringify(said)),
    tableV1("Table_3", contents, JSON.stringify(listed)),
  ].join(",")}]}`;
}

const visualization = ({ render }: Answer): string =>
  JSON.stringify({ Visualization: render?.kind ?? null, ...render?.properties });

interface TableV2 {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly columns: readonly QueryColumn[];
  readonly rows: string;
}

const headV2 = ({ id, kind, name }: TableV2): string =>
  `"TableId":${id},"TableKind":"${kind}","TableName":"${name}"`;

const frameV2 = (table: TableV2): string =>
  `{"FrameType":"DataTable",${headV2(table)},"Columns":${columnsV2(table.columns)},"Rows":${table.rows}}`;

/** A table in the frames of clients that show what has come so far; all of it has. */
const progressive = (table: TableV2, rowCount: number): readonly string[] => [
  `{"FrameType":"TableHeader",${headV2(table)},"Columns":${columnsV2(table.columns)}}`,
  `{"FrameType":"TableFragment","TableFragmentType":"DataAppend","TableId":${table.id},"Rows":${table.rows}}`,
  `{"FrameType":"TableProgress","TableId":${table.id},"TableProgress":100}`,
  `{"FrameType":"TableCompletion","TableId":${table.id},"RowCount":${rowCount}}`,
];

/** Version 2: a list of frames. */
function printV2(answer: Answer, id: string, isProgressive: boolean): string {
  const table: TableV2 = {
    id: 1,
    kind: "PrimaryResult",
    name: "PrimaryResult",
    columns: answer.columns,
    rows: answer.rowsJson,
  };
  const properties: TableV2 = {
    id: 0,
    kind: "QueryProperties",
    name: "@ExtendedProperties",
    columns: [{ name: "TableId", type: "int" }, ...strings("Key"), { name: "Value", type: "dynamic" }],
    rows: JSON.stringify([[1, "Visualization", visualization(answer)]]),
  };
  const completion: TableV2 = {
    id: 2,
    kind: "QueryCompletionInformation",
    name: "QueryCompletionInformation",
    columns: [
      { name: "Timestamp", type: "datetime" },
      ...strings("ClientRequestId", "ActivityId"),
      { name: "Level", type: "int" },
      ...strings("LevelName", "EventTypeName", "Payload"),
    ],
    rows: JSON.stringify([
      [
        new Date().toISOString(),
        id,
        id,
        4,
        "Info",
        "QueryInfo",
        JSON.stringify({ Count: 1, Text: "Query completed successfully" }),
      ],
    ]),
  };
  const errors =
    answer.truncated === undefined
      ? ""
      : `,"OneApiErrors":${JSON.stringify([{ error: { code: "LimitsExceeded", message: answer.truncated, "@message": answer.truncated, "@permanent": true } }])}`;
  return `[${[
    `{"FrameType":"DataSetHeader","IsProgressive":${isProgressive},"Version":"v2.0"}`,
    frameV2(properties),
    ...(isProgressive ? progressive(table, answer.rowCount) : [frameV2(table)]),
    frameV2(completion),
    `{"FrameType":"DataSetCompletion","HasErrors":${answer.truncated !== undefined},"Cancelled":false${errors}}`,
  ].join(",")}]`;
}

async function query(given: Visit, print: (answer: Answer, asked: Asked) => string): Promise<string> {
  const asked = parseAsked(given.request.body);
  const { query: text, timeoutMs, maxRows } = asked;
  const answer = await given.ask({
    query: text,
    truncate: true,
    timeoutMs: timeoutMs ?? queryLimits.ms,
    ...(maxRows === undefined ? {} : { maxRows }),
  });
  return print(answer, asked);
}

/** Kusto's query and management endpoints, so that its unmodified clients and Grafana's data source ask Picket's workspace. */
export function addKusto(server: FastifyInstance, house: House): void {
  addDoorRoute(
    server,
    ["POST", "/v2/rest/query"],
    visit(house, door, (given) =>
      query(given, (answer, { isProgressive }) => printV2(answer, given.id, isProgressive)),
    ),
  );
  addDoorRoute(
    server,
    ["POST", "/v1/rest/query"],
    visit(house, door, (given) => query(given, (answer) => printV1(answer, given.id))),
  );
  addDoorRoute(
    server,
    ["POST", "/v1/rest/mgmt"],
    visit(house, door, async (given) => {
      const { columns, rows } = command(textIn(fieldsOf(given.request.body), "csl"), house);
      return `{"Tables":[${tableV1("Table_0", columns, JSON.stringify(rows))}]}`;
    }),
  );
}
