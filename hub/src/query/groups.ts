import { hubErrors } from "../errors.js";
import { compiled, type Evaluate, ordered, type Row } from "./evaluate.js";
import { isAggregate } from "./parser.js";
import type { Query } from "./syntax.js";

/** Most groups or distinct rows a query may make. */
export const MOST_GROUPS = 10_000;

interface Tally {
  add(value: unknown): void;
  result(): unknown;
}

const tallies: Readonly<Record<string, () => Tally>> = {
  COUNT: () => {
    let count = 0;
    const add = (value: unknown): void => {
      if (value !== undefined) count += 1;
    };
    return { add, result: () => count };
  },
  SUM: () => {
    let sum: number | undefined;
    const add = (value: unknown): void => {
      if (typeof value === "number") sum = (sum ?? 0) + value;
    };
    return { add, result: () => sum };
  },
  AVG: () => {
    let [sum, count] = [0, 0];
    const add = (value: unknown): void => {
      if (typeof value !== "number") return;
      sum += value;
      count += 1;
    };
    return { add, result: () => (count === 0 ? undefined : sum / count) };
  },
  MIN: () => extreme((order) => order < 0),
  MAX: () => extreme((order) => order > 0),
};

/** The least or the greatest of numbers or texts. */
function extreme(isBetter: (order: number) => boolean): Tally {
  let best: unknown;
  const add = (value: unknown): void => {
    if (typeof value !== "number" && typeof value !== "string") return;
    if (best === undefined || isBetter(ordered(value, best))) best = value;
  };
  return { add, result: () => best };
}

interface Group {
  readonly keys: readonly unknown[];
  readonly cells: readonly (Tally | undefined)[];
  readonly sample: readonly unknown[];
}

interface Column {
  readonly name: string;
  readonly value: Evaluate;
  readonly tally?: () => Tally;
}

/** Gathers rows into groups with their aggregates; one group of all when there is no GROUP BY. */
export class Groups {
  readonly #columns: readonly Column[];
  readonly #keys: readonly Evaluate[];
  readonly #groups = new Map<string, Group>();

  constructor({ select = [], groupBy }: Query) {
    this.#keys = groupBy.map(compiled);
    this.#columns = select.map(({ expression, name }) => {
      if (!isAggregate(expression)) return { name, value: compiled(expression) };
      const [of] = expression.given;
      return { name, value: of ? compiled(of) : () => true, tally: tallies[expression.name]! };
    });
    if (groupBy.length === 0) this.#group([], []);
  }

  add(row: Row): void {
    const values = this.#columns.map(({ value }) => value(row));
    const group = this.#group(
      this.#keys.map((key) => key(row)),
      values,
    );
    for (const [index, cell] of group.cells.entries()) cell?.add(values[index]);
  }

  /** Groups in the order of their keys. */
  rows(): Record<string, unknown>[] {
    const groups = [...this.#groups.values()].sort((a, b) => firstDifference(a.keys, b.keys));
    return groups.map(({ cells, sample }) =>
      Object.fromEntries(
        this.#columns
          .map(({ name }, index) => [name, cells[index] ? cells[index].result() : sample[index]] as const)
          .filter(([, value]) => value !== undefined),
      ),
    );
  }

  #group(keys: readonly unknown[], sample: readonly unknown[]): Group {
    const id = JSON.stringify(keys.map((key) => (key === undefined ? [] : [key])));
    const known = this.#groups.get(id);
    if (known) return known;
    if (this.#groups.size >= MOST_GROUPS)
      throw hubErrors.queryTooLarge({ what: "groups", most: MOST_GROUPS });
    const made = { keys, sample, cells: this.#columns.map(({ tally }) => tally?.()) };
    this.#groups.set(id, made);
    return made;
  }
}

/** The order of the first keys that differ. */
export function firstDifference(left: readonly unknown[], right: readonly unknown[]): number {
  for (const [index, value] of left.entries()) {
    const order = ordered(value, right[index]);
    if (order !== 0) return order;
  }
  return 0;
}
