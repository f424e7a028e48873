import type { ScalarType } from "@picket/kit";
import { convert } from "../bind/convert.js";
import type { Selected } from "../bind/rows.js";
import { type Rows, refOf, type Scope } from "../bind/scope.js";
import { nameOf, type SyntaxNode } from "../kusto/tree.js";
import type { Scalar } from "../plan/scalar.js";
import type { QueryColumn } from "../schema.js";

/** What a query operator is bound from: its node, the rows that flow in, and what can be seen. */
export interface Piped {
  readonly node: SyntaxNode;
  readonly rows: Rows;
  /** The place, over the rows that flow in. */
  readonly scope: Scope;
  /** The columns that the language service expects to flow out. */
  readonly output: readonly QueryColumn[];
}

/** Binds one operator. */
export type OperatorBinder = (piped: Piped) => Rows;

/** Every column as it is. */
export const every = ({ columns }: Rows): Selected[] =>
  columns.map((column) => ({ name: column.name, value: refOf(column) }));

/** The expression of a named one. */
export const unnamed = (node: SyntaxNode): SyntaxNode =>
  node.kind === "SimpleNamedExpression" || node.kind === "CompoundNamedExpression"
    ? node.need("Expression")
    : node;

/** The names that an expression gives to its values. */
export function givenNames(node: SyntaxNode): readonly string[] {
  if (node.kind === "SimpleNamedExpression") return [nameOf(node.need("Name"))];
  if (node.kind === "CompoundNamedExpression") return node.need("Names").list("Names").map(nameOf);
  return [];
}

/** The value as the type that the language service said; nothing else may flow out under it. */
export const conformed = (value: Scalar, type: ScalarType | undefined): Scalar =>
  type === undefined || type === value.type ? value : convert(value, type);

/** Names with `*` as patterns. */
export function matcherOf(pattern: string): (name: string) => boolean {
  if (!pattern.includes("*")) return (name) => name === pattern;
  const expression = new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*")}$`,
  );
  return (name) => expression.test(name);
}
