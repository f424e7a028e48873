import { convert } from "../bind/convert.js";
import { filtered, project, unordered } from "../bind/rows.js";
import { type BoundColumn, columnOf, over, type Rows, refOf, type Scope } from "../bind/scope.js";
import { aggregateCall } from "../functions/aggregates.js";
import { binned } from "../functions/numbers.js";
import { parameterOf, type SyntaxNode } from "../kusto/tree.js";
import { type Join, relation } from "../plan/relation.js";
import { aggregate, call, long, type Scalar } from "../plan/scalar.js";
import { distinct } from "./filters.js";
import { grouped } from "./grouped.js";
import { type OperatorBinder, type Piped, unnamed } from "./operator.js";
import { stepped, stepsBetween } from "./sources.js";

/** Where the points of a series lie. */
interface Grid {
  readonly from: Scalar;
  readonly count: Scalar;
  readonly step: Scalar;
}

const AXIS = "\0axis";
const PLACE = "\0place";

/**
 * `make-series`: per group an array per value, with a point per step, empty ones filled in. Made of plain
 * operators: a grid of groups and steps, joined with what each holds, put into arrays in order.
 */
export const makeSeriesOperator: OperatorBinder = (piped) => {
  const { node, scope, rows, output } = piped;
  const axis = scope.session.bindScalar(unnamed(node.need("OnClause").need("Expression")), scope);
  const keys = (node.get("ByClause")?.list("Expressions") ?? []).map((each, place) => ({
    name: output[place]?.name ?? `Column${place + 1}`,
    value: scope.session.bindScalar(unnamed(each), scope),
  }));
  const grid = gridOf(piped, axis);
  const place = stepsBetween(grid.from, binnedTo(axis, grid), grid.step);
  const points = pointsOf(piped, { axis, keys, place, grid });
  const all = gridRows(scope, rows, keys, grid);
  const joined = onGrid(scope, all, points, keys.length);
  const series = arrays(piped, joined, { keys: keys.map(({ name }) => name), grid });
  const isNonempty = parameterOf(node, "kind")?.toLowerCase() === "nonempty";
  return keys.length > 0 || isNonempty ? series : unlessEmpty(scope, rows, series);
};

/** Without rows there is no series, unless the query asks for one. */
function unlessEmpty(scope: Scope, rows: Rows, series: Rows): Rows {
  const counted = grouped(scope, rows, [], [{ name: "", value: aggregate("count", "long", []) }]);
  const count: Scalar = {
    kind: "firstCell",
    type: "long",
    rows: counted.plan,
    column: counted.columns[0]!.id,
  };
  return filtered(series, call("greater", "bool", count, long(0)));
}

function gridOf({ node, scope, rows }: Piped, axis: Scalar): Grid {
  const clause = node.need("RangeClause");
  if (clause.kind === "MakeSeriesInRangeClause") return rangeGrid(clause, scope, axis);
  const at = (name: string): Scalar | undefined => {
    const inner = clause.get(name)?.get("Expression");
    return inner && convert(scope.session.bindScalar(inner, scope), axis.type);
  };
  const stepNode = clause.need("MakeSeriesStepClause").need("Expression");
  const step = scope.session.bindScalar(stepNode, scope);
  const edge = (op: "minimum" | "maximum"): Scalar => {
    const values = grouped(scope, rows, [], [{ name: AXIS, value: aggregate(op, axis.type, [axis]) }]);
    return { kind: "firstCell", type: axis.type, rows: values.plan, column: values.columns[0]!.id };
  };
  const from = at("MakeSeriesFromClause") ?? binned(edge("minimum"), step);
  const to = at("MakeSeriesToClause");
  const last = to ?? edge("maximum");
  const whole = stepsBetween(from, last, step);
  // The end is left out when it is written.
  const exact = to
    ? call("equal", "bool", stepped(from, step, call("subtract", "long", whole, long(1))), to)
    : undefined;
  const count: Scalar = exact
    ? {
        kind: "choice",
        type: "long",
        branches: [{ test: exact, value: call("subtract", "long", whole, long(1)) }],
        otherwise: whole,
      }
    : whole;
  return { from, count, step };
}

/** The older form: the end is included, and the points are multiples of the step. */
function rangeGrid(clause: SyntaxNode, scope: Scope, axis: Scalar): Grid {
  const [first, last, step] = clause
    .need("Arguments")
    .list("Expressions")
    .map((each) => scope.session.bindScalar(each, scope));
  const from = binned(convert(first!, axis.type), step!);
  return { from, count: stepsBetween(from, convert(last!, axis.type), step!), step: step! };
}

