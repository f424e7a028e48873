import type { HostValue } from "./values.js";

/** A combination of values: some columns say one, the others any. */
interface Pattern {
  readonly cells: readonly (HostValue | undefined)[];
  readonly count: number;
}

/** What a search for patterns is told. */
export interface PatternOptions {
  /** The smallest share of the rows, for baskets. */
  readonly share: number;
  /** How much the size counts against the number of columns, for clusters. */
  readonly weight: number;
  /** How many columns a pattern may say. */
  readonly most: number;
  /** Places that may be part of a pattern. */
  readonly places: readonly number[];
  /** What stands for any value, by place. */
  readonly wildcards: readonly HostValue[];
}

type Row = readonly HostValue[];
/** Rows come grouped: the last cell says how many they stand for. */
const countOf = (row: Row): number => Number(row.at(-1));

const MAX_PATTERNS = 20_000;

/** Every combination of values that at least so many rows have, a column more at each round. */
function frequent(rows: readonly Row[], least: number, { places, most }: PatternOptions): Pattern[] {
  const found: Pattern[] = [];
  let round: Pattern[] = [{ cells: [], count: 0 }];
  for (let size = 1; size <= Math.min(most, places.length) && round.length > 0; size += 1) {
    const next = new Map<string, Pattern>();
    for (const pattern of round)
      for (const wider of widened(rows, pattern, places, least)) next.set(keyOf(wider), wider);
    round = [...next.values()];
    found.push(...round);
    if (found.length > MAX_PATTERNS) break;
  }
  return found;
}

const keyOf = ({ cells }: Pattern): string =>
  JSON.stringify(cells, (_, each) => (typeof each === "bigint" ? String(each) : each));

const has = (row: Row, { cells }: Pattern): boolean =>
  cells.every((cell, place) => cell === undefined || row[place] === cell);

function widened(
  rows: readonly Row[],
  pattern: Pattern,
  places: readonly number[],
  least: number,
): Pattern[] {
  const last = pattern.cells.length - 1;
  const made: Pattern[] = [];
  const matching = rows.filter((row) => has(row, pattern));
  for (const place of places) {
    if (place <= last) continue;
    const counts = new Map<HostValue, number>();
    for (const row of matching) {
      const value = row[place];
      if (value === null || value === "") continue;
      counts.set(value, (counts.get(value) ?? 0) + countOf(row));
    }
    for (const [value, count] of counts) {
      if (count < least) continue;
      const cells = Array.from({ length: place + 1 }, (_, at) => (at === place ? value : pattern.cells[at]));
      made.push({ cells, count });
    }
  }
  return made;
}

const total = (rows: readonly Row[]): number => rows.reduce((sum, row) => sum + countOf(row), 0);

function shown(
  patterns: readonly Pattern[],
  rows: readonly Row[],
  { wildcards }: PatternOptions,
): HostValue[][] {
  const all = total(rows);
  return patterns.map(({ cells, count }, place) => [
    place,
    count,
    (100 * count) / all,
    ...wildcards.map((wildcard, at) => cells[at] ?? wildcard),
  ]);
}

/** `basket`: every pattern that is frequent enough, the largest first. */
export function basket(rows: readonly Row[], options: unknown): HostValue[][] {
  const given = options as PatternOptions;
  const found = frequent(rows, Math.max(given.share * total(rows), 1), given);
  return shown(
    found.toSorted((one, other) => other.count - one.count || sizeOf(other) - sizeOf(one)),
    rows,
    given,
  );
}

const sizeOf = ({ cells }: Pattern): number => cells.filter((cell) => cell !== undefined).length;

/** `autocluster`: few patterns that together stand for much, weighed by rows and by columns they say. */
export function clusters(rows: readonly Row[], options: unknown): HostValue[][] {
  const given = options as PatternOptions;
  const all = total(rows);
  const candidates = frequent(rows, Math.max(0.05 * all, 1), given);
  const score = (pattern: Pattern, count: number): number =>
    (count / all) ** given.weight *
    (sizeOf(pattern) / Math.max(given.places.length, 1)) ** (1 - given.weight);
  const chosen: Pattern[] = [];
  let left = rows;
  while (chosen.length < 10 && left.length > 0) {
    let best: { pattern: Pattern; score: number } | undefined;
    for (const pattern of candidates) {
      const fresh = total(left.filter((row) => has(row, pattern)));
      const worth = score(pattern, fresh);
      if (fresh >= 0.05 * all && worth > (best?.score ?? 0)) best = { pattern, score: worth };
    }
    if (!best) break;
    chosen.push(best.pattern);
    const { pattern } = best;
    left = left.filter((row) => !has(row, pattern));
  }
  return shown(chosen, rows, given);
}
