import { isNumber, toLong, toReal } from "../bind/convert.js";
import type { Operation } from "../plan/operations.js";
import { call, literal, long, type Scalar } from "../plan/scalar.js";
import { argument, type Family, type FunctionBinder, ofReals } from "./given.js";

const number = (value: Scalar): Scalar => (isNumber(value.type) ? value : toReal(value));
const isReal = (value: Scalar): boolean => value.type === "real" || value.type === "decimal";

/** Keeps whole numbers whole. */
const kept =
  (op: Operation): FunctionBinder =>
  (given) => {
    const first = argument(given, 0);
    if (first.type === "timespan") return call(op, "timespan", first);
    const value = number(first);
    return isReal(value) ? call(op, "real", value) : call(op, "long", toLong(value));
  };

const wholes =
  (op: Operation): FunctionBinder =>
  ({ args }) =>
    call(op, "long", ...args.map(toLong));

/** `bin(value, step)`: down to a multiple of the step. */
export function binned(value: Scalar, step: Scalar): Scalar {
  if (value.type === "datetime") return call("binTime", "datetime", value, step);
  if (value.type === "timespan") return call("binWhole", "timespan", value, step);
  const [from, by] = [number(value), number(step)];
  return isReal(from) || isReal(by)
    ? call("binReal", "real", toReal(from), toReal(by))
    : call("binWhole", "long", toLong(from), toLong(by));
}

const bin: FunctionBinder = (given) => binned(argument(given, 0), argument(given, 1));

/** `bin_at(value, step, origin)`. */
const binAt: FunctionBinder = (given) => {
  const [value, step, origin] = [argument(given, 0), argument(given, 1), argument(given, 2)];
  if (value.type === "datetime")
    return call(
      "addSpan",
      "datetime",
      origin,
      binned(call("timeDifference", "timespan", value, origin), step),
    );
  if (isReal(value) || isReal(step))
    return call(
      "addReal",
      "real",
      toReal(origin),
      binned(call("subtractReal", "real", toReal(value), toReal(origin)), step),
    );
  return call("add", value.type, origin, binned(call("subtract", value.type, value, origin), step));
};

const rounded: FunctionBinder = (given) => {
  const digits = given.args[1];
  return call("round", "real", toReal(argument(given, 0)), digits ? toLong(digits) : long(0));
};

const extreme =
  (op: "greatest" | "least"): FunctionBinder =>
  ({ args }) => {
    const values = args.some(isReal) && args.every(({ type }) => isNumber(type)) ? args.map(toReal) : args;
    const wide = values.every(({ type }) => type === "long" || type === "int") ? values.map(toLong) : values;
    return call(op, wide[0]?.type ?? "real", ...wide);
  };

const random: FunctionBinder = ({ args: [limit] }) => {
  if (!limit) return call("random", "real");
  return call("floor", "real", call("multiplyReal", "real", call("random", "real"), toReal(limit)));
};

/** Functions of numbers. */
export const numberFunctions: Family = {
  abs: kept("abs"),
  sign: (given) => call("sign", "long", toReal(argument(given, 0))),
  ceiling: ofReals("ceiling"),
  bin,
  floor: (given) => (given.args[1] ? bin(given) : call("floor", "real", toReal(argument(given, 0)))),
  bin_at: binAt,
  round: rounded,
  sqrt: ofReals("sqrt"),
  exp: ofReals("exp"),
  exp2: (given) => call("power", "real", literal("real", 2), toReal(argument(given, 0))),
  exp10: (given) => call("power", "real", literal("real", 10), toReal(argument(given, 0))),
  pow: ofReals("power"),
  log: ofReals("ln"),
  log2: ofReals("log2"),
  log10: ofReals("log10"),
  sin: ofReals("sin"),
  cos: ofReals("cos"),
  tan: ofReals("tan"),
  cot: ofReals("cot"),
  asin: ofReals("asin"),
  acos: ofReals("acos"),
  atan: ofReals("atan"),
  atan2: ofReals("atan2"),
  degrees: ofReals("degrees"),
  radians: ofReals("radians"),
  gamma: ofReals("gamma"),
  loggamma: ofReals("logGamma"),
  pi: () => literal("real", Math.PI),
  isnan: ofReals("isNan", "bool"),
  isinf: ofReals("isInfinite", "bool"),
  isfinite: ofReals("isFinite", "bool"),
  max_of: extreme("greatest"),
  min_of: extreme("least"),
  rand: random,
  binary_and: wholes("bitAnd"),
  binary_or: wholes("bitOr"),
  binary_xor: wholes("bitXor"),
  binary_not: wholes("bitNot"),
  binary_shift_left: wholes("shiftLeft"),
  binary_shift_right: wholes("shiftRight"),
  bitset_count_ones: wholes("bitCount"),
  tohex: (given) => {
    const digits = call("hexOf", "string", toLong(argument(given, 0)));
    return given.args[1] ? call("padded", "string", digits, toLong(given.args[1])) : digits;
  },
};
