import { type Formula, formulaValue } from "./formula.js";
import { type HostValue, jsonOf } from "./values.js";

/** What a scan is told. */
export interface ScanOptions {
  /** Places of the columns that keep groups apart. */
  readonly groups: readonly number[];
  /** How many columns of the rows come out, from the first; the declared ones follow. */
  readonly width: number;
  /** What the columns say where a step holds nothing: nulls, then the defaults of the declared ones. */
  readonly empty: readonly HostValue[];
  readonly steps: readonly {
    readonly output: "all" | "last" | "none";
    readonly condition: Formula;
    readonly assigned: readonly { readonly slot: number; readonly to: Formula }[];
  }[];
}

type Row = readonly HostValue[];

/** The sequence a step is in: the rows of it and of the steps before, and which match it is. */
interface Sequence {
  readonly rows: readonly (Row | undefined)[];
  readonly match: number;
  /** The last row of the step, when only that one comes out. */
  readonly last?: HostValue[];
}

/** Steps through rows in their order; rows that match come out, with the number of the match and their group behind. */
export function scanned(rows: readonly Row[], options: unknown): HostValue[][] {
  const given = options as ScanOptions;
  const out: HostValue[][] = [];
  const scanners = new Map<string, Scanner>();
  for (const row of rows) {
    const group = given.groups.map((place) => row[place]);
    const key = jsonOf(group);
    const scanner = scanners.get(key) ?? new Scanner(given, out, group);
    scanners.set(key, scanner);
    scanner.take(row);
  }
  for (const scanner of scanners.values()) scanner.end();
  return out;
}

class Scanner {
  readonly #options: ScanOptions;
  readonly #out: HostValue[][];
  readonly #group: Row;
  readonly #sequences: (Sequence | undefined)[];
  #matches = -1;

  constructor(options: ScanOptions, out: HostValue[][], group: Row) {
    this.#group = group;
    this.#options = options;
    this.#out = out;
    this.#sequences = options.steps.map(() => undefined);
  }

  take(row: Row): void {
    for (let place = this.#options.steps.length - 1; place >= 0; place -= 1)
      if (!this.#promoted(row, place)) this.#continued(row, place);
  }

  end(): void {
    for (const place of this.#sequences.keys()) this.#leave(place);
  }

  /** The sequence of the step before goes on with this row. */
  #promoted(row: Row, place: number): boolean {
    const before = place > 0 ? this.#sequences[place - 1] : undefined;
    if (!before || !this.#meets(row, place, before)) return false;
    this.#leave(place);
    this.#leave(place - 1);
    this.#sequences[place - 1] = undefined;
    this.#enter(row, place, before);
    return true;
  }

  /** The step's own sequence takes another row; the first step can always begin one. */
  #continued(row: Row, place: number): void {
    const own = this.#sequences[place];
    if (!own && place > 0) return;
    const state = own ?? { rows: [], match: this.#matches + 1 };
    if (!this.#meets(row, place, state)) return;
    if (!own) this.#matches += 1;
    this.#enter(row, place, state);
  }

  #meets(row: Row, place: number, { rows: states }: Sequence): boolean {
    const { condition } = this.#options.steps[place]!;
    return formulaValue(condition, { row, states, empty: this.#options.empty }) === true;
  }

  #enter(row: Row, place: number, { rows: states, match }: Sequence): void {
    const { empty, width, steps } = this.#options;
    const { assigned, output } = steps[place]!;
    const extended = [...row.slice(0, width), ...empty.slice(width)];
    for (const { slot, to } of assigned) extended[slot] = formulaValue(to, { row, states, empty });
    const rows = [...states];
    rows[place] = extended;
    const shown = [...extended, match, ...this.#group];
    if (output === "all") this.#out.push(shown);
    this.#sequences[place] = { rows, match, ...(output === "last" ? { last: shown } : {}) };
  }

  #leave(place: number): void {
    const last = this.#sequences[place]?.last;
    if (last) this.#out.push(last);
  }
}
