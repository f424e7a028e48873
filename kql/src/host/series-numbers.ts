import { arrayAt } from "./function.js";

/** A series: numbers, and gaps. */
export type Numbers = readonly (number | null)[];

/** A series argument; what is no number is a gap. */
export function numbersAt(args: readonly unknown[], place: number): Numbers | undefined {
  return arrayAt(args, place)?.map((each) => {
    if (each === null || each === "" || typeof each === "boolean") return null;
    const number = Number(each);
    return Number.isNaN(number) ? null : number;
  });
}

const mean = (values: readonly number[]): number =>
  values.reduce((one, other) => one + other, 0) / values.length;

/** Minimum and its place, maximum and its place, average, deviation and variance of a sample. */
export function statistics(series: Numbers | undefined): (number | null)[] | null {
  if (!series) return null;
  const values = series.filter((value) => value !== null);
  if (values.length === 0) return [null, null, null, null, null, null, null];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const average = mean(values);
  const variance =
    values.length < 2
      ? 0
      : values.reduce((sum, value) => sum + (value - average) ** 2, 0) / (values.length - 1);
  return [low, series.indexOf(low), high, series.indexOf(high), average, Math.sqrt(variance), variance];
}

/** The value below which a share of the sorted values lies, between neighbours in proportion. */
export function percentileOf(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const [below, above] = [Math.floor(place), Math.ceil(place)];
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (place - below);
}

/** A normal distribution has this many quartile ranges between two percentiles. */
const QUARTILES = 1.348_979_5;

/** How many standard deviations of a normal distribution lie below a share. */
function normalQuantile(share: number): number {
  const t = Math.sqrt(-2 * Math.log(share < 0.5 ? share : 1 - share));
  const z =
    t -
    (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t ** 3);
  return share < 0.5 ? -z : z;
}

/**
 * How far each point lies outside the middle of the values, in quartile ranges: above 1.5 it stands out. For
 * other percentiles than the quartiles the range is scaled as for a normal distribution.
 */
export function outliers(
  series: Numbers,
  kind: string,
  [low, high]: readonly [number, number],
  ignored?: number,
): number[] {
  const isTukey = kind.toLowerCase() === "tukey";
  const [from, to] = isTukey ? [0.25, 0.75] : [low / 100, high / 100];
  const sorted = series
    .filter((value) => value !== null && value !== ignored)
    .toSorted((one, other) => Number(one) - Number(other)) as number[];
  if (sorted.length === 0) return series.map(() => 0);
  const [bottom, top] = [percentileOf(sorted, from), percentileOf(sorted, to)];
  const range = ((top - bottom) * QUARTILES) / (normalQuantile(to) - normalQuantile(from));
  return series.map((value) => {
    if (value === null || value === ignored) return 0;
    const outside = value > top ? value - top : value < bottom ? value - bottom : 0;
    if (outside === 0) return 0;
    return range === 0 ? Math.sign(outside) * 1e6 : outside / range;
  });
}

/** A length after which a series repeats, and how well it does: 1 is perfectly. */
export interface Period {
  readonly period: number;
  readonly score: number;
}

/** Lengths after which a series repeats, the best first: peaks of the correlation of the series with itself. */
export function periods(series: Numbers, least: number, most: number): Period[] {
  const average = mean(series.map((value) => value ?? 0));
  const values = series.map((value) => (value === null ? 0 : value - average));
  const power = values.reduce((sum, value) => sum + value * value, 0);
  if (power === 0) return [];
  const longest = Math.min(most, Math.floor(values.length / 2));
  const scores = Array.from({ length: longest + 2 }, (_, lag) =>
    lag === 0 ? 1 : correlationAt(values, lag, power),
  );
  const found: Period[] = [];
  for (let lag = Math.max(least, 2); lag <= longest; lag += 1) {
    const score = scores[lag]!;
    if (score > 0 && score >= scores[lag - 1]! && score >= scores[lag + 1]!)
      found.push({ period: lag, score });
  }
  return found.toSorted((one, other) => other.score - one.score || one.period - other.period);
}

/** Scaled up for the points that a shift leaves without partner. */
function correlationAt(values: readonly number[], lag: number, power: number): number {
  let sum = 0;
  for (let at = lag; at < values.length; at += 1) sum += values[at]! * values[at - lag]!;
  return (sum / power) * (values.length / (values.length - lag));
}
