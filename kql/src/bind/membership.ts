import { literalOf } from "../kusto/literals.js";
import type { SyntaxNode } from "../kusto/tree.js";
import { relation } from "../plan/relation.js";
import { aggregate, bool, call, columnRef, literal, long, type Scalar, text } from "../plan/scalar.js";
import { convert, toText } from "./convert.js";
import { comparable, equal } from "./operations.js";
import type { Scope } from "./scope.js";
import { lowered, textTest } from "./terms.js";

type Binder = (node: SyntaxNode, scope: Scope) => Scalar;

const negated =
  (bind: Binder): Binder =>
  (node, scope) =>
    call("not", "bool", bind(node, scope));

const has =
  (join: "and" | "or"): Binder =>
  (node, scope) => {
    const left = toText(scope.session.bindScalar(node.need("Left"), scope));
    const test = textTest("has")!;
    const op = join === "or" ? "hasAnyOf" : "hasAllOf";
    const tests = itemsOf(node.need("Right"), scope).map((each) => {
      if (isRows(each)) return call(op, "bool", lowered(left), listOfRows(each.node, scope));
      const isList = each.type === "dynamic" && each.kind !== "literal";
      return isList ? call(op, "bool", lowered(left), each) : test(left, each);
    });
    return tests.length === 0
      ? bool(join === "and")
      : tests.reduce((one, other) => call(join, "bool", one, other));
  };

/** The first column of rows as one JSON array. */
function listOfRows(node: SyntaxNode, scope: Scope): Scalar {
  const { plan, columns } = scope.session.bindRows(node, scope);
  const [column] = columns;
  if (!column) return literal("dynamic", "[]");
  const id = scope.session.id();
  const value = aggregate("listOf", "dynamic", [toText(columnRef(column.id, column.type)), long(100_000)]);
  const rows = relation({
    kind: "aggregate",
    input: plan,
    keys: [],
    aggregates: [{ id, type: "dynamic", value }],
  });
  return { kind: "firstCell", type: "dynamic", rows, column: id };
}

const operators: Readonly<Record<string, Binder>> = {
  in: (node, scope) => isIn(node, scope, (value) => value),
  "!in": negated((node, scope) => isIn(node, scope, (value) => value)),
  "in~": (node, scope) => isIn(node, scope, (value) => lowered(toText(value))),
  "!in~": negated((node, scope) => isIn(node, scope, (value) => lowered(toText(value)))),
  has_any: has("or"),
  has_all: has("and"),
};

/** The binder of a test against a list; undefined for other operators. */
export const membership = (operator: string): Binder | undefined =>
  Object.hasOwn(operators, operator) ? operators[operator] : undefined;

type Item = Scalar | { readonly node: SyntaxNode };

const isRows = (item: Item): item is { readonly node: SyntaxNode } => "node" in item;

/** What a list holds: values, elements of constant arrays, and tables. */
function itemsOf(list: SyntaxNode, scope: Scope): Item[] {
  const nodes = list.kind === "ExpressionList" ? list.list("Expressions") : [list];
  return nodes.flatMap((node): Item[] => {
    const inner = node.kind === "ParenthesizedExpression" ? node.need("Expression") : node;
    if (inner.columns) return [{ node: inner }];
    const value = literalOf(inner) ?? scope.session.bindScalar(inner, scope);
    return value.type === "dynamic" && value.kind === "literal" ? constantElements(value.value) : [value];
  });
}

function constantElements(json: unknown): Scalar[] {
  const parsed: unknown = typeof json === "string" ? JSON.parse(json) : [];
  return (Array.isArray(parsed) ? parsed : [parsed]).map((each: unknown): Scalar => {
    if (typeof each === "string") return text(each);
    if (typeof each === "boolean") return bool(each);
    if (typeof each === "number")
      return Number.isSafeInteger(each) ? literal("long", BigInt(each)) : literal("real", each);
    return literal("dynamic", JSON.stringify(each));
  });
}

function isIn(node: SyntaxNode, scope: Scope, fold: (value: Scalar) => Scalar): Scalar {
  const value = scope.session.bindScalar(node.need("Left"), scope);
  const items = itemsOf(node.need("Right"), scope);
  const plain = items.filter((item): item is Scalar => !isRows(item));
  const tests = [
    ...listTests(
      value,
      plain.filter(({ type, kind }) => type !== "dynamic" || kind === "literal"),
      fold,
    ),
    ...plain
      .filter(({ type, kind }) => type === "dynamic" && kind !== "literal")
      .map((array) => call("jsonContains", "bool", array, convert(fold(value), "dynamic"))),
    ...items.filter(isRows).map((item) => rowsTest(value, item.node, scope, fold)),
  ];
  return tests.length === 0 ? bool(false) : tests.reduce((one, other) => call("or", "bool", one, other));
}

function listTests(value: Scalar, items: readonly Scalar[], fold: (value: Scalar) => Scalar): Scalar[] {
  if (items.length === 0) return [];
  const [first] = items;
  const isUniform = items.every((each) => each.type === first!.type);
  if (!isUniform) return items.map((each) => equal(fold(value), fold(each)));
  const [left] = comparable(fold(value), fold(first!));
  const list = items.map((each) => comparable(fold(value), fold(each))[1]);
  return [{ kind: "inList", type: "bool", value: left, list }];
}

function rowsTest(value: Scalar, node: SyntaxNode, scope: Scope, fold: (value: Scalar) => Scalar): Scalar {
  const rows = scope.session.bindRows(node, scope);
  const [column] = rows.columns;
  if (!column) return bool(false);
  const cell: Scalar = { kind: "column", id: column.id, type: column.type };
  const [left, right] = comparable(fold(value), fold(cell));
  const id = scope.session.id();
  const plan = {
    kind: "project",
    input: rows.plan,
    columns: [{ id, type: right.type, value: right }],
  } as const;
  return { kind: "inRows", type: "bool", value: left, rows: plan, column: id };
}
