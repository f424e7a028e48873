import type { ScalarType } from "@picket/kit";
import { convert, toDynamic, toLong, toText } from "../bind/convert.js";
import { refOf } from "../bind/scope.js";
import { textTest } from "../bind/terms.js";
import { bool, call, literal, long, type Scalar, text, textOf } from "../plan/scalar.js";
import { argument, type Family, type FunctionBinder, type Given, ofTexts } from "./given.js";
import { outsideCall } from "./outside.js";

const WHOLE_TEXT = 2_147_483_647;

const substring: FunctionBinder = (given) =>
  call(
    "substring",
    "string",
    toText(argument(given, 0)),
    toLong(argument(given, 1)),
    given.args[2] ? toLong(given.args[2]) : long(WHOLE_TEXT),
  );

/** `extract(pattern, group, text, type)`. */
const extract: FunctionBinder = (given) => {
  const found = call(
    "extractGroup",
    "string",
    toText(argument(given, 0 + 2)),
    toText(argument(given, 0)),
    call("toInt", "int", toLong(argument(given, 1))),
  );
  const type = textOf(given.args[3]);
  return type ? convert(found, type as ScalarType) : found;
};

/** Groups that a pattern has. */
const groupsOf = (pattern: string): number =>
  (pattern.replace(/\\./g, "").match(/\((?!\?)|\(\?P?</g) ?? []).length;

/** `extract_all(pattern, groups, text)`: the group of each match, or arrays of several. */
const extractAll: FunctionBinder = (given) => {
  const pattern = textOf(argument(given, 0));
  if (pattern === undefined)
    throw given.scope.session.notSupported(given.node, `${given.name}() with a pattern that is not constant`);
  const source = toText(argument(given, given.args.length > 2 ? 2 : 1));
  const all = Array.from({ length: groupsOf(pattern) }, (_, place) => place + 1);
  const groups = given.args.length > 2 ? chosenGroups(given, pattern) : all;
  if (groups.length === 0)
    throw given.scope.session.wrong(
      given.node,
      `${given.name}() needs a pattern with a group in parentheses.`,
    );
  const parts = groups.map((group) => literal("int", BigInt(group)));
  return parts.length === 1 && all.length === 1
    ? call("extractAll", "dynamic", source, text(pattern), parts[0]!)
    : call("extractGroups", "dynamic", source, text(pattern), ...parts);
};

function chosenGroups(given: Given, pattern: string): number[] {
  const list = given.args[1];
  const items: unknown = list?.kind === "literal" ? JSON.parse(String(list.value)) : undefined;
  if (!Array.isArray(items))
    throw given.scope.session.notSupported(given.node, `${given.name}() with groups that are not constant`);
  const names = [...pattern.matchAll(/\((?:\?P?<(\w+)>|(?!\?))/g)].map(([, name]) => name);
  return items.map((item: unknown) => (typeof item === "string" ? names.indexOf(item) + 1 : Number(item)));
}

const split: FunctionBinder = (given) => {
  const [value, delimiter] = [toText(argument(given, 0)), toText(argument(given, 1))];
  const place = given.args[2];
  return place
    ? call("splitPart", "dynamic", value, delimiter, toLong(place))
    : call("split", "dynamic", value, delimiter);
};

/** Moves the last argument to the front: old functions take the text last. */
const textLast =
  (bind: FunctionBinder): FunctionBinder =>
  (given) =>
    bind({ ...given, args: [...given.args.slice(-1), ...given.args.slice(0, -1)] });

const countOf: FunctionBinder = (given) => {
  const kind = textOf(given.args[2]) ?? "normal";
  const [value, sought] = [toText(argument(given, 0)), toText(argument(given, 1))];
  return call(kind === "regex" ? "countMatches" : "countOf", "long", value, sought);
};

/** `strrep(text, times, delimiter)`. */
const repeated: FunctionBinder = (given) => {
  const [value, times] = [toText(argument(given, 0)), toLong(argument(given, 1))];
  if (!given.args[2]) return call("repeat", "string", value, times);
  return call("repeatWith", "string", value, times, toText(given.args[2]));
};

/** `repeat(value, times)`: an array. */
const repeatedItems: FunctionBinder = (given) =>
  call("jsonRepeat", "dynamic", toDynamic(argument(given, 0)), toLong(argument(given, 1)));

const compared: FunctionBinder = (given) =>
  call("compareText", "long", toText(argument(given, 0)), toText(argument(given, 1)));

/** Place of the first of several texts that is a term of another. */
const anyIndex: FunctionBinder = (given) => {
  const list = argument(given, 1);
  const items: unknown =
    list.kind === "literal" && list.type === "dynamic" ? JSON.parse(String(list.value)) : undefined;
  if (!Array.isArray(items))
    throw given.scope.session.notSupported(given.node, "has_any_index() with a list that is not constant");
  const source = toText(argument(given, 0));
  return {
    kind: "choice",
    type: "long",
    branches: items.map((item: unknown, place) => ({
      test: textTest("has")!(source, text(String(item))),
      value: long(place),
    })),
    otherwise: long(-1),
  };
};

/** Short lists of characters are spelt out: the last of the new ones stands for all that have none of their own. */
const translated: FunctionBinder = (given) => {
  const [from, to] = [textOf(argument(given, 0)), textOf(argument(given, 1))];
  const last = to?.at(-1);
  const padded =
    from !== undefined && to !== undefined && last !== undefined ? to.padEnd(from.length, last) : undefined;
  const put = padded === undefined ? toText(argument(given, 1)) : text(padded);
  return call("translate", "string", toText(argument(given, 2)), toText(argument(given, 0)), put);
};

const joined: FunctionBinder = ({ args }) => call("concat", "string", ...args.map(toText));

/** Functions of texts. */
export const textFunctions: Family = {
  strcat: joined,
  strcat_delim: ofTexts("concatWith"),
  tolower: ofTexts("lower"),
  toupper: ofTexts("upper"),
  strlen: ofTexts("length", "long"),
  estimate_data_size: ({ args, nodes, scope }) => {
    const all = nodes.some(({ kind }) => kind === "StarExpression")
      ? (scope.rows?.columns ?? []).map(refOf)
      : args;
    return all
      .map((each) => call("byteLength", "long", toText(each)))
      .reduce<Scalar>((one, other) => call("add", "long", one, other), long(0));
  },
  string_size: ofTexts("byteLength", "long"),
  reverse: ofTexts("reverse"),
  substring,
  indexof: (given) => {
    if (given.args.length > 2)
      return outsideCall("indexof", "long", [
        toText(argument(given, 0)),
        toText(argument(given, 1)),
        ...given.args.slice(2),
      ]);
    return ofTexts("indexOf", "long")(given);
  },
  replace_string: ofTexts("replaceText"),
  replace_regex: ofTexts("replacePattern"),
  replace: textLast(ofTexts("replacePattern")),
  trim: textLast(ofTexts("trimPattern")),
  trim_start: textLast(ofTexts("trimStart")),
  trim_end: textLast(ofTexts("trimEnd")),
  translate: translated,
  extract,
  extract_all: extractAll,
  extractall: extractAll,
  split,
  countof: countOf,
  strrep: repeated,
  repeat: repeatedItems,
  strcmp: compared,
  isutf8: () => bool(true),
  base64_encode_tostring: ofTexts("base64Encode"),
  base64_encodestring: ofTexts("base64Encode"),
  base64_decode_tostring: ofTexts("base64Decode"),
  base64_decodestring: ofTexts("base64Decode"),
  url_decode: ofTexts("urlDecode"),
  hash_md5: ofTexts("md5"),
  hash_sha1: ofTexts("sha1"),
  hash_sha256: ofTexts("sha256"),
  new_guid: () => call("newGuid", "guid"),
  regex_quote: (given) => {
    const known = textOf(argument(given, 0));
    if (known === undefined) return call("quotePattern", "string", toText(argument(given, 0)));
    return text(known.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  },
  has_any_index: anyIndex,
};
