import { apart, numbered, project, unordered, withHidden } from "../bind/rows.js";
import type { BoundColumn, Rows, Scope } from "../bind/scope.js";
import type { SyntaxNode } from "../kusto/tree.js";
import { type Join, relation } from "../plan/relation.js";
import { type ColumnRef, columnRef } from "../plan/scalar.js";
import { expandedRows } from "./expand.js";
import type { OperatorBinder, Piped } from "./operator.js";

/** A sub-query over rows that it does not name, each group apart from the others. */
function applied(node: SyntaxNode, scope: Scope, rows: Rows, partition: readonly ColumnRef[]): Rows {
  const { rows: _, aggregates: __, ...outside } = scope;
  return scope.session.bindRows(node, { ...outside, implied: { ...rows, partition } });
}

/** `partition by`: a sub-query per value. */
export const partitionOperator: OperatorBinder = ({ node, rows, scope }) => {
  const operand = node.need("Operand");
  if (operand.kind !== "PartitionSubquery")
    throw scope.session.notSupported(operand, "partition with a query in braces");
  const key = scope.session.bindScalar(node.need("ByExpression"), scope);
  const hidden = key.kind === "column" ? { rows, refs: [key] } : withHidden(scope.session, rows, [key]);
  const found = applied(operand.need("Subquery"), scope, hidden.rows, hidden.refs as ColumnRef[]);
  return unordered(found.plan, found.columns);
};

/** `mv-apply`: a sub-query over the elements of each row. */
export const mvApplyOperator: OperatorBinder = (piped) => {
  const { node, scope } = piped;
  const { session } = scope;
  const { rows: left, number } = numbered(session, piped.rows);
  const hidden: Rows = { ...left, partition: [...(left.partition ?? []), number] };
  const { rows, selected, expansions } = expandedRows({ ...piped, rows: hidden });
  const elements = project(session, { ...rows, order: [], serialized: false }, selected);
  const limit = node.get("RowLimitClause");
  if (limit) throw session.notSupported(limit, "mv-apply with a limit");
  const subquery = node.need("Subquery").need("Expression");
  const found = applied(subquery, scope, elements, elements.partition ?? []);
  const replaced = new Set(expansions.map(({ name }) => name));
  const kept = left.columns.filter(({ name }) => !replaced.has(name));
  return rejoined(piped, { left, number, kept, found });
};

interface Applied {
  readonly left: Rows;
  readonly number: ColumnRef;
  /** Columns of the row itself that come out. */
  readonly kept: readonly BoundColumn[];
  readonly found: Rows;
}

/** The columns of each row beside what its sub-query found. */
function rejoined({ scope, output, rows }: Piped, { left, number, kept, found }: Applied): Rows {
  const { session } = scope;
  const names = new Set(kept.map(({ name }) => name));
  const fresh = found.columns.filter(({ name }) => !names.has(name));
  const added = fresh.length > 0 || output.length <= kept.length ? fresh : found.columns;
  const takes = (column: BoundColumn, from: "left" | "right") => ({
    column: { name: column.name, type: column.type, id: session.id() },
    from,
    source: column.id,
  });
  const all = [...kept.map((each) => takes(each, "left")), ...added.map((each) => takes(each, "right"))];
  const outer = (rows.partition ?? []).map((each) => ({
    id: each.id,
    type: each.type,
    from: "left" as const,
    source: each.id,
  }));
  const plan = relation<Join>({
    kind: "join",
    how: "inner",
    left: left.plan,
    right: found.plan,
    on: [{ left: number, right: columnRef(number.id, number.type) }],
    columns: [
      ...all.map(({ column, from, source }) => ({ id: column.id, type: column.type, from, source })),
      ...outer,
    ],
  });
  const columns = all.map(
    ({ column }, place): BoundColumn => ({
      ...column,
      name: output.length === all.length ? output[place]!.name : column.name,
    }),
  );
  return { ...unordered(plan, columns), ...apart(rows) };
}
