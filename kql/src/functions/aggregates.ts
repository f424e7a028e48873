import { convert, isNumber, toBool, toDynamic, toLong, toReal, toText } from "../bind/convert.js";
import type { Scope } from "../bind/scope.js";
import { nameOf, type SyntaxNode } from "../kusto/tree.js";
import type { Operation } from "../plan/operations.js";
import { aggregate, call, literal, long, member, type Scalar, type SortKey, text } from "../plan/scalar.js";
import { containsWindow } from "../plan/walk.js";
import { outsideCall } from "./outside.js";

/** What an aggregate is made of, beside its arguments. */
interface More {
  readonly filter?: Scalar;
  readonly order: readonly SortKey[];
}

type Make = (args: readonly Scalar[], more: More) => Scalar;

const MAX_ITEMS = 1_048_576;
const plain = ({ filter }: More): { filter?: Scalar } => (filter ? { filter } : {});

const isReal = (value: Scalar): boolean => value.type === "real" || value.type === "decimal";
const number = (value: Scalar): Scalar => (isNumber(value.type) ? value : toReal(value));
/** A value that can be summed and averaged. */
const amount = (value: Scalar): Scalar => (value.type === "timespan" ? value : number(value));

const sum: Make = ([value], more) => {
  const of = amount(value!);
  return isReal(of)
    ? call("coalesce", "real", aggregate("sumReal", "real", [of], plain(more)), literal("real", 0))
    : call(
        "coalesce",
        of.type === "timespan" ? "timespan" : "long",
        aggregate("sumWhole", "long", [of], plain(more)),
        long(0),
      );
};

const average: Make = ([value], more) => {
  const of = amount(value!);
  const found = aggregate("average", "real", [of], plain(more));
  if (of.type === "timespan") return call("realWhole", "timespan", found);
  return call("coalesce", "real", found, literal("real", Number.NaN));
};

const extreme =
  (op: "minimum" | "maximum"): Make =>
  ([value], more) => {
    const of = value!;
    if (of.type === "dynamic")
      return call(
        "coalesce",
        "dynamic",
        toDynamic(aggregate(op, "real", [toReal(of)], plain(more))),
        toDynamic(aggregate(op, "string", [toText(of)], plain(more))),
      );
    const found = aggregate(op, of.type, [of], plain(more));
    return of.type === "string" ? call("coalesce", "string", found, text("")) : found;
  };

/** Any value; one that is not empty when there is one. */
export function anyOf(value: Scalar, more: { readonly filter?: Scalar } = {}): Scalar {
  if (value.type !== "string") return aggregate("anyValue", value.type, [value], more);
  const found = aggregate("anyValue", "string", [call("nullIfEmpty", "string", value)], more);
  return call("coalesce", "string", found, text(""));
}

const countDistinct: Make = ([value], more) =>
  aggregate("countDistinct", "long", [value!.type === "dynamic" ? toText(value!) : value!], plain(more));

/** The filter that leaves out nulls too. */
function presentOnly(value: Scalar, { filter }: More): { filter?: Scalar } {
  if (value.type === "string") return filter ? { filter } : {};
  const present = call("isNotNull", "bool", value);
  return { filter: filter ? call("and", "bool", filter, present) : present };
}

const list =
  (isSet: boolean): Make =>
  ([value, limit], more) => {
    const of = value!;
    const size = limit ? toLong(limit) : long(MAX_ITEMS);
    const isJson = of.type === "dynamic";
    const op: Operation = isJson ? (isSet ? "itemSetOf" : "itemsOf") : isSet ? "setOf" : "listOf";
    const item = isJson ? call("listItem", "dynamic", of) : spelt(of);
    const order = isSet || more.order.length === 0 ? {} : { order: more.order };
    return aggregate(op, "dynamic", [item, size], { ...presentOnly(of, more), ...order });
  };

/** Times and spans are texts in JSON. */
const spelt = (value: Scalar): Scalar =>
  value.type === "datetime" || value.type === "timespan" ? toText(value) : value;

/** `make_list_with_nulls`. */
const listWithNulls: Make = ([value, limit], more) => {
  const order = more.order.length === 0 ? {} : { order: more.order };
  const size = limit ? toLong(limit) : long(MAX_ITEMS);
  return aggregate("listWithNulls", "dynamic", [spelt(value!), size], { ...plain(more), ...order });
};

/** The values and weights of a group go out as lists: engines know no weighted percentile. */
export function weightedPercentile(value: Scalar, weight: Scalar, percents: readonly Scalar[]): Scalar {
  const all = (of: Scalar): Scalar => aggregate("listWithNulls", "dynamic", [of, long(MAX_ITEMS)]);
  const list = call("jsonArray", "dynamic", ...percents.map(toDynamic));
  return outsideCall("weighted_percentiles", "dynamic", [all(toReal(value)), all(toReal(weight)), list]);
}

const percentilesArray: Make = ([value, ...percents]) => {
  return call(
    "jsonArray",
    "dynamic",
    ...listed(percents).map((percent) => toDynamic(percentile(value!, percent))),
  );
};

/** Percentages one by one, or in one constant array. */
const listed = (percents: readonly Scalar[]): readonly Scalar[] =>
  percents.flatMap((each) =>
    each.kind === "literal" && each.type === "dynamic" ? numbersIn(each.value) : [each],
  );

