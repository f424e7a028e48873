import type { ScalarType } from "@picket/kit";
import { toDynamic, toLong, toReal, toText, toTime } from "../bind/convert.js";
import { hostFunctions } from "../host/all.js";
import { constantOf, literalOfValue } from "../host/values.js";
import type { HostCall, Literal, Scalar } from "../plan/scalar.js";
import type { Family, FunctionBinder } from "./given.js";

type Convert = (value: Scalar) => Scalar;
const asIs: Convert = (value) => value;
const [text, json, whole, real, time] = [toText, toDynamic, toLong, toReal, toTime];
const span: Convert = (value) => value;

/** A call that is computed outside the engine; at once when its arguments are constant. */
export function outsideCall(name: string, type: ScalarType, args: readonly Scalar[]): Scalar {
  const constants = args.filter((each): each is Literal => each.kind === "literal");
  const call = hostFunctions[name];
  if (call && constants.length === args.length && name !== "geo_info_from_ip_address")
    return literalOfValue(call(constants.map(constantOf), {}), type);
  return Object.freeze<HostCall>({ kind: "host", name, type, args });
}

/** A function outside the engine: its type, what its arguments become, and what those beyond become. */
const outside =
  (type: ScalarType, converts: readonly Convert[], rest: Convert = asIs): FunctionBinder =>
  ({ name, args }) =>
    outsideCall(
      name,
      type,
      args.map((each, place) => (converts[place] ?? rest)(each)),
    );

const named = (names: string, type: ScalarType): Family =>
  Object.fromEntries(names.split(" ").map((name) => [`series_${name}`, outside(type, [json])]));

/** Functions of series that answer series, or several values. */
const SERIES =
  "add subtract multiply divide pow greater greater_equals less less_equals equals not_equals abs sign floor ceiling exp log sin cos tan asin acos atan fill_const fill_forward fill_backward fill_linear fir iir outliers stats stats_dynamic fit_line fit_line_dynamic fit_2lines periods_detect decompose decompose_anomalies decompose_forecast";
/** Functions of series that answer a number. */
const NUMBERS = "sum product magnitude dot_product cosine_similarity pearson_correlation";

/** Functions that are computed outside the engine. */
export const outsideFunctions: Family = {
  ...named(SERIES, "dynamic"),
  ...named(NUMBERS, "real"),
  indexof_regex: outside("long", [text, text]),
  replace_strings: outside("string", [text, json]),
  parse_csv: outside("dynamic", [text]),
  url_encode: outside("string", [text]),
  url_encode_component: outside("string", [text]),
  base64_decode_toarray: outside("dynamic", [text]),
  base64_encode_fromarray: outside("string", [json]),
  make_string: outside("string", []),
  unicode_codepoints_to_string: outside("string", []),
  unicode_codepoints_from_string: outside("dynamic", [text]),
  to_utf8: outside("dynamic", [text]),
  format_bytes: outside("string", [real, whole, text]),
  format_timespan: outside("string", [span, text]),
  array_rotate_left: outside("dynamic", [json, whole]),
  array_rotate_right: outside("dynamic", [json, whole]),
  array_shift_left: outside("dynamic", [json, whole, json]),
  array_shift_right: outside("dynamic", [json, whole, json]),
  array_split: outside("dynamic", [json]),
  array_iff: outside("dynamic", [json, json, json]),
  array_iif: ({ args }) => outsideCall("array_iff", "dynamic", args.map(json)),
  zip: outside("dynamic", [], json),
  treepath: outside("dynamic", [json]),
  set_equals: outside("bool", [json, json]),
  jaccard_index: outside("real", [json, json]),
  bag_set_key: outside("dynamic", [json, text, json]),
  bag_zip: outside("dynamic", [json, json]),
  ipv6_compare: outside("long", [text, text, whole]),
  ipv6_is_match: outside("bool", [text, text, whole]),
  ipv6_is_in_range: outside("bool", [text, text]),
  ipv6_is_in_any_range: outside("bool", [text]),
  parse_ipv6: outside("string", [text]),
  parse_ipv6_mask: outside("string", [text, whole]),
  ipv4_range_to_cidr_list: outside("dynamic", [text, text]),
  has_ipv4: outside("bool", [text], text),
  has_any_ipv4: outside("bool", [text]),
  has_ipv4_prefix: outside("bool", [text], text),
  has_any_ipv4_prefix: outside("bool", [text]),
  geo_info_from_ip_address: outside("dynamic", [text]),
  geo_distance_2points: outside("real", [], real),
  parse_url: outside("dynamic", [text]),
  parseurl: ({ args }) => outsideCall("parse_url", "dynamic", args.map(text)),
  parse_urlquery: outside("dynamic", [text]),
  parseurlquery: ({ args }) => outsideCall("parse_urlquery", "dynamic", args.map(text)),
  parse_path: outside("dynamic", [text]),
  parse_command_line: outside("dynamic", [text, text]),
  parse_user_agent: outside("dynamic", [text]),
  parse_xml: outside("dynamic", [text]),
  percentile_tdigest: outside("dynamic", [json, real]),
  percentiles_array_tdigest: outside("dynamic", [json]),
  rank_tdigest: outside("real", [json, real]),
  percentrank_tdigest: outside("real", [json, real]),
  hash: outside("long", []),
  hash_xxhash64: outside("long", []),
  format_datetime: outside("string", [time, text]),
};
