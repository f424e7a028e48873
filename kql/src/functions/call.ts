import type { Bound, Scope } from "../compile/compiler.js";
import {
  asDynamic,
  asJson,
  asNumber,
  asText,
  asTime,
  constantText,
  convert,
  type Expr,
  expr,
  member,
  moved,
  nameOf,
  quote,
} from "../compile/expression.js";
import type { SyntaxNode } from "../kusto/tree.js";

/** Makes the SQL of a call from its arguments. */
type Make = (given: readonly Expr[], node: SyntaxNode, scope: Scope) => Expr;

/** The arguments of a call, as nodes. */
export function argumentsOf(node: SyntaxNode): readonly SyntaxNode[] {
  if (node.kind === "ToScalarExpression" || node.kind === "MaterializeExpression")
    return node.children.slice(-1);
  const list = node.children.find(({ kind }) => kind === "ExpressionList") ?? node.children.at(-1);
  return list?.children.flatMap((each) => (each.kind === "List" ? each.children : [each])) ?? [];
}

/** The name of the function that is called. */
export const calledName = (node: SyntaxNode): string =>
  node.kind === "ToScalarExpression" ? "toscalar" : nameOf(node.children[0] ?? node);

/** Compiles the call of a scalar function. */
export function call(node: SyntaxNode, scope: Scope): Expr {
  const name = calledName(node);
  const bound = scope.bound(name);
  if (bound && "body" in bound) return own(bound.body, node, scope);
  const aggregated = scope.aggregateCall?.(node, scope);
  if (aggregated) return aggregated;
  if (name === "toscalar") return firstCell(node, scope);
  const make = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (!make) throw scope.compiler.notSupported(node, `the function ${name}()`);
  if (name === "column_ifexists") return make([], node, scope);
  return make(
    argumentsOf(node).map((each) => scope.scalar(each)),
    node,
    scope,
  );
}

/** A function the query itself declares: its body, with the arguments under their names. */
function own(
  { parameters, body }: { parameters: readonly { name: string; fallback?: SyntaxNode }[]; body: SyntaxNode },
  node: SyntaxNode,
  scope: Scope,
): Expr {
  const given = argumentsOf(node);
  const names = new Map<string, Bound>();
  for (const [index, { name, fallback }] of parameters.entries()) {
    const argument = given[index] ?? fallback;
    if (argument)
      names.set(name, {
        value: scope.scalar(
          argument.kind === "SimpleNamedExpression" ? (argument.children[1] ?? argument) : argument,
        ),
      });
  }
  return scope.with(names).scalar(body);
}

function firstCell(node: SyntaxNode, scope: Scope): Expr {
  const [inner] = argumentsOf(node);
  const rows = inner && scope.compiler.rowsOf?.(inner, scope);
  const column = rows?.columns[0];
  if (!column) return scope.scalar(inner ?? node);
  return expr(
    `(SELECT ${column.alias} FROM ${rows.step}${rows.order ? ` ORDER BY ${rows.order}` : ""} LIMIT 1)`,
    column.type,
  );
}

const text =
  (make: (...given: string[]) => string): Make =>
  (given) =>
    expr(make(...given.map(asText)), "string");
const textTo =
  (type: Expr["type"], make: (...given: string[]) => string): Make =>
  (given) =>
    expr(make(...given.map(asText)), type);
const to =
  (type: Expr["type"]): Make =>
  ([value]) =>
    convert(value!, type);
const real =
  (make: (...given: string[]) => string): Make =>
  (given) =>
    expr(make(...given.map((each) => asNumber(each, "DOUBLE"))), "real");
const time =
  (make: (time: string) => string): Make =>
  ([value, offset], _node, _scope) => {
    const at = asTime(value!);
    return expr(make(at).replaceAll("$offset", offset?.sql ?? "0"), "datetime");
  };
const part =
  (sql: (time: string) => string, type: Expr["type"] = "long"): Make =>
  ([value]) =>
    expr(sql(asTime(value!)), type);
