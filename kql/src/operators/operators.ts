import type { Scope } from "../compile/compiler.js";
import { asDynamic, asJson, convert, type Expr, expr, nameOf } from "../compile/expression.js";
import { columnExpr, passed, type Relation, type Selected } from "../compile/relation.js";
import { scalar } from "../compile/scalars.js";
import { aggregateCall } from "../functions/aggregates.js";
import { argumentsOf, calledName } from "../functions/call.js";
import type { SyntaxNode } from "../kusto/tree.js";
import type { QueryColumn } from "../schema.js";
import { join, lookup } from "./join.js";
import { itemsOf } from "./sources.js";

/** What an operator is compiled from. */
export interface Piped {
  readonly node: SyntaxNode;
  readonly input: Relation;
  /** Sees the input's columns. */
  readonly scope: Scope;
  /** Columns of the result, as the binder names them. */
  readonly output: readonly QueryColumn[];
  readonly rows: (node: SyntaxNode) => Relation;
}

type Operator = (piped: Piped) => Relation;

const steps = ({ scope }: Piped) => scope.compiler.steps;
const keepingOrder = ({ order }: Relation) => (order === undefined ? {} : { order });
/** Rows that only pass keep their aliases, and with them their order. */
const filtered = (piped: Piped, rest: string): Relation => ({
  ...steps(piped).select(passed(piped.input), `FROM ${piped.input.step} ${rest}`),
  ...keepingOrder(piped.input),
});
const operands = (node: SyntaxNode): SyntaxNode[] =>
  itemsOf(node).filter(({ kind }) => kind !== "NamedParameter");
const innerOf = (node: SyntaxNode): SyntaxNode =>
  node.kind === "SimpleNamedExpression" ? (node.children[1] ?? node) : node;

/** Operators by the kind of their node. */
export const operators: Readonly<Record<string, Operator>> = {
  FilterOperator: (piped) =>
    filtered(piped, `WHERE ${convert(scalar(operands(piped.node)[0]!, piped.scope), "bool").sql}`),
  TakeOperator: (piped) => ({
    ...filtered(piped, `${orderOf(piped.input)} LIMIT ${scalar(operands(piped.node)[0]!, piped.scope).sql}`),
  }),
  SampleOperator: (piped) => filtered(piped, `LIMIT ${scalar(operands(piped.node)[0]!, piped.scope).sql}`),
  ProjectOperator: (piped) => project(piped),
  ExtendOperator: (piped) => extend(piped),
  ProjectAwayOperator: (piped) => named(piped),
  ProjectKeepOperator: (piped) => named(piped),
  ProjectReorderOperator: (piped) => named(piped),
  ProjectRenameOperator: (piped) => {
    const selected = piped.input.columns.map((column, index) => ({
      name: piped.output[index]?.name ?? column.name,
      value: columnExpr(column),
    }));
    return { ...steps(piped).select(selected, `FROM ${piped.input.step}`), ...keepingOrder(piped.input) };
  },
  SummarizeOperator: (piped) => summarize(piped),
  DistinctOperator: (piped) => distinct(piped),
  SortOperator: (piped) => sorted(piped, operands(piped.node)),
  TopOperator: (piped) => top(piped),
  CountOperator: (piped) =>
    steps(piped).select(
      [{ name: piped.output[0]?.name ?? "Count", value: expr("count(*)", "long") }],
      `FROM ${piped.input.step}`,
    ),
  JoinOperator: (piped) => join(piped),
  LookupOperator: (piped) => lookup(piped),
  MvExpandOperator: (piped) => mvExpand(piped),
  SerializeOperator: (piped) => (piped.input.order === undefined ? { ...numbered(piped) } : piped.input),
  AsOperator: ({ input }) => input,
  ConsumeOperator: ({ input }) => input,
  RenderOperator: (piped) => render(piped),
  GetSchemaOperator: (piped) => schemaOf(piped),
};

