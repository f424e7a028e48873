/** One value of one series at one time. */
export interface Point {
  readonly at: string;
  readonly series: string;
  readonly value: number;
}

/** Series over shared times, as the chart library wants them. */
export interface Columns {
  readonly names: readonly string[];
  /** Seconds. */
  readonly times: readonly number[];
  /** One line of values for each name. */
  readonly lines: readonly (readonly (number | null)[])[];
}

const MOST_SERIES = 9;
const OTHER = "Other";
const HOUR = 3_600;

/** Points as columns, largest series first; the small ones beyond nine become one. */
export function columnsOf(points: readonly Point[]): Columns {
  const sizes = new Map<string, number>();
  for (const { series, value } of points) sizes.set(series, (sizes.get(series) ?? 0) + Math.abs(value));
  const ranked = [...sizes]
    .sort(([a, one], [b, other]) => other - one || a.localeCompare(b))
    .map(([name]) => name);
  const kept = ranked.length > MOST_SERIES + 1 ? ranked.slice(0, MOST_SERIES) : ranked;
  const names = kept.length < ranked.length ? [...kept, OTHER] : kept;
  const times = [...new Set(points.map(({ at }) => Date.parse(at) / 1000))]
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const places = new Map(times.map((time, index) => [time, index]));
  const rows = new Map(names.map((name, index) => [name, index]));
  const lines = names.map(() => times.map((): number | null => null));
  for (const { at, series, value } of points) {
    const index = places.get(Date.parse(at) / 1000);
    const line = lines[rows.get(series) ?? rows.get(OTHER) ?? -1];
    if (line && index !== undefined) line[index] = (line[index] ?? 0) + value;
  }
  return { names, times, lines };
}

/** Each line on top of the ones before it; the last one is the sum. */
export function stacked(lines: Columns["lines"]): number[][] {
  const sums: number[] = [];
  return lines.map((line) =>
    line.map((value, index) => {
      sums[index] = (sums[index] ?? 0) + (value ?? 0);
      return sums[index];
    }),
  );
}

/** Every hour of a span, so that an hour without events is a gap that can be seen. */
export function everyHour({ names, times, lines }: Columns, from: number, to: number): Columns {
  const start = Math.floor(from / HOUR) * HOUR;
  const hours = Array.from(
    { length: Math.floor((to - start) / HOUR) + 1 },
    (_, index) => start + index * HOUR,
  );
  const places = new Map(times.map((time, index) => [time, index]));
  const filled = lines.map((line) =>
    hours.map((hour) => {
      const place = places.get(hour);
      return place === undefined ? 0 : (line[place] ?? 0);
    }),
  );
  return { names, times: hours, lines: filled };
}

/** The sum of each series, for legends and tables. */
export const totalsOf = ({ lines }: Columns): number[] =>
  lines.map((line) => line.reduce<number>((sum, value) => sum + (value ?? 0), 0));

/** One slice of a whole. */
export interface Slice {
  readonly name: string;
  readonly value: number;
  readonly from: number;
  readonly to: number;
}

/** Parts of a whole as turns from 0 to 1, largest first; the small ones beyond nine become one. */
export function slicesOf(parts: readonly { readonly name: string; readonly value: number }[]): Slice[] {
  const ranked = parts.filter(({ value }) => value > 0).sort((a, b) => b.value - a.value);
  const rest = ranked.slice(MOST_SERIES).reduce((sum, { value }) => sum + value, 0);
  const shown = [...ranked.slice(0, MOST_SERIES), ...(rest > 0 ? [{ name: OTHER, value: rest }] : [])];
  const whole = shown.reduce((sum, { value }) => sum + value, 0);
  let turn = 0;
  return shown.map(({ name, value }) => {
    const from = turn;
    turn += value / whole;
    return { name, value, from, to: turn };
  });
}
