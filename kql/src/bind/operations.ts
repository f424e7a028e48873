import type { ScalarType } from "@picket/kit";
import type { Operation } from "../plan/operations.js";
import { bool, call, isNullable, literal, type Scalar } from "../plan/scalar.js";
import { promotedOf } from "../rewrite/promotion.js";
import { convert, isNumber, isWhole, toLong, toReal, toText } from "./convert.js";

type Binary = (left: Scalar, right: Scalar) => Scalar | undefined;

const isReal = (value: Scalar): boolean => value.type === "real" || value.type === "decimal";

/** Numbers of JSON count as floating-point ones. */
const number = (value: Scalar): Scalar => (isNumber(value.type) ? value : toReal(value));

function arithmetic(whole: Operation, real: Operation): Binary {
  return (one, other) => {
    const [left, right] = [number(one), number(other)];
    return isReal(left) || isReal(right)
      ? call(real, "real", toReal(left), toReal(right))
      : call(whole, "long", toLong(left), toLong(right));
  };
}

const spanOf = (value: Scalar): Scalar => convert(value, "timespan");

/** Moves a time by a span. */
export const moved = (time: Scalar, span: Scalar): Scalar => call("addSpan", "datetime", time, span);

const negated = (value: Scalar): Scalar =>
  value.kind === "literal" && typeof value.value === "bigint"
    ? literal(value.type, -value.value)
    : call("negate", value.type, value);

/** The number with the other sign. */
export function minus(value: Scalar): Scalar {
  if (value.kind === "literal" && typeof value.value === "number") return literal(value.type, -value.value);
  if (value.type === "timespan") return negated(value);
  const from = number(value);
  return negated(isReal(from) ? from : toLong(from));
}

function add(left: Scalar, right: Scalar): Scalar | undefined {
  if (left.type === "datetime") return moved(left, spanOf(right));
  if (right.type === "datetime") return moved(right, spanOf(left));
  if (left.type === "timespan" || right.type === "timespan")
    return call("add", "timespan", spanOf(left), spanOf(right));
  return arithmetic("add", "addReal")(left, right);
}

function subtract(left: Scalar, right: Scalar): Scalar | undefined {
  if (left.type === "datetime" && right.type !== "timespan")
    return call("timeDifference", "timespan", left, convert(right, "datetime"));
  if (left.type === "datetime") return moved(left, minus(right));
  if (right.type === "datetime") return call("timeDifference", "timespan", convert(left, "datetime"), right);
  if (left.type === "timespan" || right.type === "timespan")
    return call("subtract", "timespan", spanOf(left), spanOf(right));
  return arithmetic("subtract", "subtractReal")(left, right);
}

/** A span times a number. */
const scaled = (span: Scalar, by: Scalar): Scalar =>
  isReal(number(by))
    ? call("realWhole", "timespan", call("multiplyReal", "real", call("toReal", "real", span), number(by)))
    : call("multiply", "timespan", span, toLong(by));

function multiply(left: Scalar, right: Scalar): Scalar | undefined {
  if (left.type === "timespan") return scaled(left, right);
  if (right.type === "timespan") return scaled(right, left);
  return arithmetic("multiply", "multiplyReal")(left, right);
}

function divide(left: Scalar, right: Scalar): Scalar | undefined {
  const real = (value: Scalar): Scalar => call("toReal", "real", value);
  if (left.type === "timespan" && right.type === "timespan")
    return call("divideReal", "real", real(left), real(right));
  if (left.type === "timespan")
    return call("realWhole", "timespan", call("divideReal", "real", real(left), toReal(right)));
  return arithmetic("intDivide", "divideReal")(left, right);
}

function modulo(left: Scalar, right: Scalar): Scalar | undefined {
  if (left.type === "timespan") return call("modulo", "timespan", left, spanOf(right));
  return arithmetic("modulo", "modulo")(left, right);
}

