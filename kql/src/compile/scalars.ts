import { call } from "../functions/call.js";
import type { SyntaxNode } from "../kusto/tree.js";
import type { Scope } from "./compiler.js";
import {
  asDynamic,
  asJson,
  asNumber,
  asText,
  constantText,
  convert,
  type Expr,
  expr,
  member,
  moved,
  nameOf,
  quote,
} from "./expression.js";
import { has, hasPrefix, hasSuffix } from "./terms.js";

type Rule = (node: SyntaxNode, scope: Scope) => Expr;

/** Compiles a scalar expression. */
export function scalar(node: SyntaxNode, scope: Scope): Expr {
  const rule = rules[node.kind];
  if (rule) return rule(node, scope);
  throw scope.compiler.notSupported(node, `${node.text.slice(0, 60)} (${node.kind})`);
}

const child = (node: SyntaxNode, index: number): SyntaxNode => node.children[index]!;
const both = (node: SyntaxNode, scope: Scope): [Expr, Expr] => [
  scalar(child(node, 0), scope),
  scalar(child(node, 1), scope),
];

const rules: Readonly<Record<string, Rule>> = {
  NameReference: (node, scope) => name(node, scope),
  ParenthesizedExpression: (node, scope) => {
    const inner = scalar(child(node, 0), scope);
    return { ...inner, sql: `(${inner.sql})` };
  },
  PathExpression: (node, scope) => {
    const base = scalar(child(node, 0), scope);
    return member(base, nameOf(child(node, 1)));
  },
  ElementExpression: (node, scope) => element(node, scope),
  SimpleNamedExpression: (node, scope) => scalar(child(node, 1), scope),
  FunctionCallExpression: (node, scope) => call(node, scope),
  ToScalarExpression: (node, scope) => call(node, scope),
  StringLiteralExpression: (node) => constantText(stringValue(node.text)),
  CompoundStringLiteralExpression: (node) => constantText(stringValue(node.text)),
  LongLiteralExpression: (node) => expr(`${number(node.text)}::BIGINT`, "long"),
  IntLiteralExpression: (node) => expr(`${number(node.text)}::INTEGER`, "int"),
  RealLiteralExpression: (node) => expr(`${number(node.text)}::DOUBLE`, "real"),
  DecimalLiteralExpression: (node) => expr(`${number(node.text)}::DOUBLE`, "decimal"),
  BooleanLiteralExpression: (node) => expr(/true|1/i.test(node.text) ? "TRUE" : "FALSE", "bool"),
  DateTimeLiteralExpression: (node, scope) => dateTime(node, scope),
  TimespanLiteralExpression: (node, scope) => timespan(node, scope),
  GuidLiteralExpression: (node) => expr(quote(inParentheses(node.text).toLowerCase()), "guid"),
  DynamicExpression: (node, scope) => dynamicLiteral(node, scope),
  TypeOfLiteralExpression: (node) => constantText(inParentheses(node.text)),
  UnaryMinusExpression: (node, scope) => {
    const value = scalar(child(node, 0), scope);
    return expr(`(-${value.sql})`, value.type === "int" ? "long" : value.type);
  },
  UnaryPlusExpression: (node, scope) => scalar(child(node, 0), scope),
  AndExpression: (node, scope) => logical(node, scope, "AND"),
  OrExpression: (node, scope) => logical(node, scope, "OR"),
  EqualExpression: (node, scope) => expr(equal(...both(node, scope)), "bool"),
  NotEqualExpression: (node, scope) => expr(`(NOT ${equal(...both(node, scope))})`, "bool"),
  LessThanExpression: (node, scope) => compare(node, scope, "<"),
  LessThanOrEqualExpression: (node, scope) => compare(node, scope, "<="),
  GreaterThanExpression: (node, scope) => compare(node, scope, ">"),
  GreaterThanOrEqualExpression: (node, scope) => compare(node, scope, ">="),
  AddExpression: (node, scope) => add(...both(node, scope)),
  SubtractExpression: (node, scope) => subtract(...both(node, scope)),
  MultiplyExpression: (node, scope) => arithmetic(...both(node, scope), "*"),
  DivideExpression: (node, scope) => divide(...both(node, scope)),
  ModuloExpression: (node, scope) => modulo(...both(node, scope)),
  EqualTildeExpression: (node, scope) => texts(node, scope, (a, b) => `(lower(${a}) = lower(${b}))`),
  BangTildeExpression: (node, scope) => texts(node, scope, (a, b) => `(lower(${a}) <> lower(${b}))`),
  ContainsExpression: (node, scope) => texts(node, scope, (a, b) => `contains(lower(${a}), lower(${b}))`),
  NotContainsExpression: (node, scope) =>
    texts(node, scope, (a, b) => `(NOT contains(lower(${a}), lower(${b})))`),
  ContainsCsExpression: (node, scope) => texts(node, scope, (a, b) => `contains(${a}, ${b})`),
  NotContainsCsExpression: (node, scope) => texts(node, scope, (a, b) => `(NOT contains(${a}, ${b}))`),
  StartsWithExpression: (node, scope) =>
    texts(node, scope, (a, b) => `starts_with(lower(${a}), lower(${b}))`),
  NotStartsWithExpression: (node, scope) =>
    texts(node, scope, (a, b) => `(NOT starts_with(lower(${a}), lower(${b})))`),
  StartsWithCsExpression: (node, scope) => texts(node, scope, (a, b) => `starts_with(${a}, ${b})`),
  NotStartsWithCsExpression: (node, scope) => texts(node, scope, (a, b) => `(NOT starts_with(${a}, ${b}))`),
  EndsWithExpression: (node, scope) => texts(node, scope, (a, b) => `ends_with(lower(${a}), lower(${b}))`),
  NotEndsWithExpression: (node, scope) =>
    texts(node, scope, (a, b) => `(NOT ends_with(lower(${a}), lower(${b})))`),
  EndsWithCsExpression: (node, scope) => texts(node, scope, (a, b) => `ends_with(${a}, ${b})`),
  NotEndsWithCsExpression: (node, scope) => texts(node, scope, (a, b) => `(NOT ends_with(${a}, ${b}))`),
  MatchesRegexExpression: (node, scope) => texts(node, scope, (a, b) => `regexp_matches(${a}, ${b})`),
  HasExpression: (node, scope) => term(node, scope, has, false),
  NotHasExpression: (node, scope) => negated(term(node, scope, has, false)),
  HasCsExpression: (node, scope) => term(node, scope, has, true),
  NotHasCsExpression: (node, scope) => negated(term(node, scope, has, true)),
  HasPrefixExpression: (node, scope) => term(node, scope, hasPrefix, false),
  NotHasPrefixExpression: (node, scope) => negated(term(node, scope, hasPrefix, false)),
  HasSuffixExpression: (node, scope) => term(node, scope, hasSuffix, false),
  NotHasSuffixExpression: (node, scope) => negated(term(node, scope, hasSuffix, false)),
  HasAnyExpression: (node, scope) => anyTerm(node, scope, " OR "),
  HasAllExpression: (node, scope) => anyTerm(node, scope, " AND "),
  InExpression: (node, scope) => within(node, scope, false),
  NotInExpression: (node, scope) => negated(within(node, scope, false)),
  InCsExpression: (node, scope) => within(node, scope, true),
  NotInCsExpression: (node, scope) => negated(within(node, scope, true)),
  BetweenExpression: (node, scope) => between(node, scope),
  NotBetweenExpression: (node, scope) => negated(between(node, scope)),
};

