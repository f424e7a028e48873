import type { ScalarType } from "@picket/kit";
import { convert, toDynamic, toLong, toText } from "../bind/convert.js";
import { refOf } from "../bind/scope.js";
import type { Operation } from "../plan/operations.js";
import { call, literal, long, member, type Scalar, text, textOf } from "../plan/scalar.js";
import { argument, type Family, type FunctionBinder } from "./given.js";
import { outsideCall } from "./outside.js";

/** A text as JSON; a text that is no JSON is itself a JSON text. */
const parsed: FunctionBinder = (given) => {
  const value = argument(given, 0);
  if (value.type === "dynamic") return value;
  const known = value.kind === "literal" ? textOf(value) : undefined;
  if (known === undefined) return call("parseJson", "dynamic", toText(value));
  if (known === "") return literal("dynamic", null);
  try {
    const json: unknown = JSON.parse(known);
    return literal("dynamic", json === null ? null : JSON.stringify(json));
  } catch {
    return literal("dynamic", JSON.stringify(known));
  }
};

/** `extractjson("$.a.b[0]", text, typeof(…))`: a path into a text of JSON. */
const extracted: FunctionBinder = (given) => {
  const path = pathOf(textOf(argument(given, 0)) ?? "");
  if (!path)
    throw given.scope.session.notSupported(given.node, `${given.name}() with a path that is not $.a.b[0]`);
  const source = argument(given, 1);
  const found = path.reduce<Scalar>((base, key) => member(base, key), source);
  const type = textOf(given.args[2]);
  return type ? convert(found, type as ScalarType) : toText(found);
};

function pathOf(path: string): (string | number)[] | undefined {
  if (!/^\$(?:\.[^.[\]*?@"']+|\[\d+\]|\[(['"]).*?\1\])+$/.test(path)) return undefined;
  return [...path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\[(['"])(.*?)\3\]/g)].map(([, name, place, , quoted]) =>
    place === undefined ? (name ?? quoted ?? "") : Number(place),
  );
}

const ofJson =
  (op: Operation, type: ScalarType = "dynamic"): FunctionBinder =>
  ({ args }) =>
    call(op, type, ...args.map(toDynamic));

/** Names are texts, values are JSON. */
const packed: FunctionBinder = ({ args }) =>
  call("jsonObject", "dynamic", ...args.map((each, at) => (at % 2 === 0 ? toText(each) : toDynamic(each))));

const packedColumns: FunctionBinder = (given) => {
  const columns = given.scope.rows?.columns ?? [];
  const [ignores] = given.args;
  const whole = packed({ ...given, args: columns.flatMap((each) => [text(each.name), refOf(each)]) });
  if (ignores?.kind !== "literal" || ignores.value !== true) return whole;
  return outsideCall("bag_without_empty", "dynamic", [whole]);
};

const packedNamed: FunctionBinder = (given) =>
  packed({
    ...given,
    args: given.args.flatMap((each, at) => [text(given.nodes[at]?.text ?? ""), each]),
  });

const pairwise =
  (op: Operation): FunctionBinder =>
  (given) =>
    given.args
      .slice(1)
      .reduce((one, other) => call(op, "dynamic", toDynamic(one), toDynamic(other)), argument(given, 0));

const contains: FunctionBinder = (given) =>
  call("jsonContains", "bool", toDynamic(argument(given, 0)), toDynamic(argument(given, 1)));

/** An array, or one with optional parts that only we know. */
const indexOf: FunctionBinder = (given) =>
  given.args.length > 2
    ? outsideCall("array_index_of", "long", given.args.map(toDynamic))
    : call("jsonIndexOf", "long", ...given.args.map(toDynamic));

const sorted =
  (name: "array_sort_asc" | "array_sort_desc"): FunctionBinder =>
  (given) => {
    const [first] = given.args;
    if (given.args.slice(1).some(({ type }) => type === "bool"))
      throw given.scope.session.notSupported(given.node, `${name}() with a place for nulls`);
    const sortedOnes = outsideCall(name, "dynamic", given.args.map(toDynamic));
    return given.args.length > 1 || !first ? sortedOnes : member(sortedOnes, 0);
  };

const hasKey: FunctionBinder = (given) =>
  outsideCall("bag_has_key", "bool", [toDynamic(argument(given, 0)), toText(argument(given, 1))]);

const sliced: FunctionBinder = (given) =>
  call(
    "jsonSlice",
    "dynamic",
    toDynamic(argument(given, 0)),
    toLong(argument(given, 1)),
    toLong(argument(given, 2)),
  );

const joined: FunctionBinder = (given) =>
  call("jsonJoin", "string", toDynamic(argument(given, 0)), given.args[1] ? toText(given.args[1]) : text(""));

const isWhole = ({ type }: Scalar): boolean => type === "long" || type === "int";

const ranged: FunctionBinder = (given) => {
  const [from, to] = [argument(given, 0), argument(given, 1)];
  const step = given.args[2] ?? (from.type === "datetime" || from.type === "timespan" ? HOUR : long(1));
  if ([from, to, step].every(isWhole))
    return call("jsonRange", "dynamic", toLong(from), toLong(to), toLong(step));
  return outsideCall("range", "dynamic", [from, to, step]);
};

const HOUR = literal("timespan", 36_000_000_000n);

/** Functions of JSON values. */
export const jsonFunctions: Family = {
  parse_json: parsed,
  parsejson: parsed,
  todynamic: parsed,
  toobject: parsed,
  extractjson: extracted,
  extract_json: extracted,
  dynamic_to_json: (given) => toText(toDynamic(argument(given, 0))),
  dcount_hll: ofJson("jsonLength", "long"),
  array_length: ofJson("jsonLength", "long"),
  arraylength: ofJson("jsonLength", "long"),
  array_concat: ofJson("jsonConcat"),
  array_slice: sliced,
  array_reverse: ofJson("jsonReverse"),
  array_sort_asc: sorted("array_sort_asc"),
  array_sort_desc: sorted("array_sort_desc"),
  array_sum: ofJson("jsonSum", "real"),
  array_index_of: indexOf,
  strcat_array: joined,
  array_strcat: joined,
  bag_keys: ofJson("jsonKeys"),
  bag_has_key: hasKey,
  bag_merge: pairwise("jsonMerge"),
  bag_remove_keys: ofJson("jsonWithout"),
  bag_pack: packed,
  pack: packed,
  pack_dictionary: packed,
  pack_array: ofJson("jsonArray"),
  pack_all: packedColumns,
  bag_pack_columns: packedNamed,
  set_has_element: contains,
  set_union: ofJson("jsonUnion"),
  set_intersect: ofJson("jsonIntersect"),
  set_difference: pairwise("jsonDifference"),
  range: ranged,
  gettype: (given) => {
    const value = argument(given, 0);
    return value.type === "dynamic" ? call("jsonKind", "string", value) : text(value.type);
  },
};
