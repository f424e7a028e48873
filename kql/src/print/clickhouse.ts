import type { ScalarType } from "@picket/kit";
import type { AggregateCall, Literal, Member } from "../plan/scalar.js";
import { clickhouseTemplates } from "./clickhouse-templates.js";
import { type Dialect, MAX_NUMBERS, quoteName, quoteText, type SortedBy, TOO_MANY } from "./dialect.js";

const types: Readonly<Record<ScalarType, string>> = {
  string: "String",
  guid: "Nullable(String)",
  long: "Nullable(Int64)",
  int: "Nullable(Int32)",
  real: "Nullable(Float64)",
  decimal: "Nullable(Float64)",
  bool: "Nullable(Bool)",
  datetime: "Nullable(DateTime64(6, 'UTC'))",
  timespan: "Nullable(Int64)",
  dynamic: "Nullable(String)",
};

const EPOCH_TICKS = 621_355_968_000_000_000n;
/** Here a backslash begins an escape within quotes. */
const quoted = (text: string): string => quoteText(text.replaceAll("\\", "\\\\").replaceAll("\0", ""));

function literal({ type, value }: Literal): string {
  if (value === null) return `CAST(NULL AS ${types[type]})`;
  if (type === "datetime")
    return `fromUnixTimestamp64Micro(toInt64(${((BigInt(value) - EPOCH_TICKS) / 10n).toString()}), 'UTC')`;
  if (typeof value === "string") return quoted(value);
  if (typeof value === "boolean") return String(value);
  if (typeof value === "bigint") return whole(value, type);
  if (Number.isNaN(value)) return "nan";
  return Number.isFinite(value) ? `toFloat64(${value})` : value > 0 ? "inf" : "-inf";
}

const whole = (value: bigint, type: ScalarType): string => {
  const cast = type === "int" ? "toInt32" : type === "real" || type === "decimal" ? "toFloat64" : "toInt64";
  return `${cast}(${quoteText(BigInt.asIntN(64, value).toString())})`;
};

/** Members by name and place; places count from 1, or from the end. */
const pathOf = (path: Member["path"]): string =>
  path.map((part) => (typeof part === "number" ? (part < 0 ? part : part + 1) : quoted(part))).join(", ");

/** A place would also find the members of an object, by their order. */
const isArrayAt = ({ path }: Member, from: string): string[] =>
  path.flatMap((part, place) => {
    if (typeof part !== "number") return [];
    const before = path.slice(0, place);
    return [`JSONType(${[from, ...(before.length > 0 ? [pathOf(before)] : [])].join(", ")}) = 'Array'`];
  });

function member(of: Member, base: string): string {
  const from = `ifNull(${base}, '')`;
  const found = `nullIf(nullIf(JSONExtractRaw(${from}, ${pathOf(of.path)}), 'null'), '')`;
  const tests = isArrayAt(of, from);
  return tests.length === 0 ? found : `if(${tests.join(" AND ")}, ${found}, NULL)`;
}

function memberText(of: Member, base: string): string {
  const from = `ifNull(${base}, '')`;
  const path = pathOf(of.path);
  const tests = [...isArrayAt(of, from), `JSONType(${from}, ${path}) = 'String'`];
  return `if(${tests.join(" AND ")}, JSONExtractString(${from}, ${path}), ifNull(${member(of, base)}, ''))`;
}

function wire(sql: string, type: ScalarType): string {
  if (type === "datetime") return `concat(formatDateTime(${sql}, '%Y-%m-%dT%H:%i:%S.%f'), '0Z')`;
  if (type === "timespan") return `nullIf(${clickhouseTemplates.spanText?.replaceAll("{0}", sql)}, '')`;
  if (type === "bool") return `CAST(${sql} AS Nullable(Bool))`;
  return sql;
}

function carried(sql: string, type: ScalarType): string {
  if (type === "datetime") return `toString((toUnixTimestamp64Micro(${sql}) + 62135596800000000) * 10)`;
  return type === "bool" ? `toString(CAST(${sql} AS Nullable(Bool)))` : `toString(${sql})`;
}

function received(sql: string, type: ScalarType): string {
  if (type === "string") return `ifNull(${sql}, '')`;
  if (type === "guid" || type === "dynamic") return sql;
  if (type === "datetime")
    return `fromUnixTimestamp64Micro(intDiv(CAST(${sql} AS Nullable(Int64)), 10) - 62135596800000000, 'UTC')`;
  return `CAST(${sql} AS ${types[type]})`;
}

const SET: ReadonlySet<string> = new Set(["setOf", "itemSetOf"]);
const LISTS: ReadonlySet<string> = new Set(["listOf", "listWithNulls", "setOf", "itemsOf", "itemSetOf"]);

