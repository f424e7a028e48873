import { numberAt, textAt } from "./function.js";
import { lineThrough } from "./series-fit.js";
import { type Numbers, numbersAt, outliers, periods } from "./series-numbers.js";

/** A series taken apart: what repeats, what drifts, and what is left. */
interface Parts {
  readonly baseline: readonly number[];
  readonly seasonal: readonly number[];
  readonly trend: readonly number[];
  readonly residual: readonly (number | null)[];
}

/** How a series is taken apart. */
interface Decompose {
  /** Points of a season; 0 for none, -1 to find it. */
  readonly seasonality: number;
  readonly trend: string;
  /** Points at the end that are not learnt from. */
  readonly testPoints: number;
  readonly threshold: number;
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) return 0;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** The trend over all points, from those that are learnt from. */
function trendOf(series: Numbers, kind: string, learnt: number): number[] {
  if (kind === "none") return series.map(() => 0);
  const known = series.slice(0, learnt).filter((value) => value !== null);
  if (kind === "linefit") {
    const { slope, interception } = lineThrough(series, 0, learnt);
    return series.map((_, place) => interception + slope * place);
  }
  const average = known.reduce((one, other) => one + other, 0) / Math.max(known.length, 1);
  return series.map(() => average);
}

/** What each point of the season adds: the median of all rounds, so that one wild round does not count. */
function seasonOf(rest: Numbers, season: number, learnt: number): number[] {
  if (season <= 1) return rest.map(() => 0);
  const phases = Array.from({ length: season }, (_, phase) =>
    median(
      rest.slice(0, learnt).filter((value, place) => value !== null && place % season === phase) as number[],
    ),
  );
  return rest.map((_, place) => phases[place % season]!);
}

/** Takes a series apart. */
export function partsOf(
  series: Numbers,
  { seasonality, trend: kind, testPoints, threshold }: Decompose,
): Parts {
  const learnt = Math.max(series.length - testPoints, 1);
  const trend = trendOf(series, kind, learnt);
  const rest = series.map((value, place) => (value === null ? null : value - trend[place]!));
  const [best] = seasonality === -1 ? periods(rest.slice(0, learnt), 2, Math.floor(learnt / 2)) : [];
  const season = seasonality === -1 ? (best && best.score >= threshold ? best.period : 0) : seasonality;
  const seasonal = seasonOf(rest, season, learnt);
  const baseline = trend.map((value, place) => value + seasonal[place]!);
  const residual = series.map((value, place) => (value === null ? null : value - baseline[place]!));
  return { baseline, seasonal, trend, residual };
}

const optionsOf = (args: readonly unknown[], first: number): Decompose => ({
  seasonality: numberAt(args, first) ?? -1,
  trend: (textAt(args, first + 1) || "avg").toLowerCase(),
  testPoints: numberAt(args, first + 2) ?? 0,
  threshold: 0.6,
});

/** What `series_decompose` answers. */
export function decomposed(args: readonly unknown[]): unknown {
  const series = numbersAt(args, 0);
  if (!series || series.length === 0) return null;
  const options = { ...optionsOf(args, 1), threshold: numberAt(args, 4) ?? 0.6 };
  const { baseline, seasonal, trend, residual } = partsOf(series, options);
  return [baseline, seasonal, trend, residual];
}

/** What `series_decompose_anomalies` answers: flags, scores and the baseline. */
export function decomposeAnomalies(args: readonly unknown[]): unknown {
  const series = numbersAt(args, 0);
  if (!series || series.length === 0) return null;
  const limit = numberAt(args, 1) ?? 1.5;
  const options = { ...optionsOf(args, 2), threshold: numberAt(args, 6) ?? 0.6 };
  const { baseline, residual } = partsOf(series, options);
  const scores = outliers(residual, textAt(args, 5) || "ctukey", [10, 90]);
  const flags = scores.map((score) => (score > limit ? 1 : score < -limit ? -1 : 0));
  return [flags, scores, baseline];
}

/** What `series_decompose_forecast` answers: the last points are foretold from those before. */
export function decomposeForecast(args: readonly unknown[]): unknown {
  const series = numbersAt(args, 0);
  if (!series || series.length === 0) return null;
  const options: Decompose = {
    testPoints: numberAt(args, 1) ?? 0,
    seasonality: numberAt(args, 2) ?? -1,
    trend: (textAt(args, 3) || "linefit").toLowerCase(),
    threshold: numberAt(args, 4) ?? 0.6,
  };
  const { baseline, seasonal, trend, residual } = partsOf(series, options);
  return [baseline, seasonal, trend, residual];
}
