import type { ScalarType } from "@picket/kit";
import type { SyntaxNode } from "../kusto/tree.js";

/** A scalar expression as SQL. */
export interface Expr {
  readonly sql: string;
  readonly type: ScalarType;
  /** For a JSON value that is also a typed column: that column, which is faster and says the same. */
  readonly scalar?: { readonly sql: string; readonly type: ScalarType };
  /** For JSON: typed columns of its members. */
  readonly members?: ReadonlyMap<string, { readonly sql: string; readonly type: ScalarType }>;
  /** Value of a constant text, for functions that need one when compiling. */
  readonly constant?: string;
}

/** An expression of a type. */
export const expr = (sql: string, type: ScalarType): Expr => ({ sql, type });

/** A text as an SQL literal. */
export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A text constant. */
export const constantText = (text: string): Expr => ({ sql: quote(text), type: "string", constant: text });

/** The value as text, as `tostring` gives it. Texts are never null. */
export function asText(value: Expr): string {
  const { sql, type, scalar } = value;
  if (scalar) return asText({ sql: scalar.sql, type: scalar.type });
  if (type === "string") return sql;
  if (type === "bool") return `(CASE ${sql} WHEN TRUE THEN 'True' WHEN FALSE THEN 'False' ELSE '' END)`;
  if (type === "dynamic") return `coalesce(json_extract_string(${sql}, '$'), '')`;
  return `coalesce(${asWire(value)}::VARCHAR, '')`;
}

/** The value as JSON, as a dynamic holds it. */
export function asDynamic(value: Expr): string {
  if (value.type === "dynamic") return value.sql;
  if (value.type === "datetime" || value.type === "timespan") return `to_json(${asWire(value)})`;
  return `to_json(${value.sql})`;
}

/** The value as a number; what is none is null. */
export function asNumber(value: Expr, type: "BIGINT" | "INTEGER" | "DOUBLE"): string {
  const from = value.scalar ?? value;
  if (from.type === "string" || from.type === "dynamic")
    return numberOfText(asText({ sql: from.sql, type: from.type }), type);
  if (from.type === "bool") return `CAST(${from.sql} AS ${type})`;
  return type === "DOUBLE" ? `CAST(${from.sql} AS DOUBLE)` : `TRY_CAST(trunc(${from.sql}) AS ${type})`;
}

/** Whole numbers must be written as such: the engine would round "12.5". */
function numberOfText(text: string, type: string): string {
  if (type === "DOUBLE") return `TRY_CAST(trim(${text}) AS DOUBLE)`;
  return `(CASE WHEN regexp_full_match(trim(${text}), '[+-]?[0-9]+') THEN TRY_CAST(trim(${text}) AS ${type}) WHEN regexp_full_match(trim(${text}), '0[xX][0-9a-fA-F]+') THEN TRY_CAST(trim(${text}) AS ${type}) END)`;
}

/** The value as a time; what is none is null. */
export function asTime(value: Expr): string {
  const from = value.scalar ?? value;
  if (from.type === "datetime") return from.sql;
  return `TRY_CAST(nullif(${asText({ sql: from.sql, type: from.type })}, '') AS TIMESTAMPTZ) AT TIME ZONE 'UTC'`;
}

const TICKS_A_DAY = 864_000_000_000;

/** The value in the form that results have on the wire. */
export function asWire({ sql, type }: Expr): string {
  if (type === "datetime") return `(strftime(${sql}, '%Y-%m-%dT%H:%M:%S.%f') || '0Z')`;
  if (type === "dynamic") return `CAST(${sql} AS VARCHAR)`;
  if (type === "real")
    return `(CASE WHEN isnan(${sql}) THEN to_json('NaN') WHEN isinf(${sql}) THEN to_json(CASE WHEN ${sql} > 0 THEN 'Infinity' ELSE '-Infinity' END) ELSE to_json(${sql}) END)`;
  if (type !== "timespan") return sql;
  const days = `CASE WHEN abs(${sql}) >= ${TICKS_A_DAY} THEN (abs(${sql}) // ${TICKS_A_DAY})::VARCHAR || '.' ELSE '' END`;
  const clock = `printf('%02d:%02d:%02d', abs(${sql}) // 36000000000 % 24, abs(${sql}) // 600000000 % 60, abs(${sql}) // 10000000 % 60)`;
  const rest = `CASE WHEN abs(${sql}) % 10000000 <> 0 THEN printf('.%07d', abs(${sql}) % 10000000) ELSE '' END`;
  return `(CASE WHEN ${sql} IS NOT NULL THEN (CASE WHEN ${sql} < 0 THEN '-' ELSE '' END) || ${days} || ${clock} || ${rest} END)`;
}

