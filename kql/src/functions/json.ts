import type { ScalarType } from "@picket/kit";
import { convert, toDynamic, toLong, toText } from "../bind/convert.js";
import { refOf } from "../bind/scope.js";
import type { Operation } from "../plan/operations.js";
import { call, literal, long, member, type Scalar, text, textOf } from "../plan/scalar.js";
import { argument, type Family, type FunctionBinder } from "./given.js";

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
  if (given.args.length > 0)
    throw given.scope.session.notSupported(given.node, "pack_all() that leaves out the empty");
  return packed({ ...given, args: columns.flatMap((each) => [text(each.name), refOf(each)]) });
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

const ranged: FunctionBinder = (given) => {
  const [from, to] = [argument(given, 0), argument(given, 1)];
  if ([from, to].some(({ type }) => type !== "long" && type !== "int"))
    throw given.scope.session.notSupported(given.node, "range() of anything but whole numbers");
  return call(
    "jsonRange",
    "dynamic",
    toLong(from),
    toLong(to),
    given.args[2] ? toLong(given.args[2]) : long(1),
  );
};

/** The parts of an address on the web, as the language names them. */
const url: FunctionBinder = (given) => {
  const source = toText(argument(given, 0));
  const part = (pattern: string): Scalar =>
    call("extractGroup", "string", source, text(pattern), literal("int", 1n));
  const HEAD = "^(?:[A-Za-z][A-Za-z0-9+.-]*://)?(?:[^@/?#]*@)?";
  return packed({
    ...given,
    args: [
      text("Scheme"),
      part("^([A-Za-z][A-Za-z0-9+.-]*)://"),
      text("Host"),
      part(`${HEAD}([^:/?#]*)`),
      text("Port"),
      part(`${HEAD}[^:/?#]*:([0-9]+)`),
      text("Path"),
      part(`${HEAD}[^/?#]*([^?#]*)`),
      text("Username"),
      part("^[A-Za-z][A-Za-z0-9+.-]*://([^:@/?#]*)(?::[^@/?#]*)?@"),
      text("Password"),
      part("^[A-Za-z][A-Za-z0-9+.-]*://[^:@/?#]*:([^@/?#]*)@"),
      text("Query Parameters"),
      literal("dynamic", "{}"),
      text("Fragment"),
      part("#(.*)$"),
    ],
  });
};

/** Functions of JSON values. */
export const jsonFunctions: Family = {
  parse_json: parsed,
  parsejson: parsed,
  todynamic: parsed,
  toobject: parsed,
  extractjson: extracted,
  extract_json: extracted,
  dynamic_to_json: (given) => toText(toDynamic(argument(given, 0))),
  array_length: ofJson("jsonLength", "long"),
  arraylength: ofJson("jsonLength", "long"),
  array_concat: ofJson("jsonConcat"),
  array_slice: sliced,
  array_reverse: ofJson("jsonReverse"),
  array_sort_asc: ofJson("jsonSortUp"),
  array_sort_desc: ofJson("jsonSortDown"),
  array_sum: ofJson("jsonSum", "real"),
  array_index_of: ofJson("jsonIndexOf", "long"),
  strcat_array: joined,
  array_strcat: joined,
  bag_keys: ofJson("jsonKeys"),
  bag_has_key: (given) =>
    call("jsonHasKey", "bool", toDynamic(argument(given, 0)), toText(argument(given, 1))),
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
  parse_url: url,
};