/** The axis itself; the place of a point is the number of whole steps before it. */
const binnedTo = (axis: Scalar, _grid: Grid): Scalar => axis;

interface PointsOf {
  readonly axis: Scalar;
  readonly keys: readonly { readonly name: string; readonly value: Scalar }[];
  readonly place: Scalar;
  readonly grid: Grid;
}

/** The values of the points that hold rows. */
function pointsOf({ node, scope, rows }: Piped, { axis, keys, place, grid }: PointsOf): Rows {
  const values = node.list("Aggregates").map((each, at) => ({
    name: String(at),
    value: scope.session.bindScalar(unnamed(each.need("Expression")), {
      ...scope,
      aggregates: aggregateCall,
    }),
  }));
  const test = call("greaterOrEqual", "bool", axis, grid.from);
  const kept = { ...rows, plan: relation({ kind: "filter", input: rows.plan, test }) };
  const zeroBased = call("subtract", "long", place, long(1));
  return grouped(scope, kept, [...keys, { name: PLACE, value: zeroBased }], values);
}

/** Every group with every place. */
function gridRows(scope: Scope, rows: Rows, keys: PointsOf["keys"], grid: Grid): Rows {
  const { session } = scope;
  const id = session.id();
  const places = relation({ kind: "numbers", id, count: grid.count });
  const place: BoundColumn = { name: PLACE, type: "long", id };
  if (keys.length === 0) return unordered(places, [place]);
  const groups = distinct(scope, project(session, rows, keys));
  const columns = [
    ...groups.columns.map((column) => ({ ...column, from: "left" as const, source: column.id })),
    { id, type: "long" as const, from: "right" as const, source: id },
  ];
  const plan = relation<Join>({
    kind: "join",
    how: "cross",
    left: groups.plan,
    right: places,
    on: [],
    columns: columns.map(({ id: column, type, from, source }) => ({ id: column, type, from, source })),
  });
  return unordered(plan, [...groups.columns, place]);
}

/** The grid with the values of its points. */
function onGrid(scope: Scope, all: Rows, points: Rows, keys: number): Rows {
  const values = points.columns.slice(keys + 1).map((column): BoundColumn & { source: string } => ({
    ...column,
    id: scope.session.id(),
    source: column.id,
  }));
  const on = all.columns.map((column, place) => ({
    left: refOf(column),
    right: refOf(points.columns[place]!),
  }));
  const plan = relation<Join>({
    kind: "join",
    how: "left",
    left: all.plan,
    right: points.plan,
    on,
    columns: [
      ...all.columns.map(({ id, type }) => ({ id, type, from: "left" as const, source: id })),
      ...values.map(({ id, type, source }) => ({ id, type, from: "right" as const, source })),
    ],
  });
  return unordered(plan, [...all.columns, ...values.map(({ source: _, ...column }) => column)]);
}

/** The arrays of each group. */
function arrays(
  piped: Piped,
  rows: Rows,
  { keys, grid }: { readonly keys: readonly string[]; readonly grid: Grid },
): Rows {
  const { node, scope, output } = piped;
  const place = columnOf(rows, PLACE)!;
  const order = [{ value: place as Scalar, descending: false, nullsFirst: true }];
  const collected = (value: Scalar): Scalar =>
    aggregate("listOf", "dynamic", [value, long(1_048_576)], { order });
  const inner = over(scope, rows);
  const series = node.list("Aggregates").map((each, at): Scalar => {
    const value = columnOf(rows, String(at))!;
    return collected(call("coalesce", value.type, value, defaultOf(each, value, inner)));
  });
  const point = stepped(grid.from, grid.step, place);
  const spelt = point.type === "datetime" ? call("timeText", "string", point) : point;
  const names = output.slice(keys.length).map(({ name }) => name);
  return grouped(
    scope,
    rows,
    keys.map((name) => ({ name, value: columnOf(rows, name)! })),
    [...series, collected(spelt)].map((value, at) => ({ name: names[at] ?? `Column${at + 1}`, value })),
  );
}

function defaultOf(node: SyntaxNode, value: Scalar, scope: Scope): Scalar {
  const clause = node.get("DefaultExpression")?.get("Expression");
  if (clause) return convert(scope.session.bindScalar(clause, scope), value.type);
  return convert(long(0), value.type);
}
