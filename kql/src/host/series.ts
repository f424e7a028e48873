import { arrayAt, flagAt, type HostFunctions, numberAt, textAt } from "./function.js";
import { decomposeAnomalies, decomposed, decomposeForecast } from "./series-decompose.js";
import { fitLine, fitTwoLines } from "./series-fit.js";
import { type Numbers, numbersAt, outliers, periods, statistics } from "./series-numbers.js";

/** A function of each point. */
const each =
  (make: (value: number) => number): HostFunctions[string] =>
  (args) =>
    numbersAt(args, 0)?.map((value) => (value === null ? null : make(value))) ?? null;

/** A function of the points of two series; a number stands for a series of it. */
const both =
  (make: (one: number, other: number) => unknown): HostFunctions[string] =>
  (args) => {
    const [left, right] = [pointsAt(args, 0), pointsAt(args, 1)];
    const length = Math.max(Array.isArray(left) ? left.length : 0, Array.isArray(right) ? right.length : 0);
    return Array.from({ length }, (_, place) => {
      const [one, other] = [left, right].map((side) => (Array.isArray(side) ? (side[place] ?? null) : side));
      return one === null || other === null || one === undefined || other === undefined
        ? null
        : make(one, other);
    });
  };

const pointsAt = (args: readonly unknown[], place: number): Numbers | number | null =>
  numbersAt(args, place) ?? numberAt(args, place) ?? null;

/** A function of all points together. */
const whole =
  (make: (values: readonly number[]) => number): HostFunctions[string] =>
  (args) => {
    const values = numbersAt(args, 0);
    return values ? make(values.filter((value) => value !== null)) : null;
  };

const sum = (values: readonly number[]): number => values.reduce((one, other) => one + other, 0);

function dot(args: readonly unknown[]): number | null {
  const [left, right] = [numbersAt(args, 0), numbersAt(args, 1)];
  return left && right ? sum(left.map((value, place) => (value ?? 0) * (right[place] ?? 0))) : null;
}

const magnitude = (values: Numbers): number => Math.sqrt(sum(values.map((value) => (value ?? 0) ** 2)));

function cosine(args: readonly unknown[]): number | null {
  const [left, right] = [numbersAt(args, 0), numbersAt(args, 1)];
  const product = dot(args);
  return left && right && product !== null ? product / (magnitude(left) * magnitude(right)) : null;
}

function correlation(args: readonly unknown[]): number | null {
  const [left, right] = [numbersAt(args, 0), numbersAt(args, 1)];
  if (!left || !right || left.length !== right.length) return null;
  const centred = (values: Numbers): number[] => {
    const mean = sum(values.map((value) => value ?? 0)) / values.length;
    return values.map((value) => (value ?? 0) - mean);
  };
  const [one, other] = [centred(left), centred(right)];
  return sum(one.map((value, place) => value * other[place]!)) / (magnitude(one) * magnitude(other));
}

const isMissing = (value: unknown, sign: unknown): boolean =>
  value === null || (sign !== null && sign !== undefined && value === sign);

/** Fills gaps with what stands before them, or behind them. */
function filled(items: readonly unknown[], sign: unknown): unknown[] {
  let last: unknown = null;
  return items.map((value) => {
    if (!isMissing(value, sign)) last = value;
    return isMissing(value, sign) ? (last ?? value) : value;
  });
}

const fill =
  (isBackward: boolean): HostFunctions[string] =>
  (args) => {
    const items = arrayAt(args, 0);
    if (!items) return null;
    return isBackward ? filled(items.toReversed(), args[1]).toReversed() : filled(items, args[1]);
  };

/** Fills gaps with points of the line between their neighbours; edges with the nearest one, when asked. */
function fillLinear(args: readonly unknown[]): unknown {
  const items = arrayAt(args, 0);
  if (!items) return null;
  const [sign, edges = true, fallback] = [
    args[1],
    args[2] === undefined ? true : flagAt(args, 2),
    numberAt(args, 3),
  ];
  const known = items.flatMap((value, place) => (isMissing(value, sign) ? [] : [place]));
  if (known.length === 0) return items.map(() => fallback ?? null);
  return items.map((value, place) => {
    if (!isMissing(value, sign)) return value;
    const after = known.find((each) => each > place);
    const before = known.findLast((each) => each < place);
    if (before === undefined || after === undefined)
      return edges ? items[before ?? after ?? 0] : (fallback ?? null);
    const [from, to] = [Number(items[before]), Number(items[after])];
    return from + ((to - from) * (place - before)) / (after - before);
  });
}

/** A filter of the last points: weights, normalised and centred unless it says otherwise. */
function fir(args: readonly unknown[]): unknown {
  const [values, weights] = [numbersAt(args, 0), numbersAt(args, 1)];
  if (!values || !weights) return null;
  const total = sum(weights.map((weight) => weight ?? 0));
  const normalize = args[2] === undefined || args[2] === null ? total !== 0 : flagAt(args, 2);
  const shift = flagAt(args, 3) ? Math.floor(weights.length / 2) : 0;
  return values.map((_, place) => {
    const at = sum(weights.map((weight, back) => (weight ?? 0) * (values[place + shift - back] ?? 0)));
    return normalize ? at / total : at;
  });
}

