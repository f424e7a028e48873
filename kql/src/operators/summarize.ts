import { convert } from "../bind/convert.js";
import { refOf } from "../bind/scope.js";
import { aggregateCall, anyOf, percentile, weightedPercentile } from "../functions/aggregates.js";
import { nameOf, type SyntaxNode } from "../kusto/tree.js";
import { aggregate, call, member, type Scalar, text } from "../plan/scalar.js";
import { containsWindow } from "../plan/walk.js";
import { grouped } from "./grouped.js";
import { conformed, type OperatorBinder, type Piped, unnamed } from "./operator.js";

/** One value of a group, and what it is called when the query does not say. */
interface Grouped {
  readonly value: Scalar;
}

/** `summarize`: one row per group. */
export const summarizeOperator: OperatorBinder = (piped) => {
  const { node, scope, rows, output } = piped;
  const by = (node.get("ByClause")?.list("Expressions") ?? []).map(
    (each): Scalar => scope.session.bindScalar(unnamed(each), scope),
  );
  if (by.some(containsWindow))
    throw scope.session.notSupported(node, "summarize by a function that looks along the rows");
  const values = node.list("Aggregates").flatMap((each) => aggregatesOf(each, piped));
  const named = [...by, ...values.map(({ value }) => value)].map((value, place) => ({
    name: output[place]?.name ?? `Column${place + 1}`,
    value: conformed(value, output[place]?.type),
  }));
  return grouped(scope, rows, named.slice(0, by.length), named.slice(by.length));
};

/** The values of one aggregate expression: most are one, `arg_max` and `percentiles` are several. */
function aggregatesOf(node: SyntaxNode, piped: Piped): readonly Grouped[] {
  const inner = unnamed(node);
  const name = inner.kind === "FunctionCallExpression" ? nameOf(inner.need("Name")) : "";
  const several = Object.hasOwn(tuples, name) ? tuples[name] : undefined;
  const { scope } = piped;
  if (several) return several(inner, piped).map((value) => ({ value }));
  return [{ value: scope.session.bindScalar(inner, { ...scope, aggregates: aggregateCall }) }];
}

type Tuple = (node: SyntaxNode, piped: Piped) => readonly Scalar[];

const argumentsOf = (node: SyntaxNode): readonly SyntaxNode[] =>
  node.need("ArgumentList").list("Expressions");

/** The columns that `*` stands for: those of the rows that are no keys and not the value itself. */
function starColumns(
  node: SyntaxNode,
  { rows, scope, node: summarize }: Piped,
  but: string | undefined,
): Scalar[] {
  const keys = new Set(
    (summarize.get("ByClause")?.list("Expressions") ?? [])
      .map(unnamed)
      .filter(({ kind }) => kind === "NameReference")
      .map(nameOf),
  );
  const expected = node.columns?.length;
  const found = rows.columns.filter(({ name }) => !keys.has(name) && name !== but);
  const columns = found.map(refOf);
  if (
    expected !== undefined &&
    expected !== columns.length + (but === undefined ? 0 : 1) &&
    but !== undefined
  )
    throw scope.session.notSupported(node, `${node.text.slice(0, 40)} with these keys`);
  return columns;
}

const argExtreme =
  (op: "atMaximum" | "atMinimum"): Tuple =>
  (node, piped) => {
    const { scope } = piped;
    const [first, ...rest] = argumentsOf(node);
    const value = scope.session.bindScalar(first!, scope);
    const name = first?.kind === "NameReference" ? nameOf(first) : undefined;
    const others = rest.flatMap((each) =>
      each.kind === "StarExpression"
        ? starColumns(node, piped, name ?? "")
        : [scope.session.bindScalar(unnamed(each), scope)],
    );
    const extreme = aggregate(op === "atMaximum" ? "maximum" : "minimum", value.type, [value]);
    return [filled(extreme), ...others.map((each) => filled(aggregate(op, each.type, [each, value])))];
  };

/** Texts are never null. */
const filled = (value: Scalar): Scalar =>
  value.type === "string" ? call("coalesce", "string", value, text("")) : value;

const takeAny: Tuple = (node, piped) => {
  const { scope } = piped;
  return argumentsOf(node).flatMap((each) =>
    each.kind === "StarExpression"
      ? starColumns(node, piped, undefined).map((column) => anyOf(column))
      : [anyOf(scope.session.bindScalar(unnamed(each), scope))],
  );
};

const percentiles: Tuple = (node, { scope }) => {
  const [value, ...shares] = argumentsOf(node).map((each) => scope.session.bindScalar(each, scope));
  return shares.map((share) => percentile(value!, share));
};

const weightedPercentiles: Tuple = (node, { scope }) => {
  const [value, weight, ...shares] = argumentsOf(node).map((each) => scope.session.bindScalar(each, scope));
  const all = weightedPercentile(value!, weight!, shares);
  return shares.map((_, place) => convert(member(all, place), value!.type));
};

const tuples: Readonly<Record<string, Tuple>> = {
  arg_max: argExtreme("atMaximum"),
  argmax: argExtreme("atMaximum"),
  arg_min: argExtreme("atMinimum"),
  argmin: argExtreme("atMinimum"),
  take_any: takeAny,
  any: takeAny,
  percentiles,
  percentilesw: weightedPercentiles,
};