const orderOf = ({ order }: Relation): string => (order === undefined ? "" : `ORDER BY ${order}`);

function project(piped: Piped): Relation {
  const selected = operands(piped.node).map(
    (each, index): Selected => ({
      name: piped.output[index]?.name ?? `Column${index + 1}`,
      value: scalar(innerOf(each), piped.scope),
    }),
  );
  return reordered(piped, selected);
}

/** The order survives as far as its columns do; it is carried along under new names. */
function reordered(piped: Piped, selected: readonly Selected[]): Relation {
  const { order } = piped.input;
  const relation = steps(piped).select(selected, `FROM ${piped.input.step}`);
  if (order === undefined) return relation;
  let isWhole = true;
  const renamed = order.replace(/\bk\d+\b/g, (alias) => {
    const index = selected.findIndex(({ value }) => value.sql === alias);
    if (index < 0) isWhole = false;
    return `k${index}`;
  });
  return isWhole ? { ...relation, order: renamed } : relation;
}

function extend(piped: Piped): Relation {
  const given = operands(piped.node);
  const before = new Set(piped.input.columns.map(({ name }) => name));
  const fresh = piped.output.filter(({ name }) => !before.has(name)).map(({ name }) => name);
  const explicit = new Set(
    given
      .filter(({ kind }) => kind === "SimpleNamedExpression")
      .map((each) => nameOf(each.children[0] ?? each)),
  );
  const unnamed = fresh.filter((name) => !explicit.has(name));
  const values = new Map<string, Expr>();
  for (const each of given) {
    const name =
      each.kind === "SimpleNamedExpression"
        ? nameOf(each.children[0] ?? each)
        : each.kind === "NameReference"
          ? nameOf(each)
          : (unnamed.shift() ?? "Column1");
    values.set(name, scalar(innerOf(each), piped.scope));
  }
  const selected = piped.input.columns.map(
    (column): Selected => ({ name: column.name, value: values.get(column.name) ?? columnExpr(column) }),
  );
  for (const [name, value] of values) if (!before.has(name)) selected.push({ name, value });
  return reordered(piped, selected);
}

function named(piped: Piped): Relation {
  const selected = piped.output.flatMap(({ name }): Selected[] => {
    const column = piped.input.columns.find((each) => each.name === name);
    return column ? [{ name, value: columnExpr(column) }] : [];
  });
  return reordered(piped, selected);
}

function summarize(piped: Piped): Relation {
  const { node, scope, input, output } = piped;
  const by = node.children.find(({ kind }) => kind === "SummarizeByClause");
  const keys = by ? operands(by).map((each) => scalar(innerOf(each), scope)) : [];
  const inner = scope.over(input);
  inner.aggregateCall = aggregateCall;
  const byNames = new Set(output.slice(0, keys.length).map(({ name }) => name));
  const given = node.children
    .filter(({ kind }) => kind === "List")
    .flatMap(({ children }) => children)
    .filter(({ kind }) => kind !== "NamedParameter");
  const values = given.flatMap((each) => aggregates(innerOf(each), { ...piped, scope: inner }, byNames));
  const grouped = keys.map((key) => (key.type === "dynamic" ? { ...key, sql: asDynamic(key) } : key));
  const selected = [...grouped.map(({ sql, type }) => expr(sql, type)), ...values].map(
    (value, index): Selected => ({ name: output[index]?.name ?? `Column${index + 1}`, value }),
  );
  const group = keys.length === 0 ? "" : ` GROUP BY ${keys.map((_, index) => index + 1).join(", ")}`;
  return steps(piped).select(selected, `FROM ${input.step}${group}`);
}

