import { convert, isNumber, toBool, toLong, toReal } from "../bind/convert.js";
import { equal } from "../bind/operations.js";
import type { Operation } from "../plan/operations.js";
import type { SortKey } from "../plan/scalar.js";
import { call, choice, literal, long, type Scalar, text } from "../plan/scalar.js";
import { argument, type Family, type FunctionBinder, type Given } from "./given.js";

/** The order to look along: the rows must have been put in one. */
function orderOf({ scope, node, name }: Given): readonly SortKey[] {
  if (!scope.rows?.serialized)
    throw scope.session.wrong(
      node,
      `${name}() needs rows in order; put | sort by … or | serialize before it.`,
    );
  return scope.rows.order;
}

/** What a window looks at: the rows in order, those of one partition only. */
interface Frame {
  readonly order: readonly SortKey[];
  readonly partition: readonly Scalar[];
}

const frameOf = (given: Given): Frame => ({
  order: orderOf(given),
  partition: given.scope.rows?.partition ?? [],
});

const along = (op: Operation, type: Scalar["type"], args: readonly Scalar[], frame: Frame): Scalar => ({
  kind: "window",
  op,
  type,
  args,
  ...frame,
});

/** The same frame that starts again where a test holds. */
function restarted(frame: Frame, restart: Scalar | undefined): Frame {
  if (!restart) return frame;
  const flag = choice(toBool(restart), long(1), long(0));
  return { ...frame, partition: [...frame.partition, along("runningSum", "long", [flag], frame)] };
}

const neighbour =
  (op: "before" | "after"): FunctionBinder =>
  (given) => {
    const value = argument(given, 0);
    const offset = given.args[1] ? toLong(given.args[1]) : long(1);
    const found = along(op, value.type, [value, offset], frameOf(given));
    const fallback = given.args[2] ?? (value.type === "string" ? text("") : undefined);
    return fallback ? call("coalesce", value.type, found, convert(fallback, value.type)) : found;
  };

/** `row_number(start, restart)`. */
const rowNumber: FunctionBinder = (given) => {
  const place = along("rowNumber", "long", [], restarted(frameOf(given), given.args[1]));
  const [start] = given.args;
  return start ? call("add", "long", place, call("subtract", "long", toLong(start), long(1))) : place;
};

/** `row_cumsum(value, restart)`. */
const runningSum: FunctionBinder = (given) => {
  const value = argument(given, 0);
  const frame = restarted(frameOf(given), given.args[1]);
  if (value.type === "timespan")
    return call("widen", "timespan", along("runningSum", "timespan", [value], frame));
  const isReal = !isNumber(value.type) || value.type === "real" || value.type === "decimal";
  const type = isReal ? "real" : "long";
  const sum = along("runningSum", type, [isReal ? toReal(value) : toLong(value)], frame);
  return isReal ? sum : call("widen", "long", sum);
};

/** Number of the run of equal values that a row is in, from 1. */
function runOf(value: Scalar, frame: Frame): Scalar {
  const before = along("before", value.type, [value, long(1)], frame);
  const isFirst = equal(along("rowNumber", "long", [], frame), long(1));
  const isNew = call(
    "or",
    "bool",
    isFirst,
    call("not", "bool", call("isTrue", "bool", equal(value, before))),
  );
  return call("widen", "long", along("runningSum", "long", [choice(isNew, long(1), long(0))], frame));
}

/** `row_rank_dense(value, restart)`: how many different values came so far. */
const denseRank: FunctionBinder = (given) =>
  runOf(argument(given, 0), restarted(frameOf(given), given.args[1]));

/** `row_rank_min(value, restart)`: the place of the first row with this value. */
const minRank: FunctionBinder = (given) => {
  const frame = restarted(frameOf(given), given.args[1]);
  const place = along("rowNumber", "long", [], frame);
  const run = runOf(argument(given, 0), frame);
  return along("runningMin", "long", [place], { order: [], partition: [...frame.partition, run] });
};

/** `row_window_session(time, from first, between neighbours, restart)`: step by step, so outside the engine. */
const session: FunctionBinder = (given) => {
  const [time, first, between] = [argument(given, 0), argument(given, 1), argument(given, 2)];
  const restart = given.args[3] ? toBool(given.args[3]) : literal("bool", false);
  return along("session", "datetime", [time, first, between, restart], frameOf(given));
};

/** Functions that look along the order of the rows. */
export const windowFunctions: Family = {
  prev: neighbour("before"),
  next: neighbour("after"),
  row_number: rowNumber,
  row_cumsum: runningSum,
  row_rank: denseRank,
  row_rank_dense: denseRank,
  row_window_session: session,
  row_rank_min: minRank,
};
