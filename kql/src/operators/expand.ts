import type { ScalarType } from "@picket/kit";
import { convert, toDynamic, toLong } from "../bind/convert.js";
import { filtered, hiddenOf, project, type Selected } from "../bind/rows.js";
import { type Rows, refOf } from "../bind/scope.js";
import { nameOf, parameterOf, type SyntaxNode } from "../kusto/tree.js";
import { type PlanColumn, relation } from "../plan/relation.js";
import { call, columnRef, type Scalar, wholeOf } from "../plan/scalar.js";
import { givenNames, type OperatorBinder, type Piped, unnamed } from "./operator.js";

/** One array that becomes rows. */
export interface Expansion {
  readonly name: string;
  readonly id: string;
  readonly list: Scalar;
  readonly type: ScalarType;
}

/** `mv-expand`: a row per element; several arrays go side by side, to the longest. */
export const mvExpandOperator: OperatorBinder = (piped) => {
  const { scope, output } = piped;
  const { rows, selected } = expandedRows(piped);
  const names = new Set(output.map(({ name }) => name));
  const wanted = names.size > 0 ? selected.filter(({ name }) => names.has(name)) : selected;
  const place = (name: string): number => output.findIndex((each) => each.name === name);
  return project(
    scope.session,
    rows,
    wanted.toSorted((one, other) => place(one.name) - place(other.name)),
  );
};

/** The rows of the elements, and their columns: new ones take the place of those they are named after. */
export function expandedRows(piped: Piped): {
  rows: Rows;
  selected: Selected[];
  expansions: readonly Expansion[];
} {
  const { node } = piped;
  const kind = parameterOf(node, "kind") ?? parameterOf(node, "bagexpansion") ?? "bag";
  const expansions = node.list("Expressions").map((each, place) => expansionOf(each, piped, { kind, place }));
  const index = parameterOf(node, "with_itemindex");
  const expanded = unnested(piped.rows, piped, expansions);
  const added: Selected[] = expansions.map(({ name, id, type }) => ({
    name,
    value: convert(call("itemOf", "dynamic", columnRef(id, "dynamic")), type),
  }));
  if (index !== undefined) added.push({ name: index, value: columnRef(expanded.ordinal, "long") });
  const selected = piped.rows.columns.map(
    (column): Selected => ({ name: column.name, value: refOf(column) }),
  );
  for (const column of added) {
    const at = selected.findIndex(({ name }) => name === column.name);
    if (at >= 0) selected[at] = column;
    else selected.push(column);
  }
  return { rows: expanded.rows, selected, expansions };
}

function expansionOf(
  node: SyntaxNode,
  { scope, output, rows }: Piped,
  { kind, place }: { readonly kind: string; readonly place: number },
): Expansion {
  const expression = node.need("Expression");
  const inner = unnamed(expression);
  const value = scope.session.bindScalar(inner, scope);
  const known = new Set(rows.columns.map(({ name }) => name));
  const fresh = output.filter(({ name }) => !known.has(name));
  const own = inner.kind === "NameReference" ? nameOf(inner) : undefined;
  const name = givenNames(expression)[0] ?? own ?? pathName(inner, output) ?? fresh[place]?.name ?? "Column1";
  const to = node.get("ToTypeOf")?.need("TypeOf").list("Types")[0]?.text as ScalarType | undefined;
  const op = kind === "array" ? "expandPairs" : "expandItems";
  return {
    name,
    id: scope.session.id(),
    list: call(op, "dynamic", toDynamic(value)),
    type: to ?? "dynamic",
  };
}

/** `a.b` is called `a_b`; a call is called after the column it reads. */
function pathName(node: SyntaxNode, output: Piped["output"]): string | undefined {
  const path = node.text.replace(/\.|\['?"?|'?"?\]/g, "_").replace(/_+$/, "");
  const names = output.map(({ name }) => name);
  if (names.includes(path)) return path;
  const argument = /^[a-z_]+\(\s*([A-Za-z_]\w*)\s*\)$/.exec(node.text)?.[1];
  return argument !== undefined && names.includes(argument) ? argument : undefined;
}

/** Rows of the elements, with the columns of the row they came from. */
function unnested(
  rows: Rows,
  { scope, node }: Piped,
  expansions: readonly Expansion[],
): { rows: Rows; ordinal: string } {
  const ordinal = scope.session.id();
  const keep = new Map<string, PlanColumn>(
    [...rows.columns, ...hiddenOf(rows)].map(({ id, type }) => [id, { id, type }]),
  );
  const items = expansions.map(({ id, list }) => ({ id, list }));
  const plan = relation({ kind: "unnest", input: rows.plan, keep: [...keep.values()], items, ordinal });
  const limit = node.get("RowLimitClause")?.get("RowLimit");
  const order =
    rows.order.length > 0
      ? [...rows.order, { value: columnRef(ordinal, "long"), descending: false, nullsFirst: true }]
      : [];
  const expanded = { ...rows, plan, order };
  if (!limit) return { rows: expanded, ordinal };
  const most = toLong(scope.session.bindScalar(limit, scope));
  if (wholeOf(most) === undefined) throw scope.session.notSupported(limit, "a limit that is computed");
  return { rows: filtered(expanded, call("less", "bool", columnRef(ordinal, "long"), most)), ordinal };
}