const numbersIn = (json: unknown): Scalar[] => {
  const items: unknown = JSON.parse(String(json ?? "[]"));
  return (Array.isArray(items) ? items : []).map((each) => literal("real", Number(each)));
};

const merged: Make = ([value], more) =>
  aggregate("mergeOf", "dynamic", [toDynamic(value!)], presentOnly(value!, more));

const spread =
  (op: Operation): Make =>
  ([value], more) =>
    call("coalesce", "real", aggregate(op, "real", [toReal(value!)], plain(more)), literal("real", 0));

const pair =
  (op: Operation): Make =>
  ([one, other], more) =>
    aggregate(op, "real", [toReal(one!), toReal(other!)], plain(more));

const bits =
  (op: Operation): Make =>
  ([value], more) =>
    aggregate(op, "long", [toLong(value!)], plain(more));

/** The value at a percentage of the rows. */
export function percentile(value: Scalar, percent: Scalar): Scalar {
  const of = value.type === "dynamic" || value.type === "string" ? toReal(value) : value;
  const share = call("divideReal", "real", toReal(percent), literal("real", 100));
  return aggregate("quantile", of.type, [of, folded(share, percent)]);
}

/** The engine wants the share to be a constant. */
const folded = (share: Scalar, percent: Scalar): Scalar =>
  percent.kind === "literal" && percent.value !== null
    ? literal("real", Math.min(Math.max(Number(percent.value) / 100, 0), 1))
    : share;

const makers: Readonly<Record<string, Make>> = {
  count: (_, more) => aggregate("count", "long", [], plain(more)),
  dcount: countDistinct,
  count_distinct: countDistinct,
  sum,
  avg: average,
  min: extreme("minimum"),
  max: extreme("maximum"),
  take_any: ([value], more) => anyOf(value!, plain(more)),
  any: ([value], more) => anyOf(value!, plain(more)),
  make_set: list(true),
  makeset: list(true),
  make_list: list(false),
  makelist: list(false),
  make_list_with_nulls: listWithNulls,
  percentiles_array: percentilesArray,
  percentilew: ([value, weight, percent]) =>
    convert(member(weightedPercentile(value!, weight!, [percent!]), 0), value!.type),
  percentilesw_array: ([value, weight, ...percents]) => weightedPercentile(value!, weight!, listed(percents)),
  hll: (args, more) => list(true)([toText(args[0]!)], more),
  hll_merge: (args, more) => list(true)([toDynamic(args[0]!)], more),
  tdigest: (args, more) => list(false)([toReal(args[0]!)], { ...more, order: [] }),
  tdigest_merge: (args, more) => list(false)([toDynamic(args[0]!)], { ...more, order: [] }),
  merge_tdigest: (args, more) => list(false)([toDynamic(args[0]!)], { ...more, order: [] }),
  make_bag: merged,
  make_dictionary: merged,
  stdev: spread("deviation"),
  stdevp: spread("deviationAll"),
  variance: spread("variance"),
  variancep: spread("varianceAll"),
  covariance: pair("covariance"),
  covariancep: pair("covarianceAll"),
  percentile: ([value, percent]) => percentile(value!, percent!),
  binary_all_and: bits("allBitsAnd"),
  binary_all_or: bits("allBitsOr"),
  binary_all_xor: bits("allBitsXor"),
};

/** Aggregates that take a test as their last argument but one, or as their last. */
const tested: Readonly<Record<string, string>> = {
  countif: "count",
  dcountif: "dcount",
  count_distinctif: "count_distinct",
  sumif: "sum",
  avgif: "avg",
  minif: "min",
  maxif: "max",
  take_anyif: "take_any",
  anyif: "any",
  hll_if: "hll",
  make_set_if: "make_set",
  make_list_if: "make_list",
  make_bag_if: "make_bag",
  stdevif: "stdev",
  varianceif: "variance",
};

/** Names of every aggregate we have. */
export const aggregateNames: readonly string[] = [
  ...Object.keys(makers),
  ...Object.keys(tested),
  "arg_max",
  "arg_min",
  "argmax",
  "argmin",
  "percentiles",
  "percentilesw",
];

/** Compiles the call of an aggregate; undefined when it is none. */
export function aggregateCall(node: SyntaxNode, scope: Scope): Scalar | undefined {
  const name = nameOf(node.need("Name"));
  const base = Object.hasOwn(tested, name) ? tested[name] : undefined;
  const make = Object.hasOwn(makers, base ?? name) ? makers[base ?? name] : undefined;
  if (!make) return undefined;
  const { aggregates: _, ...below } = scope;
  const args = node
    .need("ArgumentList")
    .list("Expressions")
    .map((each) => scope.session.bindScalar(each, below));
  if (args.some(containsWindow))
    throw scope.session.notSupported(node, "an aggregate of a function that looks along the rows");
  const order = scope.rows?.serialized ? scope.rows.order : [];
  if (!base) return make(requireValue(args, node, scope), { order });
  const place = base === "count" ? 0 : 1;
  const filter = toBool(args[place] ?? text(""));
  return make(
    args.filter((_, at) => at !== place),
    { filter, order },
  );
}

function requireValue(args: readonly Scalar[], node: SyntaxNode, scope: Scope): readonly Scalar[] {
  const name = nameOf(node.need("Name"));
  if (args.length === 0 && name !== "count") throw scope.session.wrong(node, `${name}() needs a value.`);
  return args;
}
