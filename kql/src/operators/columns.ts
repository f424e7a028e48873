import { project, type Selected } from "../bind/rows.js";
import type { BoundColumn, Rows } from "../bind/scope.js";
import { refOf } from "../bind/scope.js";
import { nameOf, type SyntaxNode } from "../kusto/tree.js";
import { member, type Scalar } from "../plan/scalar.js";
import {
  conformed,
  every,
  givenNames,
  matcherOf,
  type OperatorBinder,
  type Piped,
  unnamed,
} from "./operator.js";

/** The values of an expression: one, or the elements of an array under several names. */
function valuesOf(node: SyntaxNode, { scope }: Piped): readonly Scalar[] {
  const inner = unnamed(node);
  const value = scope.session.bindScalar(inner, scope);
  // Some functions answer several columns, such as series_fit_line().
  const several =
    inner.kind === "FunctionCallExpression" && value.type === "dynamic" ? inner.columns : undefined;
  if (several && several.length > 1 && node.kind !== "SimpleNamedExpression")
    return several.map(({ type }, place) => conformed(member(value, place), type));
  if (several && several.length > 1) return [conformed(member(value, 0), several[0]!.type)];
  if (node.kind !== "CompoundNamedExpression") return [value];
  return givenNames(node).map((_, place) => member(value, place));
}

/** `project`: these columns and no others. */
export const projectOperator: OperatorBinder = (piped) => {
  const { node, rows, scope, output } = piped;
  const values = node.list("Expressions").flatMap((each) => valuesOf(each, piped));
  const selected = values.map((value, place): Selected => {
    const { name, type } = output[place] ?? { name: `Column${place + 1}`, type: value.type };
    return { name, value: conformed(value, type) };
  });
  return project(scope.session, rows, selected);
};

/** `extend`: more columns; one with a name that is there takes its place. All see the columns as they came in. */
export const extendOperator: OperatorBinder = (piped) => {
  const { node, rows, scope, output } = piped;
  const selected = every(rows);
  const expressions = node.list("Expressions");
  const given = new Set([...rows.columns.map(({ name }) => name), ...expressions.flatMap(givenNames)]);
  const fresh = output.filter(({ name }) => !given.has(name)).map(({ name }) => name);
  for (const expression of expressions) {
    const names = givenNames(expression);
    const values = valuesOf(expression, piped);
    // Of a function of several columns, extend takes those that are named; project takes all.
    const wanted = expression.kind === "CompoundNamedExpression" ? values.slice(0, names.length) : values;
    for (const [place, value] of wanted.entries()) {
      const name = names[place] ?? ownName(expression) ?? fresh.shift() ?? `Column${selected.length}`;
      const type = output.find((each) => each.name === name)?.type;
      const column = { name, value: conformed(value, type) };
      const at = selected.findIndex((each) => each.name === name);
      if (at >= 0) selected[at] = column;
      else selected.push(column);
    }
  }
  return project(scope.session, rows, selected);
};

/** A bare column keeps its name. */
const ownName = (node: SyntaxNode): string | undefined =>
  node.kind === "NameReference" ? nameOf(node) : undefined;

const kept = ({ rows, scope }: Piped, columns: readonly BoundColumn[]): Rows =>
  project(
    scope.session,
    rows,
    columns.map((column) => ({ name: column.name, value: refOf(column) })),
  );

const patternsOf = ({ node }: Piped): ((name: string) => boolean)[] =>
  node.list("Expressions").map((each) => matcherOf(nameOf(each)));

/** `project-away`. */
export const projectAwayOperator: OperatorBinder = (piped) => {
  const patterns = patternsOf(piped);
  return kept(
    piped,
    piped.rows.columns.filter(({ name }) => !patterns.some((matches) => matches(name))),
  );
};

/** `project-keep`. */
export const projectKeepOperator: OperatorBinder = (piped) => {
  const patterns = patternsOf(piped);
  return kept(
    piped,
    piped.rows.columns.filter(({ name }) => patterns.some((matches) => matches(name))),
  );
};

/** `project-reorder` and `project-by-names`: the language service knows the order. */
export const projectReorderOperator: OperatorBinder = (piped) =>
  kept(
    piped,
    piped.output.flatMap(({ name }) => piped.rows.columns.filter((column) => column.name === name)),
  );

/** `project-rename`. */
export const projectRenameOperator: OperatorBinder = ({ node, rows }) => {
  const names = new Map(
    node.list("Expressions").map((each) => [nameOf(each.need("Expression")), nameOf(each.need("Name"))]),
  );
  return {
    ...rows,
    columns: rows.columns.map((column) => ({ ...column, name: names.get(column.name) ?? column.name })),
  };
};

/** `serialize`: an order, and columns that look along it. */
export const afterSerialize: OperatorBinder = (piped) =>
  piped.node.list("Expressions").length > 0 ? extendOperator(piped) : piped.rows;
