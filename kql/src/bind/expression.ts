import { binderOf } from "../functions/all.js";
import { literalOf } from "../kusto/literals.js";
import { nameOf, type SyntaxNode } from "../kusto/tree.js";
import { call, long, member, type Scalar, text, textOf, wholeOf } from "../plan/scalar.js";
import { toText } from "./convert.js";
import { declaredValue } from "./declared.js";
import { membership } from "./membership.js";
import { between, binaries, minus } from "./operations.js";
import { limited } from "./rows.js";
import { columnOf, type Rows, type Scope } from "./scope.js";
import { textTest } from "./terms.js";

/** Binds a scalar expression to the plan. */
export function scalar(node: SyntaxNode, scope: Scope): Scalar {
  const constant = literalOf(node);
  if (constant) return constant;
  const bind = binders[node.kind];
  if (bind) return bind(node, scope);
  const operator = node.get("Operator");
  if (operator && node.get("Left")) return infix(node, operator.text.toLowerCase(), scope);
  throw scope.session.notSupported(node, `${node.text.slice(0, 60)} (${node.kind})`);
}

type Binder = (node: SyntaxNode, scope: Scope) => Scalar;

const binders: Readonly<Record<string, Binder>> = {
  StarExpression: () => text(""),
  NameReference: reference,
  ParenthesizedExpression: (node, scope) => scalar(node.need("Expression"), scope),
  SimpleNamedExpression: (node, scope) => scalar(node.need("Expression"), scope),
  PathExpression: path,
  ElementExpression: element,
  UnaryMinusExpression: (node, scope) => minus(scalar(node.need("Expression"), scope)),
  UnaryPlusExpression: (node, scope) => scalar(node.need("Expression"), scope),
  BetweenExpression: (node, scope) => bounded(node, scope),
  NotBetweenExpression: (node, scope) => call("not", "bool", bounded(node, scope)),
  FunctionCallExpression: called,
  ToScalarExpression: (node, scope) => firstCell(node.need("Expression"), scope),
  TypeOfLiteralExpression: (node) => text(node.list("Types")[0]?.text ?? "string"),
};

function reference(node: SyntaxNode, scope: Scope): Scalar {
  const name = nameOf(node);
  const column = columnOf(scope.rows, name);
  if (column) return column;
  const bound = scope.names.get(name);
  if (bound?.kind === "value") return bound.value;
  throw scope.session.wrong(node, `${name} is no column or value here.`);
}

/** `$left.x` within a join, else a member of JSON. */
function path(node: SyntaxNode, scope: Scope): Scalar {
  const [base, selector] = [node.need("Expression"), node.need("Selector")];
  const side = sideOf(base, scope);
  const column = side && columnOf(side, nameOf(selector));
  if (column) return column;
  if (selector.kind === "FunctionCallExpression")
    throw scope.session.notSupported(node, `${node.text.slice(0, 60)} as a value`);
  return member(scalar(base, scope), nameOf(selector));
}

function sideOf(node: SyntaxNode, { sides, states }: Scope): Rows | undefined {
  if (node.kind !== "NameReference") return undefined;
  const state = states?.get(nameOf(node));
  if (state || !sides) return state;
  return node.text === "$left" ? sides.left : node.text === "$right" ? sides.right : undefined;
}

function element(node: SyntaxNode, scope: Scope): Scalar {
  const base = node.need("Expression");
  const selector = node.need("Selector").get("Expression") ?? node.need("Selector");
  const side = sideOf(base, scope);
  const key = scalar(selector, scope);
  const constant = textOf(key) ?? wholeOf(key);
  const column = side && constant !== undefined && columnOf(side, String(constant));
  if (column) return column;
  const from = scalar(base, scope);
  if (constant !== undefined) return member(from, constant);
  return call("jsonElement", "dynamic", from, toText(key));
}

function bounded(node: SyntaxNode, scope: Scope): Scalar {
  const couple = node.need("Right");
  return between(
    scalar(node.need("Left"), scope),
    scalar(couple.need("First"), scope),
    scalar(couple.need("Second"), scope),
  );
}

function infix(node: SyntaxNode, operator: string, scope: Scope): Scalar {
  const [left, right] = [node.need("Left"), node.need("Right")];
  const list = membership(operator);
  if (list) return list(node, scope);
  if (left.kind === "StarExpression") return anyColumn(node, operator, scope);
  const [one, other] = [scalar(left, scope), scalar(right, scope)];
  if (operator === "matches regex") return call("matches", "bool", toText(one), toText(other));
  const made = textTest(operator)?.(one, other) ?? binaries[operator]?.(one, other);
  if (made) return made;
  throw scope.session.notSupported(node, `the operator ${operator}`);
}

/** `* has "x"`: any text column. */
function anyColumn(node: SyntaxNode, operator: string, scope: Scope): Scalar {
  const test = textTest(operator);
  const other = scalar(node.need("Right"), scope);
  const columns = (scope.rows?.columns ?? []).filter(({ type }) => type === "string" || type === "dynamic");
  if (!test || columns.length === 0) throw scope.session.notSupported(node, `* ${operator}`);
  return columns
    .map(({ name }) => test(columnOf(scope.rows, name)!, other))
    .reduce((any, each) => call("or", "bool", any, each));
}

function called(node: SyntaxNode, scope: Scope): Scalar {
  const name = nameOf(node.need("Name"));
  const bound = scope.names.get(name);
  if (bound?.kind === "function") return declaredValue(node, bound, scope);
  const aggregated = scope.aggregates?.(node, scope);
  if (aggregated) return aggregated;
  if (name === "toscalar") return firstCell(node.need("ArgumentList").list("Expressions")[0]!, scope);
  const found = binderOf(name);
  if (!found) throw scope.session.notSupported(node, `the function ${name}()`);
  const nodes = node.need("ArgumentList").list("Expressions");
  const args = found.lazy ? [] : nodes.map((each) => scalar(each, scope));
  return found.bind({ name, node, nodes, scope, args });
}

/** `toscalar`: the first cell of rows, or the value itself. */
function firstCell(node: SyntaxNode, scope: Scope): Scalar {
  const inner = node.kind === "ParenthesizedExpression" ? node.need("Expression") : node;
  if (!inner.columns) return scalar(inner, scope);
  const rows = scope.session.bindRows(inner, scope);
  const [column] = rows.columns;
  if (!column) return text("");
  const { plan } = limited(scope.session, rows, long(1));
  const cell: Scalar = { kind: "firstCell", type: column.type, rows: plan, column: column.id };
  return column.type === "string" ? call("coalesce", "string", cell, text("")) : cell;
}
