import type { ScalarType } from "@picket/kit";
import { ticksOfSpan, ticksOfTime } from "../kusto/literals.js";
import { call, literal, nothing, type Scalar, text } from "../plan/scalar.js";
import { promotedOf } from "../rewrite/promotion.js";

/** True for the types that numbers have. */
export const isNumber = (type: ScalarType): boolean =>
  type === "long" || type === "int" || type === "real" || type === "decimal";

/** True for the types of whole numbers and spans, which are carried as whole numbers. */
export const isWhole = (type: ScalarType): boolean =>
  type === "long" || type === "int" || type === "timespan";

/** The value as text, as `tostring` gives it; texts are never null. */
export function toText(value: Scalar): Scalar {
  const { type } = value;
  if (type === "string") return value;
  if (value.kind === "literal" && value.value === null) return text("");
  if (type === "guid") return call("coalesce", "string", value, text(""));
  if (type === "dynamic") return jsonText(value);
  if (type === "long" || type === "int") return call("wholeText", "string", value);
  if (type === "real" || type === "decimal") return call("realText", "string", value);
  if (type === "bool") return call("boolText", "string", value);
  return call(type === "datetime" ? "timeText" : "spanText", "string", value);
}

function jsonText(value: Scalar): Scalar {
  const promoted = promotedOf(value);
  if (!promoted) return call("jsonText", "string", value);
  // JSON spells true and false in small letters.
  return promoted.type === "bool" ? call("lower", "string", toText(promoted)) : toText(promoted);
}

/** The value as a dynamic holds it. */
export function toDynamic(value: Scalar): Scalar {
  if (value.type === "dynamic") return value;
  if (value.kind === "literal" && value.value === null) return nothing("dynamic");
  const isSpelt = value.type === "datetime" || value.type === "timespan";
  if (!isSpelt) return call("toJson", "dynamic", value);
  return call("toJson", "dynamic", call("nullIfEmpty", "string", toText(value)));
}

/** The value as a 64-bit whole number; what is none is null. */
export function toLong(value: Scalar): Scalar {
  const from = promotedOf(value) ?? value;
  const { type } = from;
  if (type === "long") return from;
  if (from.kind === "literal" && typeof from.value === "bigint") return literal("long", from.value);
  if (type === "int") return call("widen", "long", from);
  if (type === "real" || type === "decimal") return call("realWhole", "long", from);
  if (type === "bool") return call("boolWhole", "long", from);
  if (type === "timespan") return call("widen", "long", from);
  if (type === "datetime") return call("timeWhole", "long", from);
  const whole = call("textWhole", "long", toText(from));
  // A JSON number with a fraction is cut; a text with one is no whole number.
  return type === "dynamic" ? call("coalesce", "long", whole, call("jsonWhole", "long", from)) : whole;
}

/** The value as a floating-point number; what is none is null. */
export function toReal(value: Scalar): Scalar {
  const from = promotedOf(value) ?? value;
  const { type } = from;
  if (type === "real" || type === "decimal") return from;
  if (from.kind === "literal" && typeof from.value === "bigint") return literal("real", Number(from.value));
  if (type === "string" || type === "dynamic" || type === "guid")
    return call("textReal", "real", toText(from));
  return call("toReal", "real", toLong(from));
}

/** The value as a time; what is none is null. */
export function toTime(value: Scalar): Scalar {
  const from = promotedOf(value) ?? value;
  if (from.type === "datetime") return from;
  if (from.kind === "literal" && typeof from.value === "string" && from.type === "string")
    return literal("datetime", ticksOfTime(from.value) ?? null);
  if (isWhole(from.type)) return call("wholeTime", "datetime", from);
  return call("textTime", "datetime", toText(from));
}

/** The value as a span; what is none is null. */
export function toSpan(value: Scalar): Scalar {
  const from = promotedOf(value) ?? value;
  if (from.type === "timespan") return from;
  if (from.kind === "literal" && typeof from.value === "string" && from.type === "string")
    return literal("timespan", ticksOfSpan(from.value) ?? null);
  if (from.type === "long" || from.type === "int") return call("widen", "timespan", from);
  if (from.type === "real") return call("realWhole", "timespan", from);
  return call("textSpan", "timespan", toText(from));
}

/** The value as true or false; what is neither is null. */
export function toBool(value: Scalar): Scalar {
  const from = promotedOf(value) ?? value;
  if (from.type === "bool") return from;
  if (isNumber(from.type)) return call("wholeBool", "bool", from);
  return call("textBool", "bool", toText(from));
}

const converters: Readonly<Record<ScalarType, (value: Scalar) => Scalar>> = {
  string: toText,
  long: toLong,
  int: (value) => {
    const whole = toLong(value);
    return call("toInt", "int", whole);
  },
  real: toReal,
  decimal: toReal,
  bool: toBool,
  datetime: toTime,
  timespan: toSpan,
  dynamic: toDynamic,
  guid: (value) => call("textGuid", "guid", toText(value)),
};

/** Converts as the function named after the type does. */
export function convert(value: Scalar, type: ScalarType): Scalar {
  if (value.type === type) return value;
  if (value.kind === "literal" && value.value === null) return nothing(type);
  return converters[type](value);
}