/** One aggregate is one column, but for those that bring others along. */
function aggregates(node: SyntaxNode, piped: Piped, byNames: ReadonlySet<string>): Expr[] {
  const name = node.kind === "FunctionCallExpression" ? calledName(node) : "";
  if (name === "arg_max" || name === "arg_min" || name === "argmax" || name === "argmin")
    return extremeRow(node, piped, byNames);
  if (name === "percentiles") {
    const [value, ...shares] = argumentsOf(node).map((each) => scalar(each, piped.scope));
    return shares.map((share) =>
      expr(
        `quantile_disc(${value!.sql}, ${share.sql} / 100.0)`,
        value!.type === "int" ? "long" : value!.type,
      ),
    );
  }
  return [scalar(node, piped.scope)];
}

/** The row at which a value is largest or smallest: the value, and what else is asked of that row. */
function extremeRow(node: SyntaxNode, { scope, input }: Piped, byNames: ReadonlySet<string>): Expr[] {
  const [by, ...others] = argumentsOf(node);
  const value = scalar(by!, scope);
  const isMax = calledName(node).endsWith("max");
  const sortable = value.type === "dynamic" ? (value.scalar ?? value) : value;
  const pick = (each: Expr): Expr => {
    const sql = `${isMax ? "arg_max_null" : "arg_min_null"}(${each.sql}, ${sortable.sql})`;
    return expr(each.type === "string" ? `coalesce(${sql}, '')` : sql, each.type);
  };
  const called = by?.kind === "NameReference" ? nameOf(by) : "";
  const isAll = others.some(({ kind }) => kind === "StarExpression");
  const rest = isAll
    ? input.columns
        .filter(({ name }) => !byNames.has(name) && name !== called)
        .map((column) => columnExpr(column))
    : others.map((each) => scalar(each, scope));
  const extreme = `${isMax ? "max" : "min"}(${sortable.sql})`;
  return [
    expr(value.type === "string" ? `coalesce(${extreme}, '')` : extreme, sortable.type),
    ...rest.map(pick),
  ];
}

function distinct(piped: Piped): Relation {
  const given = operands(piped.node);
  const isAll = given.some(({ kind }) => kind === "StarExpression");
  const values = isAll
    ? piped.input.columns.map((column) => columnExpr(column))
    : given.map((each) => scalar(innerOf(each), piped.scope));
  const selected = values.map(
    ({ sql, type }, index): Selected => ({
      name: piped.output[index]?.name ?? `Column${index + 1}`,
      value: expr(sql, type),
    }),
  );
  return steps(piped).select(selected, `FROM ${piped.input.step}`, { distinct: true });
}

/** ORDER BY terms: descending unless said otherwise, nulls first when ascending and last when descending. */
function orderTerms(piped: Piped, given: readonly SyntaxNode[]): { terms: string[]; values: Expr[] } {
  const terms: string[] = [];
  const values: Expr[] = [];
  for (const each of given) {
    const isOrdered = each.kind === "OrderedExpression";
    const clause = isOrdered ? (each.children[1]?.text ?? "") : "";
    const value = scalar(isOrdered ? each.children[0]! : each, piped.scope);
    const isAscending = /\basc\b/.test(clause);
    const nulls = /nulls\s+(first|last)/.exec(clause)?.[1] ?? (isAscending ? "first" : "last");
    const sortable = value.type === "dynamic" ? (value.scalar ?? value) : value;
    values.push(sortable);
    terms.push(`${isAscending ? "ASC" : "DESC"} NULLS ${nulls.toUpperCase()}`);
  }
  return { terms, values };
}

/** Sorting is a property of the rows: it is applied where rows are taken, numbered or shown. */
function sorted(piped: Piped, given: readonly SyntaxNode[]): Relation {
  const { terms, values } = orderTerms(piped, given);
  const columns = passed(piped.input);
  const computed: Selected[] = values.map((value) => ({ name: "", value: expr(value.sql, value.type) }));
  const relation = steps(piped).select([...columns, ...computed], `FROM ${piped.input.step}`);
  const order = terms.map((term, index) => `k${columns.length + index} ${term}`).join(", ");
  return { step: relation.step, columns: relation.columns.slice(0, columns.length), order };
}

