import type { Numbers } from "./series-numbers.js";

/** A line through points, and how well it fits. */
interface Line {
  readonly slope: number;
  readonly interception: number;
  readonly rsquare: number;
  readonly variance: number;
  readonly rvariance: number;
  readonly fit: readonly number[];
}

/** The line with the least squares through the points of a series; gaps do not count. */
export function lineThrough(series: Numbers, from = 0, to = series.length): Line {
  const places = Array.from({ length: to - from }, (_, at) => from + at).filter(
    (place) => series[place] !== null,
  );
  const count = places.length;
  const [meanX, meanY] = [average(places), average(places.map((place) => series[place]!))];
  const xx = places.reduce((sum, place) => sum + (place - meanX) ** 2, 0);
  const xy = places.reduce((sum, place) => sum + (place - meanX) * (series[place]! - meanY), 0);
  const slope = xx === 0 ? 0 : xy / xx;
  const interception = meanY - slope * meanX;
  const total = places.reduce((sum, place) => sum + (series[place]! - meanY) ** 2, 0);
  const rest = places.reduce((sum, place) => sum + (series[place]! - slope * place - interception) ** 2, 0);
  return {
    slope,
    interception,
    rsquare: total === 0 ? 1 : 1 - rest / total,
    variance: count > 1 ? total / (count - 1) : 0,
    rvariance: count > 1 ? rest / (count - 1) : 0,
    fit: Array.from({ length: to - from }, (_, at) => interception + slope * (from + at)),
  };
}

const average = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((one, other) => one + other, 0) / values.length;

/** What `series_fit_line` answers. */
export function fitLine(series: Numbers | undefined): unknown[] | null {
  if (!series || series.length === 0) return null;
  const { rsquare, slope, variance, rvariance, interception, fit } = lineThrough(series);
  return [rsquare, slope, variance, rvariance, interception, fit];
}

/** What `series_fit_2lines` answers: two lines that meet where they fit best. */
export function fitTwoLines(series: Numbers | undefined): unknown[] | null {
  if (!series || series.length < 4) return null;
  const whole = lineThrough(series);
  let best: { at: number; left: Line; right: Line; rest: number } | undefined;
  for (let at = 2; at <= series.length - 2; at += 1) {
    const [left, right] = [lineThrough(series, 0, at), lineThrough(series, at)];
    const rest = left.rvariance * Math.max(at - 1, 0) + right.rvariance * Math.max(series.length - at - 1, 0);
    if (!best || rest < best.rest) best = { at, left, right, rest };
  }
  const { at, left, right, rest } = best!;
  const total = whole.variance * (series.length - 1);
  const side = (line: Line): unknown[] => [
    line.rsquare,
    line.slope,
    line.interception,
    line.variance,
    line.rvariance,
  ];
  return [
    total === 0 ? 1 : 1 - rest / total,
    at,
    whole.variance,
    rest / (series.length - 1),
    [...left.fit, ...right.fit],
    ...side(right),
    ...side(left),
  ];
}
