import type { ScalarType } from "@picket/kit";
import { convert, toLong, toText } from "../bind/convert.js";
import { call, long, type Scalar, text, textOf } from "../plan/scalar.js";
import { argument, type Family, type FunctionBinder, ofTexts } from "./given.js";

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

/** `extract_all(pattern, text)`; of several groups it would be arrays of arrays. */
const extractAll: FunctionBinder = (given) => {
  const pattern = textOf(argument(given, 0));
  if (given.args.length > 2 || pattern === undefined || groupsOf(pattern) > 1)
    throw given.scope.session.notSupported(given.node, "extract_all() with several groups");
  return call("extractAll", "dynamic", toText(argument(given, 1)), text(pattern), long(groupsOf(pattern)));
};

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

const repeated: FunctionBinder = (given) => {
  const parts = [toText(argument(given, 0)), toLong(argument(given, 1))] as const;
  if (!given.args[2]) return call("repeat", "string", ...parts);
  throw given.scope.session.notSupported(given.node, "strrep() with a delimiter");
};

const hashed: FunctionBinder = (given) => {
  const number = call("hash64", "long", toText(argument(given, 0)));
  const modulo = given.args[1];
  return modulo ? call("modulo", "long", number, toLong(modulo)) : number;
};

const joined: FunctionBinder = ({ args }) => call("concat", "string", ...args.map(toText));

/** Functions of texts. */
export const textFunctions: Family = {
  strcat: joined,
  strcat_delim: ofTexts("concatWith"),
  tolower: ofTexts("lower"),
  toupper: ofTexts("upper"),
  strlen: ofTexts("length", "long"),
  string_size: ofTexts("byteLength", "long"),
  reverse: ofTexts("reverse"),
  substring,
  indexof: (given) => {
    if (given.args.length > 2) throw given.scope.session.notSupported(given.node, "indexof() from a place");
    return ofTexts("indexOf", "long")(given);
  },
  replace_string: ofTexts("replaceText"),
  replace_regex: ofTexts("replacePattern"),
  replace: textLast(ofTexts("replacePattern")),
  trim: textLast(ofTexts("trimPattern")),
  trim_start: textLast(ofTexts("trimStart")),
  trim_end: textLast(ofTexts("trimEnd")),
  translate: textLast(ofTexts("translate")),
  extract,
  extract_all: extractAll,
  extractall: extractAll,
  split,
  countof: countOf,
  strrep: repeated,
  repeat: repeated,
  base64_encode_tostring: ofTexts("base64Encode"),
  base64_encodestring: ofTexts("base64Encode"),
  base64_decode_tostring: ofTexts("base64Decode"),
  base64_decodestring: ofTexts("base64Decode"),
  url_encode: ofTexts("urlEncode"),
  url_encode_component: ofTexts("urlEncode"),
  url_decode: ofTexts("urlDecode"),
  hash: hashed,
  hash_md5: ofTexts("md5"),
  hash_sha1: ofTexts("sha1"),
  hash_sha256: ofTexts("sha256"),
  new_guid: () => call("newGuid", "guid"),
  regex_quote: (given) => {
    const known = textOf(argument(given, 0));
    if (known === undefined) throw given.scope.session.notSupported(given.node, "regex_quote() of a column");
    return text(known.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  },
  has_any_index: (given): Scalar => {
    throw given.scope.session.notSupported(given.node, "the function has_any_index()");
  },
};
