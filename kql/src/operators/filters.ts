import { toBool, toLong } from "../bind/convert.js";
import { filtered, limited, project, serialized, sorted, withHidden } from "../bind/rows.js";
import { over, type Rows, refOf, type Scope } from "../bind/scope.js";
import type { SyntaxNode } from "../kusto/tree.js";
import { aggregate, call, type Scalar, type SortKey } from "../plan/scalar.js";
import { containsWindow } from "../plan/walk.js";
import { afterSerialize } from "./columns.js";
import { grouped } from "./grouped.js";
import type { OperatorBinder, Piped } from "./operator.js";

/** Rows for which a test holds; one that looks along the rows is computed first. */
export function where(scope: Scope, rows: Rows, test: Scalar): Rows {
  if (!containsWindow(test)) return filtered(rows, test);
  const hidden = withHidden(scope.session, rows, [test]);
  return filtered(hidden.rows, hidden.refs[0]!);
}

/** `where`. */
export const filterOperator: OperatorBinder = ({ node, rows, scope }) =>
  where(scope, rows, toBool(scope.session.bindScalar(node.need("Condition"), scope)));

/** Keys as they are written; descending is the default, and nulls are the smallest. */
function keysOf(nodes: readonly SyntaxNode[], scope: Scope): SortKey[] {
  return nodes.map((node) => {
    const ordered = node.kind === "OrderedExpression";
    const ordering = ordered ? (node.get("Ordering")?.text ?? "") : "";
    const descending = !/^\s*(?:granny-)?asc\b/i.test(ordering);
    const value = scope.session.bindScalar(ordered ? node.need("Expression") : node, scope);
    const nulls = /nulls\s+(first|last)/i.exec(ordering)?.[1]?.toLowerCase();
    return { value: orderable(value), descending, nullsFirst: nulls ? nulls === "first" : !descending };
  });
}

/** JSON is ordered by its text; its engine type has no order of its own. */
const orderable = (value: Scalar): Scalar =>
  value.type === "dynamic" ? call("jsonText", "string", value) : value;

/** `sort by` and `order by`. */
export const sortOperator: OperatorBinder = ({ node, rows, scope }) =>
  sorted(scope.session, rows, keysOf(node.list("Expressions"), scope));

/** `top n by`. */
export const topOperator: OperatorBinder = ({ node, rows, scope }) => {
  const count = toLong(scope.session.bindScalar(node.need("Expression"), scope));
  return limited(
    scope.session,
    sorted(scope.session, rows, keysOf([node.need("ByExpression")], scope)),
    count,
  );
};

/** `take`, `limit` and `sample`. */
export const takeOperator: OperatorBinder = ({ node, rows, scope }) =>
  limited(scope.session, rows, toLong(scope.session.bindScalar(node.need("Expression"), scope)));

/** `serialize`. */
export const serializeOperator: OperatorBinder = (piped) => {
  const rows = serialized(piped.scope.session, piped.rows);
  return afterSerialize({ ...piped, rows, scope: over(piped.scope, rows) });
};

/** `count`. */
export const countOperator: OperatorBinder = ({ rows, scope, output }) => {
  const count = aggregate("count", "long", []);
  return grouped(scope, rows, [], [{ name: output[0]?.name ?? "Count", value: count }]);
};

/** One row per combination of values. */
export const distinct = (scope: Scope, rows: Rows): Rows =>
  grouped(
    scope,
    rows,
    rows.columns.map((column) => ({ name: column.name, value: refOf(column) })),
    [],
  );

/** `distinct`. */
export const distinctOperator: OperatorBinder = (piped: Piped) => {
  const { node, rows, scope, output } = piped;
  const expressions = node.list("Expressions");
  if (expressions.some(({ kind }) => kind === "StarExpression")) return distinct(scope, rows);
  const selected = expressions.map((each, place) => ({
    name: output[place]?.name ?? `Column${place + 1}`,
    value: scope.session.bindScalar(each, scope),
  }));
  return distinct(scope, project(scope.session, rows, selected));
};

/** `sample-distinct n of x`. */
export const sampleDistinctOperator: OperatorBinder = ({ node, rows, scope, output }) => {
  const value = scope.session.bindScalar(node.need("OfExpression"), scope);
  const name = output[0]?.name ?? "Column1";
  const values = distinct(scope, project(scope.session, rows, [{ name, value }]));
  return limited(scope.session, values, toLong(scope.session.bindScalar(node.need("Expression"), scope)));
};
