import type { ScalarType } from "@picket/kit";
import { convert } from "../bind/convert.js";
import { scan, unordered } from "../bind/rows.js";
import { type BoundColumn, type Rows, refOf, type Scope } from "../bind/scope.js";
import { nameOf, parameterOf, type SyntaxNode } from "../kusto/tree.js";
import { type Computed, relation } from "../plan/relation.js";
import { nothing, text } from "../plan/scalar.js";
import type { QueryColumn } from "../schema.js";
import { matcherOf } from "./operator.js";

/** Rows on their way into a union, and what `withsource` calls them. */
interface Leg {
  readonly label: string;
  readonly rows: Rows;
}

/** `union`: rows of all below each other; what one lacks is empty there. */
export function union(node: SyntaxNode, scope: Scope, output: readonly QueryColumn[], first?: Rows): Rows {
  const source = parameterOf(node, "withsource") ?? parameterOf(node, "with_source");
  const isFuzzy = parameterOf(node, "isfuzzy")?.toLowerCase() === "true";
  const { rows: _, aggregates: __, ...outside } = scope;
  const items = node.list("Expressions").filter((each) => !(isFuzzy && isUnknown(each, outside)));
  const legs = [
    ...(first ? [{ label: first.label ?? "union_arg0", rows: first }] : []),
    ...items.flatMap((each, place) => legsOf(each, outside, place + (first ? 1 : 0))),
  ];
  if (legs.length === 0) throw scope.session.wrong(node, "union needs a table that is there.");
  const columns = output.length > 0 ? output : columnsOf(legs, source);
  return stacked(scope, legs, columns, source);
}

/** A name that nothing has: a fuzzy union leaves it out. */
const isUnknown = (node: SyntaxNode, { session, names }: Scope): boolean =>
  node.kind === "NameReference" &&
  !node.text.includes("*") &&
  !session.table(nameOf(node)) &&
  !names.has(nameOf(node));

function legsOf(node: SyntaxNode, scope: Scope, place: number): Leg[] {
  const pattern = nameOf(node);
  if (node.kind === "NameReference" && pattern.includes("*")) {
    const matches = matcherOf(pattern);
    return scope.session.schema.tables
      .filter(({ name }) => matches(name))
      .flatMap(({ name }) => {
        const rows = scan(scope.session, name);
        return rows ? [{ label: name, rows }] : [];
      });
  }
  const rows = scope.session.bindRows(node, scope);
  return [{ label: rows.label ?? `union_arg${place}`, rows }];
}

/** Columns by name, when the language service does not say. */
function columnsOf(legs: readonly Leg[], source: string | undefined): QueryColumn[] {
  const columns = new Map<string, QueryColumn>(source ? [[source, { name: source, type: "string" }]] : []);
  for (const { rows } of legs)
    for (const { name, type } of rows.columns) if (!columns.has(name)) columns.set(name, { name, type });
  return [...columns.values()];
}

function stacked(
  scope: Scope,
  legs: readonly Leg[],
  output: readonly QueryColumn[],
  source: string | undefined,
): Rows {
  const { session } = scope;
  const columns = output.map(({ name, type }): BoundColumn => ({ name, type, id: session.id() }));
  const inputs = legs.map(({ label, rows }) => {
    const computed = output.map(({ name, type }): Computed => {
      const column = sourceOf(rows, name, type);
      const value = name === source ? text(label) : column ? convert(refOf(column), type) : nothing(type);
      return { id: session.id(), type, value };
    });
    const plan = relation({ kind: "project", input: rows.plan, columns: computed });
    return { rows: plan, ids: computed.map(({ id }) => id) };
  });
  return unordered(relation({ kind: "union", columns, inputs }), columns);
}

/** The column of one side that flows into a column of the union: `x_long` is the `x` of type long. */
function sourceOf(rows: Rows, name: string, type: ScalarType): BoundColumn | undefined {
  const same = rows.columns.find((column) => column.name === name && column.type === type);
  if (same) return same;
  const split = rows.columns.find(
    (column) => name.startsWith(`${column.name}_${type}`) && column.type === type,
  );
  return split ?? rows.columns.find((column) => column.name === name && column.type === type);
}
