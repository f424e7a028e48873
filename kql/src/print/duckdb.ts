import type { ScalarType } from "@picket/kit";
import type { Literal, Member } from "../plan/scalar.js";
import { type Dialect, MAX_NUMBERS, quoteName, quoteText, TOO_MANY } from "./dialect.js";
import { duckdbTemplates } from "./duckdb-templates.js";

const types: Readonly<Record<ScalarType, string>> = {
  string: "VARCHAR",
  guid: "VARCHAR",
  long: "BIGINT",
  int: "INTEGER",
  real: "DOUBLE",
  decimal: "DOUBLE",
  bool: "BOOLEAN",
  datetime: "TIMESTAMP",
  timespan: "BIGINT",
  dynamic: "JSON",
};

const EPOCH_TICKS = 621_355_968_000_000_000n;

function literal({ type, value }: Literal): string {
  if (value === null) return `NULL::${types[type]}`;
  if (type === "dynamic") return `${quoteText(String(value))}::JSON`;
  // A NUL character would end the statement.
  if (typeof value === "string") return quoteText(value.replaceAll("\0", ""));
  if (type === "datetime")
    return `make_timestamp(${((BigInt(value) - EPOCH_TICKS) / 10n).toString()}::BIGINT)`;
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  return typeof value === "bigint" ? wholeLiteral(value, type) : realLiteral(Number(value));
}

const wholeLiteral = (value: bigint, type: ScalarType): string => {
  const wrapped = BigInt.asIntN(64, value).toString();
  const cast = type === "real" || type === "decimal" ? "DOUBLE" : types[type];
  return `(${wrapped.startsWith("-") ? quoteText(wrapped) : wrapped})::${cast}`;
};

function realLiteral(value: number): string {
  if (Number.isNaN(value)) return "'nan'::DOUBLE";
  if (!Number.isFinite(value)) return value > 0 ? "'inf'::DOUBLE" : "'-inf'::DOUBLE";
  return `'${value}'::DOUBLE`;
}

const PLAIN_KEY = /^[^"*?\\/~]+$/;

/** Members by name and place, as the engine's path. */
function pathOf(path: Member["path"]): string {
  if (path.every((part) => typeof part === "number" || PLAIN_KEY.test(part))) {
    const parts = path.map((part) =>
      typeof part === "number" ? `[${part < 0 ? `#${part}` : part}]` : `."${part}"`,
    );
    return quoteText(`$${parts.join("")}`);
  }
  return quoteText(
    path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""),
  );
}

/** A text that holds no JSON has no members, and must not stop the query. */
const guarded = ({ base }: Member, sql: string): string => (base.type === "string" ? `TRY(${sql})` : sql);

function wire(sql: string, type: ScalarType): string {
  if (type === "datetime") return `(strftime(${sql}, '%Y-%m-%dT%H:%M:%S.%f') || '0Z')`;
  if (type === "dynamic") return `CAST(${sql} AS VARCHAR)`;
  if (type === "timespan") return `nullif(${duckdbTemplates.spanText.replaceAll("{0}", sql)}, '')`;
  if (type !== "real" && type !== "decimal") return sql;
  return `(CASE WHEN isnan(${sql}) THEN to_json('NaN') WHEN isinf(${sql}) THEN to_json(CASE WHEN ${sql} > 0 THEN 'Infinity' ELSE '-Infinity' END) ELSE to_json(${sql}) END)`;
}

function carried(sql: string, type: ScalarType): string {
  if (type === "datetime") return `CAST((epoch_us(${sql}) + 62135596800000000) * 10 AS VARCHAR)`;
  return `CAST(${sql} AS VARCHAR)`;
}

function received(sql: string, type: ScalarType): string {
  if (type === "string") return `coalesce(${sql}, '')`;
  if (type === "guid") return sql;
  if (type === "datetime") return `make_timestamp(CAST(${sql} AS BIGINT) // 10 - 62135596800000000)`;
  return `CAST(${sql} AS ${types[type]})`;
}

/** The printer for DuckDB 1.5. */
export const duckdb: Dialect = {
  name: "duckdb",
  templates: duckdbTemplates,
  types,
  items: (sql) => `(CASE json_type(${sql}) WHEN 'ARRAY' THEN json_transform(${sql}, '["JSON"]') END)`,
  literal,
  parameter: (place) => `$${place}::TIMESTAMP`,
  stored: (column, type) => {
    const name = quoteName(column);
    if (type === "dynamic") return `TRY_CAST(nullif(${name}, '') AS JSON)`;
    return type === "string" || type === "guid" ? `coalesce(${name}, '')` : name;
  },
  member: (member, base) =>
    `nullif(${guarded(member, `json_extract(${base}, ${pathOf(member.path)})`)}, 'null'::JSON)`,
  memberText: (member, base) =>
    `coalesce(${guarded(member, `json_extract_string(${base}, ${pathOf(member.path)})`)}, '')`,
  wire,
  carried,
  received,
  handedIn: (place) => `(SELECT unnest(from_json($${place}::JSON, '[["VARCHAR"]]')) AS r)`,
  numbers: (count, column) =>
    `SELECT unnest(range(0, CASE WHEN ${count} > ${MAX_NUMBERS} THEN error('${TOO_MANY}') ELSE ${count} END)) AS ${column}`,
  groups: (text, pattern, groups) => {
    const lists = groups.map((group) => `regexp_extract_all(${text}, ${pattern}, ${group})`);
    const parts = groups.map((_, place) => `z[${place + 1}]`);
    return `to_json(nullif(list_transform(list_zip(${lists.join(", ")}), lambda z: [${parts.join(", ")}]), []))`;
  },
  unnest: (list) => `unnest(${list})`,
  zip: (lists) => `unnest(range(0, greatest(${lists.map((list) => `len(${list})`).join(", ")})))`,
  kept: (how) => ({ once: "MATERIALIZED ", anew: "NOT MATERIALIZED ", any: "" })[how],
  firstPerKey: (keys, from) => `SELECT DISTINCT ON (${keys}) * FROM ${from}`,
};
