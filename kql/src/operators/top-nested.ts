import { convert, toLong } from "../bind/convert.js";
import { limited, project, sorted, unordered } from "../bind/rows.js";
import { columnOf, over, type Rows, refOf, type Scope } from "../bind/scope.js";
import { aggregateCall } from "../functions/aggregates.js";
import type { SyntaxNode } from "../kusto/tree.js";
import { type Join, relation } from "../plan/relation.js";
import { aggregate, type ColumnRef, type Scalar } from "../plan/scalar.js";
import { grouped } from "./grouped.js";
import { every, type OperatorBinder, type Piped, unnamed } from "./operator.js";

const ordered = (node: SyntaxNode): { readonly value: SyntaxNode; readonly descending: boolean } =>
  node.kind === "OrderedExpression"
    ? {
        value: node.need("Expression"),
        descending: !/^\s*(?:granny-)?asc\b/i.test(node.get("Ordering")?.text ?? ""),
      }
    : { value: node, descending: true };

/** `top-hitters n of x by y`: the values with the most rows, or the largest sum. */
export const topHittersOperator: OperatorBinder = ({ node, rows, scope, output }) => {
  const { session } = scope;
  const value = session.bindScalar(node.need("OfExpression"), scope);
  const by = node.get("ByClause")?.get("Expression");
  const weight = by
    ? aggregate("sumWhole", "long", [toLong(session.bindScalar(by, scope))])
    : aggregate("count", "long", []);
  const [first, second] = output;
  const groups = grouped(
    scope,
    rows,
    [{ name: first?.name ?? "Column1", value }],
    [{ name: second?.name ?? "approximate_count", value: convert(weight, second?.type ?? "long") }],
  );
  const key = { value: refOf(groups.columns[1]!), descending: true, nullsFirst: false };
  const count = toLong(session.bindScalar(node.need("Expression"), scope));
  return limited(session, sorted(session, groups, [key]), count);
};

/** One level of `top-nested`. */
interface Level {
  readonly node: SyntaxNode;
  /** Names of the value and of its aggregate. */
  readonly names: readonly [string, string];
}

/** `top-nested`: the largest values, within each of them the largest of the next, and so on. */
export const topNestedOperator: OperatorBinder = (piped) => {
  const { node, rows, scope, output } = piped;
  const clauses = node.list("Clauses");
  let found: Rows | undefined;
  for (const [place, clause] of clauses.entries()) {
    const others = clause.get("WithOthersClause");
    if (others && clauses.length > 1)
      throw scope.session.notSupported(others, "with others in a top-nested of several levels");
    const names = [output[place * 2]?.name ?? "", output[place * 2 + 1]?.name ?? ""] as const;
    found = level(piped, { node: clause, names }, found);
  }
  return found ?? rows;
};

function level(piped: Piped, { node, names }: Level, before: Rows | undefined): Rows {
  const { scope, rows } = piped;
  const { session } = scope;
  const [name, aggregateName] = names;
  const within = before ? matched(session, rows, before, "inner") : rows;
  const inner: Scope = over(scope, within);
  const value = session.bindScalar(unnamed(node.need("OfExpression")), inner);
  const by = node.need("ByExpression");
  const { value: measure, descending } = ordered(
    by.kind === "SimpleNamedExpression" ? by.need("Expression") : by,
  );
  const size = session.bindScalar(unnamed(measure), { ...inner, aggregates: aggregateCall });
  const keys = before
    ? within.columns.slice(rows.columns.length).map((each) => ({ name: each.name, value: refOf(each) }))
    : [];
  const groups = grouped(scope, within, [...keys, { name, value }], [{ name: aggregateName, value: size }]);
  const count = node.get("Expression");
  if (!count) return groups;
  const key = { value: refOf(groups.columns.at(-1)!), descending, nullsFirst: !descending };
  const partition = groups.columns.slice(0, keys.length).map(refOf);
  const apart = { ...groups, order: [key], ...(partition.length > 0 ? { partition } : {}) };
  const kept = limited(session, apart, toLong(session.bindScalar(count, scope)));
  const chosen = unordered(kept.plan, kept.columns);
  const others = node.get("WithOthersClause")?.need("Expression");
  return others ? withOthers(piped, { chosen, value, size, others }) : chosen;
}

/** The rows of the table that belong to the values of the levels before; their columns stand behind. */
function matched(session: Scope["session"], rows: Rows, before: Rows, how: "inner"): Rows {
  const pairs = before.columns.filter((_, place) => place % 2 === 0);
  const on = pairs.flatMap((right) => {
    const left = columnOf(rows, right.name);
    return left ? [{ left: left as Scalar, right: refOf(right) as Scalar }] : [];
  });
  const taken = before.columns.map((column) => ({ ...column, id: session.id(), source: column.id }));
  const hidden = rows.columns.flatMap(({ members }) => [...(members?.values() ?? [])]);
  const own = [...new Map([...rows.columns, ...hidden].map(({ id, type }) => [id, type]))];
  const plan = relation<Join>({
    kind: "join",
    how,
    left: rows.plan,
    right: before.plan,
    on,
    columns: [
      ...own.map(([id, type]) => ({ id, type, from: "left" as const, source: id })),
      ...taken.map(({ id, type, source }) => ({ id, type, from: "right" as const, source })),
    ],
  });
  return unordered(plan, [...rows.columns, ...taken.map(({ source: _, ...column }) => column)]);
}

interface Others {
  readonly chosen: Rows;
  readonly value: Scalar;
  readonly size: Scalar;
  readonly others: SyntaxNode;
}

/** A row for all values that are not among the largest. */
function withOthers({ rows, scope }: Piped, { chosen, value, size, others }: Others): Rows {
  const { session } = scope;
  const [key, measure] = chosen.columns;
  const named = project(session, rows, [...every(rows), { name: "\0value", value }]);
  const outside = columnOf(named, "\0value") as ColumnRef;
  const columns = named.columns.map(({ id, type }) => ({ id, type, from: "left" as const, source: id }));
  const rest = relation<Join>({
    kind: "join",
    how: "leftanti",
    left: named.plan,
    right: chosen.plan,
    on: [{ left: outside, right: refOf(key!) }],
    columns,
  });
  const label = convert(session.bindScalar(others, scope), key!.type);
  const summed = grouped(
    scope,
    unordered(rest, named.columns),
    [{ name: key!.name, value: label }],
    [{ name: measure!.name, value: size }],
  );
  const ids = chosen.columns.map(() => session.id());
  const plan = relation({
    kind: "union",
    columns: chosen.columns.map(({ type }, place) => ({ id: ids[place]!, type })),
    inputs: [chosen, summed].map((each) => ({ rows: each.plan, ids: each.columns.map(({ id }) => id) })),
  });
  return unordered(
    plan,
    chosen.columns.map((column, place) => ({ name: column.name, type: column.type, id: ids[place]! })),
  );
}