function iir(args: readonly unknown[]): unknown {
  const [values, forward, back] = [numbersAt(args, 0), numbersAt(args, 1), numbersAt(args, 2)];
  if (!values || !forward || !back?.[0]) return null;
  const out: number[] = [];
  for (const place of values.keys()) {
    const input = sum(forward.map((weight, at) => (weight ?? 0) * (values[place - at] ?? 0)));
    const memory = sum(back.slice(1).map((weight, at) => (weight ?? 0) * (out[place - at - 1] ?? 0)));
    out.push((input - memory) / back[0]);
  }
  return out;
}

const STATISTICS = ["min", "min_idx", "max", "max_idx", "avg", "stdev", "variance"];
const named = (names: readonly string[], values: readonly unknown[] | null): unknown =>
  values && Object.fromEntries(names.map((name, place) => [name, values[place]]));

/** The value below which a percentage of the numbers lies: the nearest rank. */
const ranked = (values: readonly number[], percent: number): number | null => {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(Math.ceil((sorted.length * percent) / 100), 1) - 1] ?? null;
};

const present = (series: Numbers | undefined): number[] => (series ?? []).filter((value) => value !== null);

/** Functions of series. */
export const seriesFunctions: HostFunctions = {
  series_add: both((one, other) => one + other),
  series_subtract: both((one, other) => one - other),
  series_multiply: both((one, other) => one * other),
  series_divide: both((one, other) => one / other),
  series_pow: both((one, other) => one ** other),
  series_greater: both((one, other) => one > other),
  series_greater_equals: both((one, other) => one >= other),
  series_less: both((one, other) => one < other),
  series_less_equals: both((one, other) => one <= other),
  series_equals: both((one, other) => one === other),
  series_not_equals: both((one, other) => one !== other),
  series_abs: each(Math.abs),
  series_sign: each(Math.sign),
  series_floor: each(Math.floor),
  series_ceiling: each(Math.ceil),
  series_exp: each(Math.exp),
  series_log: each(Math.log),
  series_sin: each(Math.sin),
  series_cos: each(Math.cos),
  series_tan: each(Math.tan),
  series_asin: each(Math.asin),
  series_acos: each(Math.acos),
  series_atan: each(Math.atan),
  series_sum: whole(sum),
  series_product: whole((values) => values.reduce((one, other) => one * other, 1)),
  series_magnitude: whole((values) => Math.sqrt(sum(values.map((value) => value ** 2)))),
  series_dot_product: dot,
  series_cosine_similarity: cosine,
  series_pearson_correlation: correlation,
  series_fill_const: (args) => {
    const items = arrayAt(args, 0);
    return items?.map((value) => (isMissing(value, args[2]) ? args[1] : value)) ?? null;
  },
  series_fill_forward: fill(false),
  series_fill_backward: fill(true),
  series_fill_linear: fillLinear,
  series_fir: fir,
  series_iir: iir,
  series_outliers: (args) => {
    const values = numbersAt(args, 0);
    if (!values) return null;
    const kind = textAt(args, 1) || "ctukey";
    return outliers(values, kind, [numberAt(args, 3) ?? 10, numberAt(args, 4) ?? 90], numberAt(args, 2));
  },
  series_stats: (args) => statistics(numbersAt(args, 0)),
  series_stats_dynamic: (args) => named(STATISTICS, statistics(numbersAt(args, 0))),
  series_fit_line: (args) => fitLine(numbersAt(args, 0)),
  series_fit_line_dynamic: (args) =>
    named(
      ["rsquare", "slope", "variance", "rvariance", "interception", "line_fit"],
      fitLine(numbersAt(args, 0)),
    ),
  series_fit_2lines: (args) => fitTwoLines(numbersAt(args, 0)),
  series_periods_detect: (args) => {
    const found = periods(numbersAt(args, 0) ?? [], numberAt(args, 1) ?? 1, numberAt(args, 2) ?? 1);
    const most = found.slice(0, numberAt(args, 3) ?? found.length);
    return [most.map(({ period }) => period), most.map(({ score }) => score)];
  },
  series_decompose: (args) => decomposed(args),
  series_decompose_anomalies: (args) => decomposeAnomalies(args),
  series_decompose_forecast: (args) => decomposeForecast(args),
  percentile_tdigest: (args) => ranked(present(numbersAt(args, 0)), numberAt(args, 1) ?? 50),
  percentiles_array_tdigest: (args) => {
    const values = present(numbersAt(args, 0));
    return args
      .slice(1)
      .flatMap((each) => (Array.isArray(each) ? each : [each]))
      .map((each) => ranked(values, Number(each)));
  },
  rank_tdigest: (args) =>
    present(numbersAt(args, 0)).filter((value) => value < (numberAt(args, 1) ?? 0)).length,
  percentrank_tdigest: (args) => {
    const values = present(numbersAt(args, 0));
    return values.length === 0
      ? null
      : (100 * values.filter((value) => value < (numberAt(args, 1) ?? 0)).length) / values.length;
  },
  weighted_percentiles: (args) => {
    const [values, weights, percents] = [numbersAt(args, 0), numbersAt(args, 1), numbersAt(args, 2)];
    if (!values || !weights || !percents) return null;
    const pairs = values
      .flatMap((value, place) => (value === null ? [] : [{ value, weight: weights[place] ?? 0 }]))
      .toSorted((one, other) => one.value - other.value);
    const all = sum(pairs.map(({ weight }) => weight));
    return percents.map((percent) => {
      let passed = 0;
      for (const { value, weight } of pairs) {
        passed += weight;
        if (passed >= (all * (percent ?? 0)) / 100) return value;
      }
      return pairs.at(-1)?.value ?? null;
    });
  },
};