const trunc = (unit: string): Make =>
  time((at) => `(date_trunc('${unit}', ${at}) + to_${unit}s(CAST($offset AS INTEGER)))`);
const endOf = (unit: string): Make =>
  time(
    (at) => `(date_trunc('${unit}', ${at}) + to_${unit}s(CAST($offset AS INTEGER) + 1) - to_microseconds(1))`,
  );
const sunday = (at: string): string =>
  `(date_trunc('day', ${at}) - to_days(CAST(dayofweek(${at}) AS INTEGER)))`;
const isEmpty = (value: Expr): string => {
  if (value.type === "string" || value.scalar?.type === "string") return `(${asText(value)} = '')`;
  return value.type === "dynamic"
    ? `(${value.sql} IS NULL OR json_extract_string(${value.sql}, '$') = '')`
    : `(${value.sql} IS NULL)`;
};

/** Functions by name; `given` are the compiled arguments. */
const functions: Readonly<Record<string, Make>> = {
  tostring: to("string"),
  toint: to("int"),
  tolong: to("long"),
  todouble: to("real"),
  toreal: to("real"),
  todecimal: to("real"),
  tobool: to("bool"),
  toboolean: to("bool"),
  todatetime: to("datetime"),
  totimespan: to("timespan"),
  toguid: to("guid"),
  parse_json: ([value]) => ({
    sql: asJson(value!),
    type: "dynamic",
    ...(value?.members ? { members: value.members } : {}),
  }),
  parsejson: (given, node, scope) => functions["parse_json"]!(given, node, scope),
  todynamic: (given, node, scope) => functions["parse_json"]!(given, node, scope),
  toobject: (given, node, scope) => functions["parse_json"]!(given, node, scope),
  extractjson: (given, node, scope) => extractJson(given, node, scope),
  extract_json: (given, node, scope) => extractJson(given, node, scope),
  now: ([offset], _, scope) =>
    offset ? expr(moved(scope.compiler.now().sql, offset.sql), "datetime") : scope.compiler.now(),
  ago: ([span], _, scope) => expr(moved(scope.compiler.now().sql, `-(${span!.sql})`), "datetime"),
  strcat: (given) => expr(`(${given.map(asText).join(" || ")})`, "string"),
  strcat_delim: ([delimiter, ...rest]) =>
    expr(`concat_ws(${asText(delimiter!)}, ${rest.map(asText).join(", ")})`, "string"),
  tolower: text((value) => `lower(${value})`),
  toupper: text((value) => `upper(${value})`),
  strlen: textTo("long", (value) => `length(${value})`),
  string_size: textTo("long", (value) => `strlen(${value})`),
  reverse: text((value) => `reverse(${value})`),
  trim: ([pattern, value]) =>
    expr(
      `regexp_replace(regexp_replace(${asText(value!)}, '^(?:' || ${asText(pattern!)} || ')+', ''), '(?:' || ${asText(pattern!)} || ')+$', '')`,
      "string",
    ),
  trim_start: ([pattern, value]) =>
    expr(`regexp_replace(${asText(value!)}, '^(?:' || ${asText(pattern!)} || ')+', '')`, "string"),
  trim_end: ([pattern, value]) =>
    expr(`regexp_replace(${asText(value!)}, '(?:' || ${asText(pattern!)} || ')+$', '')`, "string"),
  substring: ([value, start, length]) => {
    const whole = asText(value!);
    const from = `(CASE WHEN ${start!.sql} < 0 THEN greatest(length(${whole}) + ${start!.sql}, 0) ELSE ${start!.sql} END)`;
    return expr(
      `substring(${whole}, CAST(${from} AS BIGINT) + 1${length ? `, ${length.sql}` : ""})`,
      "string",
    );
  },
  indexof: ([value, sought]) => expr(`(strpos(${asText(value!)}, ${asText(sought!)}) - 1)`, "long"),
  replace_string: text((value, sought, by) => `replace(${value}, ${sought}, ${by})`),
  replace_regex: text((value, pattern, by) => `regexp_replace(${value}, ${pattern}, ${by}, 'g')`),
  replace: text((pattern, by, value) => `regexp_replace(${value}, ${pattern}, ${by}, 'g')`),
  split: ([value, delimiter, index]) => {
    const parts = `string_split(${asText(value!)}, ${asText(delimiter!)})`;
    return expr(
      index
        ? `to_json(list_slice(${parts}, CAST(${index.sql} AS BIGINT) + 1, CAST(${index.sql} AS BIGINT) + 1))`
        : `to_json(${parts})`,
      "dynamic",
    );
  },
  extract: ([pattern, group, value, type]) => {
    const found = expr(
      `regexp_extract(${asText(value!)}, ${asText(pattern!)}, CAST(${group!.sql} AS INTEGER))`,
      "string",
    );
    return type?.constant ? convert(found, type.constant as Expr["type"]) : found;
  },
  extract_all: ([pattern, value]) =>
    expr(`to_json(regexp_extract_all(${asText(value!)}, ${asText(pattern!)}, 1))`, "dynamic"),
  countof: ([value, sought]) =>
    expr(
      `((length(${asText(value!)}) - length(replace(${asText(value!)}, ${asText(sought!)}, ''))) // greatest(length(${asText(sought!)}), 1))`,
      "long",
    ),
  isempty: ([value]) => expr(isEmpty(value!), "bool"),
  isnotempty: ([value]) => expr(`(NOT ${isEmpty(value!)})`, "bool"),
  notempty: ([value]) => expr(`(NOT ${isEmpty(value!)})`, "bool"),
  isnull: ([value]) => expr(value!.type === "string" ? "FALSE" : `(${value!.sql} IS NULL)`, "bool"),
  isnotnull: ([value]) => expr(value!.type === "string" ? "TRUE" : `(${value!.sql} IS NOT NULL)`, "bool"),
  notnull: ([value]) => expr(value!.type === "string" ? "TRUE" : `(${value!.sql} IS NOT NULL)`, "bool"),
  not: ([value]) => expr(`(NOT ${convert(value!, "bool").sql})`, "bool"),
  iff: ([test, yes, no], node) => choice([test!, yes!], no!, node),
  iif: ([test, yes, no], node) => choice([test!, yes!], no!, node),
  case: (given, node) => choice(given.slice(0, -1), given.at(-1)!, node),
  coalesce: (given, node) => {
    const type = node.type ?? given[0]!.type;
    const values = given.map((each) =>
      type === "string" ? `nullif(${asText(each)}, '')` : convert(each, type).sql,
    );
    return expr(
      type === "string" ? `coalesce(${values.join(", ")}, '')` : `coalesce(${values.join(", ")})`,
      type,
    );
  },
  max_of: (given, node) =>
    expr(`greatest(${given.map(({ sql }) => sql).join(", ")})`, node.type ?? given[0]!.type),
  min_of: (given, node) =>
    expr(`least(${given.map(({ sql }) => sql).join(", ")})`, node.type ?? given[0]!.type),
  bin: ([value, step]) => binned(value!, step!),
  floor: ([value, step]) => (step ? binned(value!, step) : expr(`floor(${value!.sql})`, "real")),
  bin_at: ([value, step, origin]) => {
    const shift = binned(
      expr(
        value!.type === "datetime"
          ? `((epoch_us(${value!.sql}) - epoch_us(${origin!.sql})) * 10)`
          : `(${value!.sql} - ${origin!.sql})`,
        value!.type === "datetime" ? "timespan" : value!.type,
      ),
      step!,
    );
    return value!.type === "datetime"
      ? expr(moved(origin!.sql, shift.sql), "datetime")
      : expr(`(${origin!.sql} + ${shift.sql})`, value!.type);
  },
  ceiling: real((value) => `ceil(${value})`),
  round: ([value, digits]) =>
    expr(`round(${asNumber(value!, "DOUBLE")}, CAST(${digits?.sql ?? "0"} AS INTEGER))`, "real"),
  abs: ([value]) => expr(`abs(${value!.sql})`, value!.type),
  sqrt: real((value) => `(CASE WHEN ${value} >= 0 THEN sqrt(${value}) END)`),
  pow: real((base, power) => `pow(${base}, ${power})`),
  exp: real((value) => `exp(${value})`),
  log: real((value) => `(CASE WHEN ${value} > 0 THEN ln(${value}) END)`),
  log10: real((value) => `(CASE WHEN ${value} > 0 THEN log10(${value}) END)`),
  log2: real((value) => `(CASE WHEN ${value} > 0 THEN log2(${value}) END)`),
  sign: real((value) => `sign(${value})`),
  isnan: ([value]) => expr(`coalesce(isnan(CAST(${value!.sql} AS DOUBLE)), FALSE)`, "bool"),
  rand: () => expr("random()", "real"),
  hash: ([value]) => expr(`CAST(hash(${asText(value!)}) // 2 AS BIGINT)`, "long"),
  hash_sha256: text((value) => `sha256(${value})`),
  hash_md5: text((value) => `md5(${value})`),
  base64_encode_tostring: text((value) => `base64(encode(${value}))`),
  base64_decode_tostring: text((value) => `coalesce(TRY(decode(from_base64(${value}))), '')`),
  url_decode: text((value) => `url_decode(${value})`),
  url_encode: text((value) => `url_encode(${value})`),
  startofday: trunc("day"),
  startofmonth: trunc("month"),
  startofyear: trunc("year"),
  startofweek: time((at) => `(${sunday(at)} + to_days(7 * CAST($offset AS INTEGER)))`),
  endofday: endOf("day"),
  endofmonth: endOf("month"),
  endofyear: endOf("year"),
  endofweek: time((at) => `(${sunday(at)} + to_days(7 * CAST($offset AS INTEGER) + 7) - to_microseconds(1))`),
  dayofweek: part((at) => `(CAST(dayofweek(${at}) AS BIGINT) * 864000000000)`, "timespan"),
  dayofmonth: part((at) => `day(${at})`, "int"),
  dayofyear: part((at) => `dayofyear(${at})`, "int"),
  hourofday: part((at) => `hour(${at})`, "int"),
  monthofyear: part((at) => `month(${at})`, "int"),
  getyear: part((at) => `year(${at})`, "int"),
  getmonth: part((at) => `month(${at})`, "int"),
  week_of_year: part((at) => `week(${at})`),
  datetime_part: ([unit, at]) => expr(`date_part(${asText(unit!).toLowerCase()}, ${asTime(at!)})`, "long"),
  datetime_diff: ([unit, later, earlier]) =>
    expr(`date_diff(${asText(unit!).toLowerCase()}, ${asTime(earlier!)}, ${asTime(later!)})`, "long"),
  datetime_add: ([unit, amount, at]) =>
    expr(
      `(${asTime(at!)} + to_${(unit?.constant ?? "day").toLowerCase()}s(CAST(${amount!.sql} AS INTEGER)))`,
      "datetime",
    ),
  make_datetime: (given) =>
    expr(
      `make_timestamp(${[...given.map(({ sql }) => sql), "1", "1", "0", "0", "0"].slice(0, 6).join(", ")})`,
      "datetime",
    ),
  make_timespan: ([hours, minutes, seconds]) =>
    expr(
      `(${hours!.sql} * 36000000000 + ${minutes!.sql} * 600000000 + CAST(${seconds?.sql ?? "0"} * 10000000 AS BIGINT))`,
      "timespan",
    ),
  unixtime_seconds_todatetime: ([value]) =>
    expr(`make_timestamp(CAST(${value!.sql} * 1000000 AS BIGINT))`, "datetime"),
  unixtime_milliseconds_todatetime: ([value]) =>
    expr(`make_timestamp(CAST(${value!.sql} * 1000 AS BIGINT))`, "datetime"),
  format_datetime: ([at, format]) =>
    expr(`coalesce(strftime(${asTime(at!)}, ${quote(strftimeOf(format?.constant ?? ""))}), '')`, "string"),
  array_length: ([value]) =>
    expr(
      `(CASE WHEN json_type(${asDynamic(value!)}) = 'ARRAY' THEN CAST(json_array_length(${asDynamic(value!)}) AS BIGINT) END)`,
      "long",
    ),
  bag_keys: ([value]) => expr(`to_json(json_keys(${asDynamic(value!)}))`, "dynamic"),
  bag_has_key: ([value, key]) =>
    expr(`list_contains(json_keys(${asDynamic(value!)}), ${asText(key!)})`, "bool"),
  set_has_element: ([set, value]) =>
    expr(`coalesce(list_contains(CAST(${asDynamic(set!)} AS VARCHAR[]), ${asText(value!)}), FALSE)`, "bool"),
  array_index_of: ([array, value]) =>
    expr(
      `(coalesce(list_position(CAST(${asDynamic(array!)} AS VARCHAR[]), ${asText(value!)}), 0) - 1)`,
      "long",
    ),
  array_concat: (given) =>
    expr(
      `to_json(list_concat(${given.map((each) => `CAST(${asDynamic(each)} AS JSON[])`).join(", ")}))`,
      "dynamic",
    ),
  strcat_array: ([array, delimiter]) =>
    expr(
      `coalesce(array_to_string(CAST(${asDynamic(array!)} AS VARCHAR[]), ${asText(delimiter!)}), '')`,
      "string",
    ),
  pack: (given) => packed(given),
  bag_pack: (given) => packed(given),
  pack_dictionary: (given) => packed(given),
  pack_array: (given) => expr(`json_array(${given.map(asDynamic).join(", ")})`, "dynamic"),
  array_sum: ([value]) => expr(`list_sum(CAST(${asDynamic(value!)} AS DOUBLE[]))`, "real"),
  gettype: ([value]) =>
    expr(
      value!.type === "dynamic" ? `lower(coalesce(json_type(${value!.sql}), 'null'))` : quote(value!.type),
      "string",
    ),
  ipv4_is_private: ([value]) =>
    expr(
      `regexp_matches(${asText(value!)}, '^(?:10\\.|192\\.168\\.|172\\.(?:1[6-9]|2[0-9]|3[01])\\.)')`,
      "bool",
    ),
  row_number: ([start], node, scope) =>
    windowed(node, scope, (order) =>
      expr(`(row_number() OVER (ORDER BY ${order}) - 1 + ${start?.sql ?? "1"})`, "long"),
    ),
  prev: ([value, offset], node, scope) =>
    windowed(node, scope, (order) => neighbour("lag", value!, offset, order)),
  next: ([value, offset], node, scope) =>
    windowed(node, scope, (order) => neighbour("lead", value!, offset, order)),
  row_cumsum: ([value], node, scope) =>
    windowed(node, scope, (order) =>
      expr(`sum(${value!.sql}) OVER (ORDER BY ${order} ROWS UNBOUNDED PRECEDING)`, value!.type),
    ),
  column_ifexists: (_, node, scope) => {
    const [name, otherwise] = argumentsOf(node);
    return (
      scope.column(/^\s*['"](.*)['"]\s*$/.exec(name?.text ?? "")?.[1] ?? "") ??
      scope.scalar(otherwise ?? node)
    );
  },
  print: ([value]) => value ?? constantText(""),
};

function extractJson([path, source, type]: readonly Expr[], node: SyntaxNode, scope: Scope): Expr {
  if (!path || !source) throw scope.compiler.notSupported(node, "extractjson() without a path and a source");
  const steps = /^\$((?:\.\w+|\[\d+\]|\['[^']*'\])*)$/.exec(path.constant ?? "")?.[1];
  if (steps === undefined)
    throw scope.compiler.notSupported(node, `the JSON path ${path.constant ?? "that is computed"}`);
  let value: Expr = {
    sql: asJson(source),
    type: "dynamic",
    ...(source.members ? { members: source.members } : {}),
  };
  for (const [, key, index, quoted] of steps.matchAll(/\.(\w+)|\[(\d+)\]|\['([^']*)'\]/g))
    value = member(value, index === undefined ? (key ?? quoted ?? "") : Number(index));
  return convert(value, (type?.constant ?? "string") as Expr["type"]);
}

/** The first branch whose test holds; the branches take the type that the binder found. */
function choice(pairs: readonly Expr[], otherwise: Expr, node: SyntaxNode): Expr {
  const type = node.type ?? pairs[1]?.type ?? otherwise.type;
  const branches: string[] = [];
  for (let index = 0; index + 1 < pairs.length; index += 2)
    branches.push(`WHEN ${convert(pairs[index]!, "bool").sql} THEN ${convert(pairs[index + 1]!, type).sql}`);
  return expr(`(CASE ${branches.join(" ")} ELSE ${convert(otherwise, type).sql} END)`, type);
}

const YEAR_ONE_US = 62_135_596_800_000_000n;

/** Rounds down to a step; times count from the first day of year 1. */
export function binned(value: Expr, step: Expr): Expr {
  if (value.type === "datetime") {
    const us = `(epoch_us(${value.sql}) + ${YEAR_ONE_US})`;
    return expr(
      `make_timestamp(${us} - ${us} % greatest((${step.sql}) // 10, 1) - ${YEAR_ONE_US})`,
      "datetime",
    );
  }
  const number = value.type === "dynamic" ? convert(value, "real") : value;
  if (number.type === "real" || step.type === "real")
    return expr(`(floor(${number.sql} / ${step.sql}) * ${step.sql})`, "real");
  return expr(
    `(${number.sql} - ((${number.sql} % ${step.sql}) + ${step.sql}) % ${step.sql})`,
    number.type === "int" ? "long" : number.type,
  );
}

function packed(given: readonly Expr[]): Expr {
  const members = given.map((each, index) => (index % 2 === 0 ? asText(each) : asDynamic(each)));
  return expr(`json_object(${members.join(", ")})`, "dynamic");
}

/** Looks along the rows' order, which an operator before must have set. */
function windowed(node: SyntaxNode, scope: Scope, make: (order: string) => Expr): Expr {
  const order = scope.relation?.order;
  if (order === undefined)
    throw scope.compiler.wrong(
      node,
      `${calledName(node)}() needs rows in order; put | sort by … or | serialize before it.`,
    );
  return make(order);
}

function neighbour(side: "lag" | "lead", value: Expr, offset: Expr | undefined, order: string): Expr {
  const sql = `${side}(${value.sql}, CAST(${offset?.sql ?? "1"} AS INTEGER)) OVER (ORDER BY ${order})`;
  return expr(value.type === "string" ? `coalesce(${sql}, '')` : sql, value.type);
}

const tokens: Readonly<Record<string, string>> = {
  yyyy: "%Y",
  yy: "%y",
  MM: "%m",
  M: "%-m",
  dd: "%d",
  d: "%-d",
  HH: "%H",
  H: "%-H",
  hh: "%I",
  h: "%-I",
  mm: "%M",
  m: "%-M",
  ss: "%S",
  s: "%-S",
  fff: "%g",
  ffffff: "%f",
  fffffff: "%f0",
  tt: "%p",
};
const strftimeOf = (format: string): string =>
  format.replace(/yyyy|yy|MM|M|dd|d|HH|H|hh|h|mm|m|ss|s|f{3,7}|tt/g, (token) => tokens[token] ?? token);