function top(piped: Piped): Relation {
  const [count, ...by] = operands(piped.node);
  const relation = sorted(
    piped,
    by.flatMap((each) => (each.kind === "OrderedExpression" || each.type ? [each] : itemsOf(each))),
  );
  const limit = scalar(count!, piped.scope).sql;
  const step = steps(piped).name("s");
  steps(piped).add(step, `SELECT * FROM ${relation.step} ORDER BY ${relation.order} LIMIT ${limit}`);
  return { ...relation, step };
}

/** Rows without an order get one: that in which they come. */
function numbered(piped: Piped): Relation {
  const columns = passed(piped.input);
  const relation = steps(piped).select(
    [...columns, { name: "", value: expr("row_number() OVER ()", "long") }],
    `FROM ${piped.input.step}`,
    { materialized: true },
  );
  return {
    step: relation.step,
    columns: relation.columns.slice(0, columns.length),
    order: `k${columns.length} ASC`,
  };
}

/** Arrays become rows, bags become bags of one member; what is neither stays as it is. */
function mvExpand(piped: Piped): Relation {
  const expanded = operands(piped.node).filter(({ kind }) => kind === "MvExpandExpression");
  const selected = passed(piped.input);
  for (const each of expanded) {
    const inner = each.children[0] ?? each;
    const value = scalar(innerOf(inner), piped.scope);
    const json = asJson(value);
    const items = `CASE json_type(${json}) WHEN 'ARRAY' THEN CAST(${json} AS JSON[]) WHEN 'OBJECT' THEN list_transform(json_keys(${json}), key -> json_object(key, json_extract(${json}, '$."' || key || '"'))) ELSE [${json}] END`;
    const to = /typeof\s*\(\s*(\w+)\s*\)/.exec(each.text)?.[1];
    const name =
      inner.kind === "SimpleNamedExpression"
        ? nameOf(inner.children[0] ?? inner)
        : (piped.output.find((column) => inner.text.startsWith(column.name))?.name ?? nameOf(inner));
    const one = expr(`unnest(${items})`, "dynamic");
    const place = selected.findIndex((column) => column.name === name);
    const column = { name, value: one };
    if (place >= 0) selected[place] = column;
    else selected.push(column);
    if (to) return converted(piped, selected, name, to as Expr["type"]);
  }
  return steps(piped).select(selected, `FROM ${piped.input.step}`);
}

function converted(piped: Piped, selected: readonly Selected[], name: string, type: Expr["type"]): Relation {
  const relation = steps(piped).select(selected, `FROM ${piped.input.step}`);
  const columns = relation.columns.map((column) => ({
    name: column.name,
    value: column.name === name ? convert(columnExpr(column), type) : columnExpr(column),
  }));
  return steps(piped).select(columns, `FROM ${relation.step}`);
}

function render({ node, input, scope }: Piped): Relation {
  const words = node.text.replace(/^render\s+/, "");
  const kind = /^\w+/.exec(words)?.[0] ?? "table";
  const properties: Record<string, string> = {};
  for (const [, name = "", value = ""] of words.matchAll(/(\w+)\s*=\s*(?:"([^"]*)"|'[^']*'|[\w.]+)/g))
    properties[name] = value;
  scope.compiler.render = { kind, properties };
  return input;
}

function schemaOf(piped: Piped): Relation {
  const rows = piped.input.columns.map(
    ({ name, type }, index) => `SELECT '${name.replaceAll("'", "''")}' AS a, ${index} AS b, '${type}' AS c`,
  );
  const selected = [
    { name: "ColumnName", value: expr("a", "string") },
    { name: "ColumnOrdinal", value: expr("CAST(b AS BIGINT)", "long") },
    { name: "DataType", value: expr("c", "string") },
    { name: "ColumnType", value: expr("c", "string") },
  ];
  return { ...steps(piped).select(selected, `FROM (${rows.join(" UNION ALL ")})`), order: "k1 ASC" };
}