function name(node: SyntaxNode, scope: Scope): Expr {
  const called = nameOf(node);
  const column = scope.column(called);
  if (column) return column;
  const bound = scope.bound(called);
  if (bound && "value" in bound) return bound.value;
  throw scope.compiler.wrong(node, `${called} is no column or value here.`);
}

function element(node: SyntaxNode, scope: Scope): Expr {
  const base = scalar(child(node, 0), scope);
  const selector = child(node, 1);
  const inner = selector.children[0] ?? selector;
  const key = /^\s*\[?\s*(?:(['"])([\s\S]*)\1|(-?\d+))\s*\]?\s*$/.exec(selector.text);
  if (key?.[2] !== undefined) return member(base, key[2]);
  if (key?.[3] !== undefined) return member(base, Number(key[3]));
  const value = scalar(inner, scope);
  if (value.type === "string" || value.type === "dynamic")
    return expr(`json_extract(${asJson(base)}, '$."' || ${asText(value)} || '"')`, "dynamic");
  return expr(`json_extract(${asJson(base)}, '$[' || ${value.sql} || ']')`, "dynamic");
}

/** What a string literal says: quotes, verbatim, obfuscated, and several in a row. */
export function stringValue(text: string): string {
  const pattern =
    /[hH]?(?:@"((?:[^"]|"")*)"|@'((?:[^']|'')*)'|```([\s\S]*?)```|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')/g;
  const parts: string[] = [];
  for (const [, doubled, single, long, double, plain] of text.matchAll(pattern)) {
    if (doubled !== undefined) parts.push(doubled.replaceAll('""', '"'));
    else if (single !== undefined) parts.push(single.replaceAll("''", "'"));
    else parts.push(long ?? unescaped(double ?? plain ?? ""));
  }
  return parts.join("");
}

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  "0": "\0",
  b: "\b",
  f: "\f",
  v: "\v",
  a: "\u0007",
};

const unescaped = (text: string): string =>
  text.replace(/\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[\s\S])/g, (_, code: string) => {
    if (code.length > 1) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return escapes[code] ?? code;
  });

