import { convert, isNumber, toLong, toReal } from "../bind/convert.js";
import type { SortKey } from "../plan/scalar.js";
import { call, long, type Scalar, text } from "../plan/scalar.js";
import { containsWindow } from "../plan/walk.js";
import { argument, type Family, type FunctionBinder, type Given } from "./given.js";

/** The order to look along: the rows must have been put in one. */
function orderOf({ scope, node, name, args }: Given): readonly SortKey[] {
  if (!scope.rows?.serialized)
    throw scope.session.wrong(
      node,
      `${name}() needs rows in order; put | sort by … or | serialize before it.`,
    );
  if (args.some(containsWindow))
    throw scope.session.notSupported(node, `${name}() of another function that looks along the rows`);
  return scope.rows.order;
}

const neighbour =
  (op: "before" | "after"): FunctionBinder =>
  (given) => {
    const order = orderOf(given);
    const value = argument(given, 0);
    const offset = given.args[1] ? toLong(given.args[1]) : long(1);
    const found: Scalar = { kind: "window", op, type: value.type, args: [value, offset], order };
    const fallback = given.args[2] ?? (value.type === "string" ? text("") : undefined);
    return fallback ? call("coalesce", value.type, found, convert(fallback, value.type)) : found;
  };

const rowNumber: FunctionBinder = (given) => {
  const order = orderOf(given);
  if (given.args.length > 1)
    throw given.scope.session.notSupported(given.node, "row_number() that starts again");
  const place: Scalar = { kind: "window", op: "rowNumber", type: "long", args: [], order };
  const [start] = given.args;
  return start ? call("add", "long", place, call("subtract", "long", toLong(start), long(1))) : place;
};

const runningSum: FunctionBinder = (given) => {
  const order = orderOf(given);
  if (given.args.length > 1)
    throw given.scope.session.notSupported(given.node, "row_cumsum() that starts again");
  const value = argument(given, 0);
  const isReal = !isNumber(value.type) || value.type === "real" || value.type === "decimal";
  const sum: Scalar = {
    kind: "window",
    op: "runningSum",
    type: isReal ? "real" : "long",
    args: [isReal ? toReal(value) : toLong(value)],
    order,
  };
  return isReal ? sum : call("widen", "long", sum);
};

/** Functions that look along the order of the rows. */
export const windowFunctions: Family = {
  prev: neighbour("before"),
  next: neighbour("after"),
  row_number: rowNumber,
  row_cumsum: runningSum,
};
