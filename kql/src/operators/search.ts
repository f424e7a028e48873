import { convert, toBool, toText } from "../bind/convert.js";
import { project } from "../bind/rows.js";
import { columnOf, over, type Rows, refOf, type Scope } from "../bind/scope.js";
import { textTest } from "../bind/terms.js";
import { matcherPattern } from "../bind/wildcards.js";
import { nameOf, parameterOf, type SyntaxNode } from "../kusto/tree.js";
import { bool, call, nothing, type Scalar, text } from "../plan/scalar.js";
import type { QueryColumn } from "../schema.js";
import { where } from "./filters.js";
import { every, type OperatorBinder } from "./operator.js";
import { legsOf, stacked, tableLeg } from "./union.js";

const SOURCE = "$table";

/** What a search asks of one value. */
type Test = (value: Scalar) => Scalar;

/** A term, or a pattern of terms with stars. */
function testOf(sought: string, isExact: boolean): Test {
  if (!sought.includes("*")) return (value) => textTest(isExact ? "has_cs" : "has")!(value, text(sought));
  const pattern = text(matcherPattern(sought, isExact));
  return (value) => call("matches", "bool", value, pattern);
}

interface Search {
  readonly rows: Rows;
  readonly scope: Scope;
  readonly isExact: boolean;
}

/** A text alone is sought in every column; `column: text` in one; the rest is as in `where`. */
function predicate(node: SyntaxNode, search: Search): Scalar {
  const { rows, scope, isExact } = search;
  if (node.kind === "ParenthesizedExpression") return predicate(node.need("Expression"), search);
  if (node.kind === "AndExpression" || node.kind === "OrExpression") {
    const [left, right] = [predicate(node.need("Left"), search), predicate(node.need("Right"), search)];
    return call(node.kind === "AndExpression" ? "and" : "or", "bool", left, right);
  }
  if (node.kind === "FunctionCallExpression" && nameOf(node.need("Name")) === "not") {
    const [inner] = node.need("ArgumentList").list("Expressions");
    if (inner) return call("not", "bool", predicate(inner, search));
  }
  if (node.literal !== undefined && node.kind.includes("StringLiteral"))
    return anyColumn(rows, testOf(node.literal, isExact));
  if (node.kind === "SearchExpression") {
    const value = scope.session.bindScalar(node.need("Left"), scope);
    const sought = node.need("Right").literal ?? node.need("Right").text;
    return testOf(sought, isExact)(toText(value));
  }
  return toBool(scope.session.bindScalar(node, scope));
}

function anyColumn(rows: Rows, test: Test): Scalar {
  return rows.columns
    .filter(({ type, name }) => type !== "bool" && name !== SOURCE)
    .map((column) => test(toText(refOf(column))))
    .reduce((one, other) => call("or", "bool", one, other), bool(false));
}

/** Rows of the named tables, or of all, below each other with the table's name. */
function tablesOf(node: SyntaxNode, scope: Scope, source: string): Rows {
  const { session } = scope;
  const { rows: _, aggregates: __, implied: ___, ...outside } = scope;
  const items = node.get("InClause")?.list("Expressions");
  const legs = items
    ? items.flatMap((each, place) => legsOf(each, outside, place))
    : session.schema.tables.flatMap(({ name }) => tableLeg(session, name));
  const columns = new Map<string, QueryColumn>([[source, { name: source, type: "string" }]]);
  for (const { rows } of legs)
    for (const { name, type } of rows.columns) if (!columns.has(name)) columns.set(name, { name, type });
  return stacked(scope, legs, [...columns.values()], source);
}

function searched(node: SyntaxNode, scope: Scope, rows: Rows): Rows {
  const inner = over(scope, rows);
  const isExact = /case_?sensitive/i.test(parameterOf(node, "kind") ?? "default");
  return where(inner, rows, predicate(node.need("Condition"), { rows, scope: inner, isExact }));
}

/** Columns by name, in the order and of the types that are expected. */
function shaped(scope: Scope, rows: Rows, output: readonly QueryColumn[]): Rows {
  if (output.length === 0) return rows;
  return project(
    scope.session,
    rows,
    output.map(({ name, type }) => {
      const column = columnOf(rows, name);
      return { name, value: column ? convert(column, type) : nothing(type) };
    }),
  );
}

/** `search` over tables. */
export function searchTables(node: SyntaxNode, scope: Scope, output: readonly QueryColumn[]): Rows {
  return shaped(scope, searched(node, scope, tablesOf(node, scope, SOURCE)), output);
}

/** `| search`: over the rows that flow in. */
export const searchOperator: OperatorBinder = ({ node, rows, scope, output }) => {
  const named = project(scope.session, rows, [
    { name: SOURCE, value: text(rows.label ?? "") },
    ...every(rows),
  ]);
  return shaped(scope, searched(node, scope, named), output);
};

/** `find`: rows of several tables for which a test holds, and where they are from. */
export function findRows(node: SyntaxNode, scope: Scope, output: readonly QueryColumn[]): Rows {
  const source = parameterOf(node, "withsource") ?? output[0]?.name ?? "source_";
  const found = searched(node, scope, tablesOf(node, scope, source));
  const shown = new Set(output.map(({ name }) => name));
  const rest = found.columns.filter(({ name }) => !shown.has(name));
  const packed = call(
    "jsonObject",
    "dynamic",
    ...rest.flatMap((column) => [text(column.name), convert(refOf(column), "dynamic")]),
  );
  return project(
    scope.session,
    found,
    output.map(({ name, type }) => {
      const column = columnOf(found, name);
      const value = column ? convert(column, type) : name === "pack_" ? packed : nothing(type);
      return { name, value };
    }),
  );
}
