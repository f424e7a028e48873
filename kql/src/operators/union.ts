import type { ScalarType } from "@picket/kit";
import { convert } from "../bind/convert.js";
import { scan, unordered } from "../bind/rows.js";
import { type BoundColumn, type Rows, refOf, type Scope, type Session } from "../bind/scope.js";
import { nameOf, parameterOf, type SyntaxNode } from "../kusto/tree.js";
import { type Computed, relation } from "../plan/relation.js";
import { nothing, text } from "../plan/scalar.js";
import type { QueryColumn } from "../schema.js";
import { matcherOf } from "./operator.js";

/** Rows on their way into a union, and what `withsource` calls them. */
export interface Leg {
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
  const isInner = parameterOf(node, "kind")?.toLowerCase() === "inner";
  const columns = isInner
    ? commonColumns(legs, source)
    : output.length > 0
      ? output
      : columnsOf(legs, source);
  return stacked(scope, legs, columns, source);
}

/** A name that nothing has: a fuzzy union leaves it out. */
const isUnknown = (node: SyntaxNode, { session, names }: Scope): boolean =>
  node.kind === "NameReference" &&
  !node.text.includes("*") &&
  !session.table(nameOf(node)) &&
  !names.has(nameOf(node));

/** The rows that an item of a union stands for: one, or those of all tables that match a pattern. */
export function legsOf(node: SyntaxNode, scope: Scope, place: number): Leg[] {
  const pattern = nameOf(node);
  if (node.kind === "NameReference" && pattern.includes("*")) {
    const matches = matcherOf(pattern);
    return scope.session.schema.tables
      .filter(({ name }) => matches(name))
      .flatMap(({ name }) => tableLeg(scope.session, name));
  }
  const rows = scope.session.bindRows(node, scope);
  return [{ label: rows.label ?? `union_arg${place}`, rows }];
}

/** The rows of a table under its name. */
export function tableLeg(session: Session, name: string): Leg[] {
  const rows = scan(session, name);
  return rows ? [{ label: name, rows }] : [];
}

/** Columns that all sides have. */
function commonColumns(legs: readonly Leg[], source: string | undefined): QueryColumn[] {
  const [first, ...rest] = legs;
  const common = (first?.rows.columns ?? []).filter((column) =>
    rest.every(({ rows }) =>
      rows.columns.some(({ name, type }) => name === column.name && type === column.type),
    ),
  );
  const named = common.map(({ name, type }): QueryColumn => ({ name, type }));
  return source ? [{ name: source, type: "string" }, ...named] : named;
}

/** Columns by name, when the language service does not say. */
function columnsOf(legs: readonly Leg[], source: string | undefined): QueryColumn[] {
  const columns = new Map<string, QueryColumn>(source ? [[source, { name: source, type: "string" }]] : []);
  for (const { rows } of legs)
    for (const { name, type } of rows.columns) if (!columns.has(name)) columns.set(name, { name, type });
  return [...columns.values()];
}

/** Rows below each other, under some columns. */
export function stacked(
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