/** Converts to a type as the function of its name does. */
export function convert(value: Expr, type: ScalarType): Expr {
  if (value.type === type) return value;
  const sql = {
    string: () => asText(value),
    long: () => asNumber(value, "BIGINT"),
    int: () => asNumber(value, "INTEGER"),
    real: () => asNumber(value, "DOUBLE"),
    decimal: () => asNumber(value, "DOUBLE"),
    bool: () => boolOf(value),
    datetime: () => asTime(value),
    timespan: () =>
      value.type === "long" || value.type === "int"
        ? `CAST(${value.sql} AS BIGINT)`
        : timespanOfText(asText(value)),
    dynamic: () => asDynamic(value),
    guid: () => `lower(${asText(value)})`,
  }[type];
  return expr(sql(), type);
}

function boolOf(value: Expr): string {
  if (value.type === "long" || value.type === "int" || value.type === "real") return `(${value.sql} <> 0)`;
  const text = `lower(trim(${asText(value)}))`;
  return `(CASE WHEN ${text} IN ('true', '1') THEN TRUE WHEN ${text} IN ('false', '0') THEN FALSE END)`;
}

function timespanOfText(text: string): string {
  const part = (group: number): string =>
    `coalesce(TRY_CAST(nullif(regexp_extract(${text}, '^(?:(\\d+)\\.)?(\\d+):(\\d+):(\\d+)$', ${group}), '') AS BIGINT), 0)`;
  return `(CASE WHEN regexp_matches(${text}, '^(?:\\d+\\.)?\\d+:\\d+:\\d+$') THEN ${part(1)} * ${TICKS_A_DAY} + ${part(2)} * 36000000000 + ${part(3)} * 600000000 + ${part(4)} * 10000000 END)`;
}

/** A member of a JSON value. */
export function member(value: Expr, key: string | number): Expr {
  const promoted = typeof key === "string" ? value.members?.get(key) : undefined;
  const path =
    typeof key === "number" ? `$[${key < 0 ? `#${key}` : key}]` : `$."${key.replaceAll('"', '\\"')}"`;
  if (!promoted) return expr(nullWhenJsonNull(`json_extract(${asJson(value)}, ${quote(path)})`), "dynamic");
  const sql =
    promoted.type === "string"
      ? `(CASE WHEN ${promoted.sql} <> '' THEN to_json(${promoted.sql}) END)`
      : `to_json(${promoted.sql})`;
  return { sql, type: "dynamic", scalar: promoted };
}

/** JSON null and what is missing are the same. */
const nullWhenJsonNull = (sql: string): string => `nullif(${sql}, 'null'::JSON)`;

/** A text is JSON when it parses, else a JSON text. */
export function asJson(value: Expr): string {
  if (value.type !== "string") return asDynamic(value);
  return `coalesce(TRY_CAST(nullif(${value.sql}, '') AS JSON), CASE WHEN ${value.sql} <> '' THEN to_json(${value.sql}) END)`;
}

/** A time moved by a span. */
export const moved = (time: string, ticks: string): string =>
  `(${time} + to_microseconds(CAST((${ticks}) // 10 AS BIGINT)))`;

/** The name that a reference or declaration carries, brackets and quotes removed. */
export function nameOf(node: SyntaxNode): string {
  const text = node.text.trim();
  const bracketed = /^\[\s*(['"])([\s\S]*)\1\s*\]$/.exec(text);
  return bracketed ? (bracketed[2] ?? "") : text;
}