const inParentheses = (text: string): string => (/\(\s*([\s\S]*?)\s*\)\s*$/.exec(text)?.[1] ?? text).trim();

function number(text: string): string {
  const value = inParentheses(text);
  if (/^null$/i.test(value)) return "NULL";
  if (/^[+-]?(?:nan|inf|infinity)$/i.test(value)) return quote(value);
  return /^[+-]?0x/i.test(value) ? BigInt(value).toString() : value.replace(/^\+/, "");
}

function dateTime(node: SyntaxNode, scope: Scope): Expr {
  const text = inParentheses(node.text).replace(/^['"]|['"]$/g, "");
  if (/^null$/i.test(text)) return expr("NULL::TIMESTAMP", "datetime");
  if (/^min$/i.test(text)) return expr("TIMESTAMP '0001-01-01'", "datetime");
  if (/^max$/i.test(text)) return expr("TIMESTAMP '9999-12-31 23:59:59.999999'", "datetime");
  const iso = /^\d{4}-\d{1,2}-\d{1,2}$/.test(text)
    ? `${text}T00:00:00Z`
    : /(?:Z|[+-]\d\d:?\d\d)$/i.test(text)
      ? text
      : `${text.replace(" ", "T")}Z`;
  const at = Date.parse(iso);
  if (Number.isNaN(at)) throw scope.compiler.wrong(node, `${node.text} is no time.`);
  const micros = /\.\d{3}(\d{1,3})/.exec(text)?.[1]?.padEnd(3, "0") ?? "000";
  return expr(
    `TIMESTAMP '${new Date(at).toISOString().slice(0, 23).replace("T", " ")}${micros}'`,
    "datetime",
  );
}

const UNITS: Readonly<Record<string, number>> = {
  d: 864e9,
  day: 864e9,
  days: 864e9,
  h: 36e9,
  hr: 36e9,
  hrs: 36e9,
  hour: 36e9,
  hours: 36e9,
  m: 6e8,
  min: 6e8,
  minute: 6e8,
  minutes: 6e8,
  s: 1e7,
  sec: 1e7,
  second: 1e7,
  seconds: 1e7,
  ms: 1e4,
  milli: 1e4,
  millis: 1e4,
  millisecond: 1e4,
  milliseconds: 1e4,
  micro: 10,
  micros: 10,
  microsecond: 10,
  microseconds: 10,
  tick: 1,
  ticks: 1,
};

function timespan(node: SyntaxNode, scope: Scope): Expr {
  const text = inParentheses(node.text);
  const simple = /^(-?\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text);
  const unit = simple && UNITS[(simple[2] ?? "").toLowerCase()];
  if (simple && unit) return expr(`${Math.round(Number(simple[1]) * unit)}::BIGINT`, "timespan");
  const clock = /^(-)?(?:(\d+)\.)?(\d+):(\d+)(?::(\d+)(?:\.(\d+))?)?$/.exec(text);
  if (!clock) throw scope.compiler.wrong(node, `${node.text} is no span of time.`);
  const [, sign, days = "0", hours = "0", minutes = "0", seconds = "0", fraction = ""] = clock;
  const ticks =
    Number(days) * 864e9 +
    Number(hours) * 36e9 +
    Number(minutes) * 6e8 +
    Number(seconds) * 1e7 +
    Number(fraction.padEnd(7, "0").slice(0, 7));
  return expr(`${sign ? -ticks : ticks}::BIGINT`, "timespan");
}

function dynamicLiteral(node: SyntaxNode, scope: Scope): Expr {
  const text = inParentheses(node.text);
  if (/^null$/i.test(text)) return expr("NULL::JSON", "dynamic");
  try {
    return expr(`${quote(JSON.stringify(JSON.parse(jsonOf(text))))}::JSON`, "dynamic");
  } catch {
    throw scope.compiler.notSupported(node, `the dynamic literal ${text.slice(0, 60)}`);
  }
}

/** Dynamic literals may have texts in single quotes. */
const jsonOf = (text: string): string =>
  text.replace(/'((?:[^'\\"]|\\.)*)'/g, (_, inner: string) => JSON.stringify(inner));

function logical(node: SyntaxNode, scope: Scope, operator: string): Expr {
  const [a, b] = both(node, scope);
  return expr(`(${convert(a, "bool").sql} ${operator} ${convert(b, "bool").sql})`, "bool");
}

const negated = ({ sql }: Expr): Expr => expr(`(NOT ${sql})`, "bool");
const isNumber = ({ type }: Expr): boolean => ["long", "int", "real", "decimal"].includes(type);

/** Both sides as one type: a dynamic takes the type of the other. */
function aligned(a: Expr, b: Expr): [Expr, Expr] {
  if (a.type === "dynamic" && b.type === "dynamic")
    return [expr(asText(a), "string"), expr(asText(b), "string")];
  if (a.type === "dynamic") return [convert(a, isNumber(b) ? "real" : b.type), b];
  if (b.type === "dynamic") return [a, convert(b, isNumber(a) ? "real" : a.type)];
  return [a, b];
}

/** Equality is never unknown: nothing equals null, and null differs from everything. */
export function equal(left: Expr, right: Expr): string {
  const [a, b] = aligned(left, right);
  if (a.type === "string" && b.type === "string") return `(${a.sql} = ${b.sql})`;
  const nan = a.type === "real" || b.type === "real" ? ` AND NOT isnan(CAST(${a.sql} AS DOUBLE))` : "";
  return `coalesce(${a.sql} = ${b.sql}${nan}, FALSE)`;
}

function compare(node: SyntaxNode, scope: Scope, operator: string): Expr {
  const [a, b] = aligned(...both(node, scope));
  return expr(`(${a.sql} ${operator} ${b.sql})`, "bool");
}

function add(a: Expr, b: Expr): Expr {
  if (a.type === "datetime") return expr(moved(a.sql, b.sql), "datetime");
  if (b.type === "datetime") return expr(moved(b.sql, a.sql), "datetime");
  return arithmetic(a, b, "+");
}

function subtract(a: Expr, b: Expr): Expr {
  if (a.type === "datetime" && b.type === "datetime")
    return expr(`((epoch_us(${a.sql}) - epoch_us(${b.sql})) * 10)`, "timespan");
  if (a.type === "datetime") return expr(moved(a.sql, `-(${b.sql})`), "datetime");
  return arithmetic(a, b, "-");
}

function arithmetic(left: Expr, right: Expr, operator: string): Expr {
  const [a, b] = [left, right].map((each) =>
    each.type === "dynamic" ? expr(asNumber(each, "DOUBLE"), "real") : each,
  ) as [Expr, Expr];
  if (a.type === "timespan" || b.type === "timespan")
    return expr(`CAST(trunc(CAST(${a.sql} AS DOUBLE) ${operator} ${b.sql}) AS BIGINT)`, "timespan");
  const isReal = [a, b].some(({ type }) => type === "real" || type === "decimal");
  // One overflow must not end the query.
  return isReal
    ? expr(`(${a.sql} ${operator} ${b.sql})`, "real")
    : expr(`TRY_CAST(CAST(${a.sql} AS HUGEINT) ${operator} CAST(${b.sql} AS HUGEINT) AS BIGINT)`, "long");
}

function divide(a: Expr, b: Expr): Expr {
  if (a.type === "timespan" && b.type === "timespan")
    return expr(`(CAST(${a.sql} AS DOUBLE) / ${b.sql})`, "real");
  if (a.type === "timespan")
    return expr(`CAST(trunc(${a.sql} / CAST(${b.sql} AS DOUBLE)) AS BIGINT)`, "timespan");
  const isWhole = [a, b].every(({ type }) => type === "long" || type === "int");
  if (isWhole) return expr(`(CASE WHEN ${b.sql} <> 0 THEN CAST(${a.sql} AS BIGINT) // ${b.sql} END)`, "long");
  return expr(`(${asNumber(a, "DOUBLE")} / ${asNumber(b, "DOUBLE")})`, "real");
}

/** A remainder is never negative. */
function modulo(a: Expr, b: Expr): Expr {
  const type = [a, b].some((each) => each.type === "real")
    ? "real"
    : a.type === "timespan"
      ? "timespan"
      : "long";
  return expr(
    `(CASE WHEN ${b.sql} <> 0 THEN ((${a.sql} % ${b.sql}) + abs(${b.sql})) % abs(${b.sql}) END)`,
    type,
  );
}

function texts(node: SyntaxNode, scope: Scope, make: (a: string, b: string) => string): Expr {
  const [a, b] = both(node, scope);
  return expr(make(asText(a), asText(b)), "bool");
}

function term(
  node: SyntaxNode,
  scope: Scope,
  make: (text: string, needle: Expr, isCased: boolean) => string,
  isCased: boolean,
): Expr {
  const [a, b] = both(node, scope);
  return expr(make(asText(a), { ...b, sql: asText(b) }, isCased), "bool");
}

/** The values of a list: written out, or a constant array. */
function listed(node: SyntaxNode, scope: Scope): Expr[] | undefined {
  const items = node.children.flatMap((each) => (each.kind === "List" ? each.children : [each]));
  const values = items.map((item) => (item.columns ? undefined : scalar(item, scope)));
  if (values.some((value) => value === undefined)) return undefined;
  return values.flatMap((value) => {
    const array =
      value?.type === "dynamic"
        ? /^'([\s\S]*)'::JSON$/.exec(value.sql)?.[1]?.replaceAll("''", "'")
        : undefined;
    const parsed: unknown = array === undefined ? undefined : JSON.parse(array);
    return Array.isArray(parsed)
      ? parsed.map((each) =>
          typeof each === "string" ? constantText(each) : expr(JSON.stringify(each), "real"),
        )
      : (value ?? []);
  });
}

function anyTerm(node: SyntaxNode, scope: Scope, joined: string): Expr {
  const text = asText(scalar(child(node, 0), scope));
  const values = listed(child(node, 1), scope);
  if (!values) throw scope.compiler.notSupported(node, "has_any over rows");
  return expr(
    `(${values.map((value) => has(text, { ...value, sql: asText(value) }, false)).join(joined) || "FALSE"})`,
    "bool",
  );
}

function within(node: SyntaxNode, scope: Scope, isInsensitive: boolean): Expr {
  const left = scalar(child(node, 0), scope);
  const value = left.type === "dynamic" ? expr(asText(left), "string") : left;
  const fold = (sql: string): string => (isInsensitive ? `lower(${sql})` : sql);
  const values = listed(child(node, 1), scope);
  if (values?.every((each) => each.type !== "dynamic")) {
    const wanted = values.map((each) =>
      fold(value.type === "string" ? asText(each) : convert(each, value.type).sql),
    );
    return expr(
      wanted.length === 0 ? "FALSE" : `coalesce(${fold(value.sql)} IN (${wanted.join(", ")}), FALSE)`,
      "bool",
    );
  }
  const list = values?.[0];
  if (list) return expr(`list_contains(CAST(${asDynamic(list)} AS VARCHAR[]), ${asText(value)})`, "bool");
  const rows = scope.compiler.rowsOf?.(child(node, 1), scope);
  if (!rows) throw scope.compiler.notSupported(node, "in over this list");
  const [first] = rows.columns;
  return expr(
    `coalesce(${fold(value.sql)} IN (SELECT ${fold(first?.alias ?? "1")} FROM ${rows.step}), FALSE)`,
    "bool",
  );
}

function between(node: SyntaxNode, scope: Scope): Expr {
  const value = scalar(child(node, 0), scope);
  const ends = child(node, 1).children.flatMap((each) => (each.kind === "List" ? each.children : [each]));
  const [low, high] = ends.map((each) => scalar(each, scope)) as [Expr, Expr];
  const upper = low.type === "datetime" && high.type === "timespan" ? moved(low.sql, high.sql) : high.sql;
  const subject = value.type === "dynamic" ? convert(value, low.type) : value;
  return expr(`(${subject.sql} >= ${low.sql} AND ${subject.sql} <= ${upper})`, "bool");
}
