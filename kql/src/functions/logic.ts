import type { ScalarType } from "@picket/kit";
import { convert, isNumber, toBool, toText } from "../bind/convert.js";
import { columnOf } from "../bind/scope.js";
import { bool, call, type Scalar, text } from "../plan/scalar.js";
import { argument, type Family, type FunctionBinder } from "./given.js";

/** The type that can hold several. */
function commonType(values: readonly Scalar[]): ScalarType {
  const types = [
    ...new Set(
      values.filter((each) => !(each.kind === "literal" && each.value === null)).map(({ type }) => type),
    ),
  ];
  const [first = values[0]?.type ?? "string"] = types;
  if (types.length <= 1) return first;
  if (types.every(isNumber))
    return types.some((type) => type === "real" || type === "decimal") ? "real" : "long";
  return "dynamic";
}

/** `case(test, value, …, otherwise)`; a test that is null does not hold. */
const cases: FunctionBinder = ({ args }) => {
  const pairs = Math.floor((args.length - 1) / 2);
  const values = [...Array.from({ length: pairs }, (_, at) => args[at * 2 + 1]!), args.at(-1)!];
  const type = commonType(values);
  return {
    kind: "choice",
    type,
    branches: Array.from({ length: pairs }, (_, at) => ({
      test: toBool(args[at * 2]!),
      value: convert(values[at]!, type),
    })),
    otherwise: convert(args.at(-1)!, type),
  };
};

const coalesced: FunctionBinder = ({ args }) => {
  const type = commonType(args);
  if (type !== "string") return call("coalesce", type, ...args.map((each) => convert(each, type)));
  const given = args.map((each) => call("nullIfEmpty", "string", toText(each)));
  return call("coalesce", "string", ...given, text(""));
};

function isEmpty(value: Scalar): Scalar {
  if (value.type === "string" || value.type === "dynamic")
    return call("equal", "bool", toText(value), text(""));
  return call("isNull", "bool", value);
}

/** Texts are never null. */
const isNull = (value: Scalar): Scalar =>
  value.type === "string" ? bool(false) : call("isNull", "bool", value);

const not = (value: Scalar): Scalar => call("not", "bool", value);

const test =
  (make: (value: Scalar) => Scalar): FunctionBinder =>
  (given) =>
    make(argument(given, 0));

/** `column_ifexists(name, otherwise)` is decided when the query is bound. */
const columnIfExists: FunctionBinder = ({ nodes, scope, node }) => {
  const name = nodes[0] && scope.session.bindScalar(nodes[0], scope);
  const known = name?.kind === "literal" ? String(name.value) : undefined;
  if (known === undefined || !nodes[1])
    throw scope.session.wrong(node, "column_ifexists() needs a constant name and a value.");
  return columnOf(scope.rows, known) ?? scope.session.bindScalar(nodes[1], scope);
};

/** Functions of logic and emptiness. */
export const logicFunctions: Family = {
  iff: cases,
  iif: cases,
  case: cases,
  coalesce: coalesced,
  not: test((value) => not(toBool(value))),
  isempty: test(isEmpty),
  isnotempty: test((value) => not(isEmpty(value))),
  notempty: test((value) => not(isEmpty(value))),
  isnull: test(isNull),
  isnotnull: test((value) => not(isNull(value))),
  notnull: test((value) => not(isNull(value))),
  isascii: test((value) => call("matches", "bool", toText(value), text("^[\\x00-\\x7f]*$"))),
};

/** Functions that do not evaluate their arguments. */
export const lazyFunctions: Family = {
  column_ifexists: columnIfExists,
  columnifexists: columnIfExists,
};

/** Functions that convert to a type. */
export const conversionFunctions: Family = Object.fromEntries(
  (
    [
      ["tostring", "string"],
      ["toint", "int"],
      ["tolong", "long"],
      ["todouble", "real"],
      ["toreal", "real"],
      ["todecimal", "decimal"],
      ["tobool", "bool"],
      ["toboolean", "bool"],
      ["todatetime", "datetime"],
      ["totimespan", "timespan"],
      ["toguid", "guid"],
    ] as const
  ).map(([name, type]) => [name, (given) => convert(argument(given, 0), type)]) satisfies [
    string,
    FunctionBinder,
  ][],
);