/** Brings two values to one type that can be compared; undefined when there is none. */
export function comparable(one: Scalar, other: Scalar): [Scalar, Scalar] {
  const [left, right] = [promotedOf(one) ?? one, promotedOf(other) ?? other];
  // A promoted column of JSON compares as JSON does: by the type of the other side.
  if (one.type === "dynamic" && other.type === "dynamic") return [toText(one), toText(other)];
  if (one.type === "dynamic") return [fromJson(one, left, other.type), other];
  if (other.type === "dynamic") return [one, fromJson(other, right, one.type)];
  if (one.type === other.type) return [one, other];
  if (isNumber(one.type) && isNumber(other.type))
    return isReal(one) || isReal(other) ? [toReal(one), toReal(other)] : [toLong(one), toLong(other)];
  if (one.type === "string" && other.type !== "guid") return [convert(one, other.type), other];
  if (other.type === "string" && one.type !== "guid") return [one, convert(other, one.type)];
  return [toText(one), toText(other)];
}

const fromJson = (json: Scalar, promoted: Scalar, type: ScalarType): Scalar =>
  isWhole(type) && type !== "timespan" && promoted === json ? toReal(json) : convert(json, type);

/** A floating-point number that may be none: engines order not-a-number above all, the language does not order it. */
const mayBeNone = (value: Scalar): boolean => isReal(value) && value.kind !== "literal";

function relation(op: Operation, guarded: "left" | "right"): Binary {
  return (one, other) => {
    const [left, right] = comparable(one, other);
    const test = call(op, "bool", left, right);
    const guard = guarded === "left" ? left : right;
    if (guard.kind === "literal" && Number.isNaN(guard.value)) return bool(false);
    if (!mayBeNone(guard)) return test;
    return call("and", "bool", test, call("not", "bool", call("isNan", "bool", guard)));
  };
}

const less = relation("less", "right");
const lessOrEqual = relation("lessOrEqual", "right");
const greater = relation("greater", "left");
const greaterOrEqual = relation("greaterOrEqual", "left");

/** Which of three: for values that cannot be null, where one cannot, and where both can. */
function byNulls(left: Scalar, right: Scalar, ops: readonly [Operation, Operation, Operation]): Operation {
  const nullable = [left, right].filter(isNullable).length;
  return ops[nullable]!;
}

/** Equal; null and something are not, null and null are null. */
export function equal(one: Scalar, other: Scalar): Scalar {
  const [left, right] = comparable(one, other);
  if (isReal(left) || isReal(right)) return call("sameReal", "bool", left, right);
  return call(byNulls(left, right, ["equal", "sameSome", "same"]), "bool", left, right);
}

function unequal(one: Scalar, other: Scalar): Scalar {
  const [left, right] = comparable(one, other);
  if (isReal(left) || isReal(right)) return call("not", "bool", call("sameReal", "bool", left, right));
  return call(byNulls(left, right, ["unequal", "differsSome", "differs"]), "bool", left, right);
}

const truth = (value: Scalar): Scalar => convert(value, "bool");

/** What stands between two values, by its spelling. */
export const binaries: Readonly<Record<string, Binary>> = {
  "+": add,
  "-": subtract,
  "*": multiply,
  "/": divide,
  "%": modulo,
  "==": equal,
  "!=": unequal,
  "<>": unequal,
  "<": less,
  "<=": lessOrEqual,
  ">": greater,
  ">=": greaterOrEqual,
  and: (left, right) => call("and", "bool", truth(left), truth(right)),
  or: (left, right) => call("or", "bool", truth(left), truth(right)),
};

/** Between two bounds, both included; a span as the upper bound is added to the lower one. */
export function between(value: Scalar, low: Scalar, high: Scalar): Scalar {
  const upper = value.type === "datetime" && high.type === "timespan" ? moved(low, high) : high;
  return call("and", "bool", greaterOrEqual(value, low)!, lessOrEqual(value, upper)!);
}