/** Lists are gathered with what they are sorted by, since aggregates here take no order. */
function aggregate(
  { op }: AggregateCall,
  given: readonly string[],
  { filter, order }: { readonly filter: string | undefined; readonly order: SortedBy | undefined },
): string | undefined {
  if (!LISTS.has(op)) return undefined;
  const test = filter ? ` FILTER (WHERE ${filter})` : "";
  const [value = "", limit = ""] = given;
  const isJson = op === "itemsOf" || op === "itemSetOf";
  const item = isJson ? value : `ifNull(toJSONString(${value}), 'null')`;
  const ordered =
    order === undefined
      ? `groupArray(${item})${test}`
      : `arrayMap(t -> t.2, ${order.descending ? "arrayReverseSort" : "arraySort"}(t -> t.1, groupArray(tuple(${order.sql}, ${item}))${test}))`;
  const flat = isJson ? `arrayFlatten(${ordered})` : ordered;
  const all = SET.has(op) ? `arraySort(arrayDistinct(${flat}))` : flat;
  return `concat('[', arrayStringConcat(arraySlice(${all}, 1, ${limit}), ','), ']')`;
}

const items = (sql: string): string => `JSONExtractArrayRaw(ifNull(${sql}, ''))`;

/** The printer for ClickHouse 26; what it cannot spell is refused by name. */
export const clickhouse: Dialect = {
  name: "ClickHouse",
  templates: clickhouseTemplates,
  types,
  items,
  literal,
  aggregate,
  special: {
    jsonObject: (given) => {
      const pairs = given.flatMap((name, place) =>
        place % 2 === 0 ? [`toJSONString(${name}), ':', ifNull(${given[place + 1]}, 'null')`] : [],
      );
      return `concat('{', ${pairs.join(", ',', ")}${pairs.length > 0 ? ", " : ""}'}')`;
    },
    jsonArray: (given) =>
      `concat('[', ${given.map((each) => `ifNull(${each}, 'null')`).join(", ',', ")}${given.length > 0 ? ", " : ""}']')`,
    jsonConcat: (given) =>
      `concat('[', arrayStringConcat(arrayConcat(${given.map(items).join(", ")}), ','), ']')`,
    jsonUnion: (given) =>
      `concat('[', arrayStringConcat(arraySort(arrayDistinct(arrayConcat(${given.map(items).join(", ")}))), ','), ']')`,
    jsonIntersect: (given) =>
      `concat('[', arrayStringConcat(arraySort(arrayIntersect(${given.map(items).join(", ")})), ','), ']')`,
    jsonDifference: ([one = "", other = ""]) =>
      `concat('[', arrayStringConcat(arrayDistinct(arrayFilter(e -> NOT has(${items(other)}, e), ${items(one)})), ','), ']')`,
    listItem: ([value = ""]) =>
      `if(JSONType(ifNull(${value}, '')) = 'Array', ${items(value)}, [ifNull(${value}, 'null')])`,
  },
  parameter: (place) => `parseDateTime64BestEffort({p${place}:String}, 6, 'UTC')`,
  stored: (column, type) => {
    const name = quoteName(column);
    if (type === "dynamic") return `if(isValidJSON(ifNull(${name}, '')), ${name}, NULL)`;
    return type === "string" ? `ifNull(${name}, '')` : name;
  },
  member,
  memberText,
  wire,
  carried,
  received,
  handedIn: (place) =>
    `(SELECT arrayJoin(JSONExtract({p${place}:String}, 'Array(Array(Nullable(String)))')) AS r)`,
  numbers: (count, column) =>
    `SELECT CAST(number AS Nullable(Int64)) AS ${column} FROM (SELECT arrayJoin(range(toUInt64(greatest(ifNull(${count}, 0), 0) + throwIf(ifNull(${count}, 0) > ${MAX_NUMBERS}, '${TOO_MANY}')))) AS number)`,
  unnest: (list) => list,
  zip: (lists) => lists.join(", "),
  unnested: (keep, lists, { ordinal, from }) => {
    const longest = `arrayMax([0, ${lists.map(({ sql }) => `length(${sql})`).join(", ")}])`;
    const picked = lists.map(({ sql, id }) => `if(u <= length(${sql}), ${sql}[u], 'null') AS ${id}`);
    const columns = [...keep, ...picked, `CAST(u - 1 AS Nullable(Int64)) AS ${ordinal}`];
    return `SELECT ${columns.join(", ")} FROM ${from} ARRAY JOIN arrayMap(i -> i + 1, range(toUInt64(${longest}))) AS u`;
  },
  groups: (text, pattern, groups) => {
    const all = `extractAllGroupsVertical(${text}, ${pattern})`;
    return `if(empty(${all}), NULL, toJSONString(arrayMap(g -> [${groups.map((group) => `g[${group}]`).join(", ")}], ${all})))`;
  },
  kept: () => "",
  neighbours: " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
  firstPerKey: (keys, from) => `SELECT * FROM ${from} LIMIT 1 BY ${keys}`,
  joins: {
    leftsemi: "LEFT SEMI ",
    leftanti: "LEFT ANTI ",
    inner: "ALL INNER ",
    left: "ALL LEFT ",
    right: "ALL RIGHT ",
    full: "ALL FULL ",
  },
  values: (columns, rows, print) =>
    rows
      .map(
        (row) =>
          `SELECT ${row.map((cell, place) => `CAST(${print(cell)} AS ${types[columns[place]!.type]}) AS ${columns[place]!.id}`).join(", ")}`,
      )
      .join(" UNION ALL "),
};
