import { hubErrors } from "../errors.js";
import { Continuations, type Place } from "./continuation.js";
import { compiled, type Evaluate, ordered, type Row } from "./evaluate.js";
import { Groups, MOST_GROUPS } from "./groups.js";
import { isAggregate, parseQuery } from "./parser.js";
import type { Expression, Query, SourceName } from "./syntax.js";

/** What queries read: rows in the order of their keys, some at a time. */
export interface QuerySource {
  /** At most `limit` entries after a key are looked at; `next` is where to go on. */
  page(after: string, limit: number): { readonly rows: readonly Row[]; readonly next?: string };
  /** The rows of these devices, in the order of their keys. */
  of(deviceIds: readonly string[]): readonly Row[];
}

/** One page of an answer. */
export interface QueryAnswer {
  readonly rows: readonly object[];
  readonly kind: "Twin" | "DeviceJob" | "Raw";
  readonly continuation?: string;
}

/** How a page is asked for. */
export interface QueryOptions {
  readonly pageSize: number;
  readonly continuation?: string;
}

/** Bounds of a query. */
export interface QueryLimits {
  readonly pageSize: number;
  /** Entries looked at without giving others a turn. */
  readonly slice: number;
  /** Entries looked at for one page of a plain query; a page may be short or empty. */
  readonly looked: number;
  readonly seconds: number;
}

const usual: QueryLimits = { pageSize: 1_000, slice: 500, looked: 50_000, seconds: 60 };

/** Runs queries over the registry and the jobs, with bounded memory whatever their number. */
export class QueryEngine {
  readonly #sources: Readonly<Record<SourceName, QuerySource>>;
  readonly #continuations: Continuations;
  readonly #limits: QueryLimits;

  constructor(
    sources: Readonly<Record<SourceName, QuerySource>>,
    secret: Uint8Array,
    limits: Partial<QueryLimits> = {},
  ) {
    this.#sources = sources;
    this.#continuations = new Continuations(secret);
    this.#limits = { ...usual, ...limits };
  }

  /** Answers one page. */
  async run(text: string, options: QueryOptions): Promise<QueryAnswer> {
    const query = parseQuery(text);
    const { continuation } = options;
    const place = continuation === undefined ? {} : this.#continuations.read(text, continuation);
    const left = place.left ?? query.top ?? Number.POSITIVE_INFINITY;
    const size = Math.min(Math.max(Math.trunc(options.pageSize) || 100, 1), this.#limits.pageSize, left);
    const { rows, next } = await this.#page(query, place, size);
    const remaining = left - rows.length;
    const kind = query.select ? "Raw" : query.from === "devices.jobs" ? "DeviceJob" : "Twin";
    if (!next || remaining <= 0) return { rows, kind };
    const more = { ...next, ...(Number.isFinite(remaining) ? { left: remaining } : {}) };
    return { rows, kind, continuation: this.#continuations.write(text, more) };
  }

  /** How many rows a query has; of groups, their number; of one aggregate, its value. */
  async count(text: string): Promise<number> {
    const query = parseQuery(text);
    const isPlain = query.groupBy.length === 0 && !query.isDistinct && !hasAggregate(query);
    if (!isPlain) {
      const { rows } = await this.#page(query, {}, MOST_GROUPS);
      const cells = rows.length === 1 && query.groupBy.length === 0 ? Object.values(rows[0] ?? {}) : [];
      return cells.length === 1 && typeof cells[0] === "number" ? cells[0] : rows.length;
    }
    let count = 0;
    await this.#all(query, () => {
      count += 1;
    });
    return Math.min(count, query.top ?? count);
  }

  /** Walks all rows that fit a condition, giving others turns; for configurations and jobs. */
  async *matching(
    { from, where }: Pick<Query, "from" | "where">,
    after = "",
  ): AsyncGenerator<{ rows: Row[]; next?: string }> {
    const fits = where ? compiled(where) : () => true;
    const keys = idsOf(where);
    if (keys && after === "") {
      yield { rows: this.#sources[from].of(keys).filter((row) => fits(row) === true) };
      return;
    }
    for (let at: string | undefined = after; at !== undefined; ) {
      const { rows, next } = this.#sources[from].page(at, this.#limits.slice);
      yield { rows: rows.filter((row) => fits(row) === true), ...(next === undefined ? {} : { next }) };
      at = next;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #page(query: Query, place: Place, size: number): Promise<{ rows: object[]; next?: Place }> {
    if (hasAggregate(query) || query.groupBy.length > 0) return this.#grouped(query, place, size);
    if (query.isDistinct) return this.#distinct(query, place, size);
    if (query.orderBy.length > 0) return this.#sorted(query, place, size);
    return this.#plain(query, place, size);
  }

  /** Rows as they come; stops after a number of entries, so that a page takes a bounded time. */
  async #plain(query: Query, place: Place, size: number): Promise<{ rows: object[]; next?: Place }> {
    const shown = projection(query);
    const found: object[] = [];
    let looked = 0;
    for await (const { rows, next } of this.matching(query, place.after)) {
      for (const [index, row] of rows.entries()) {
        found.push(shown(row));
        const isLast = index === rows.length - 1 && next === undefined;
        if (found.length === size)
          return isLast ? { rows: found } : { rows: found, next: { after: row.key } };
      }
      looked += this.#limits.slice;
      if (looked >= this.#limits.looked && next !== undefined) return { rows: found, next: { after: next } };
    }
    return { rows: found };
  }

  async #grouped(query: Query, { skip = 0 }: Place, size: number): Promise<{ rows: object[]; next?: Place }> {
    const groups = new Groups(query);
    await this.#all(query, (row) => groups.add(row));
    return cut(groups.rows(), skip, size);
  }

  async #distinct(
    query: Query,
    { skip = 0 }: Place,
    size: number,
  ): Promise<{ rows: object[]; next?: Place }> {
    const shown = projection(query);
    const found = new Map<string, object>();
    await this.#all(query, (row) => {
      const made = shown(row);
      if (Object.keys(made).length === 0) return;
      found.set(JSON.stringify(made), made);
      if (found.size > MOST_GROUPS)
        throw hubErrors.queryTooLarge({ what: "distinct rows", most: MOST_GROUPS });
    });
    const rows = [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
    return cut(rows, skip, size);
  }

  /** Keeps only the page's rows in memory: each page walks all rows, and takes the next ones in order. */
  async #sorted(query: Query, place: Place, size: number): Promise<{ rows: object[]; next?: Place }> {
    const by = query.orderBy.map(({ expression, isDescending }) => ({
      of: compiled(expression),
      isDescending,
    }));
    const shown = projection(query);
    const order = (a: Sortable, b: Sortable): number => {
      for (const [index, { isDescending }] of by.entries()) {
        const difference = ordered(a.keys[index], b.keys[index]);
        if (difference !== 0) return isDescending ? -difference : difference;
      }
      return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
    };
    const last =
      place.after === undefined ? undefined : { key: place.after, keys: (place.keys ?? []).map(unwrapped) };
    const best: (Sortable & { readonly row: object })[] = [];
    await this.#all(query, (row) => {
      const at = { key: row.key, keys: by.map(({ of }) => of(row)) };
      if (last && order(at, last) <= 0) return;
      const worst = best.at(-1);
      if (best.length > size && worst && order(at, worst) >= 0) return;
      best.splice(placeIn(best, at, order), 0, { ...at, row: shown(row) });
      if (best.length > size + 1) best.pop();
    });
    const rows = best.slice(0, size);
    const end = rows.at(-1);
    const isMore = best.length > size && end !== undefined;
    return {
      rows: rows.map(({ row }) => row),
      ...(isMore ? { next: { after: end.key, keys: end.keys.map(wrapped) } } : {}),
    };
  }

  async #all(query: Query, take: (row: Row) => void): Promise<void> {
    const started = performance.now();
    let looked = 0;
    for await (const { rows } of this.matching(query)) {
      for (const row of rows) take(row);
      looked += this.#limits.slice;
      if (performance.now() - started > this.#limits.seconds * 1_000)
        throw hubErrors.queryTooSlow({ seconds: this.#limits.seconds, looked });
    }
  }
}

const hasAggregate = ({ select = [] }: Query): boolean =>
  select.some(({ expression }) => isAggregate(expression));

interface Sortable {
  readonly key: string;
  readonly keys: readonly unknown[];
}

/** JSON has no undefined. */
const wrapped = (value: unknown): unknown[] => (value === undefined ? [] : [value]);
const unwrapped = (value: unknown): unknown => (Array.isArray(value) ? value[0] : undefined);

/** Where a sorted list takes one more. */
function placeIn<T extends Sortable>(
  list: readonly T[],
  item: Sortable,
  order: (a: Sortable, b: Sortable) => number,
): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (order(item, list[middle]!) < 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

function cut(rows: object[], skip: number, size: number): { rows: object[]; next?: Place } {
  const page = rows.slice(skip, skip + size);
  return skip + size < rows.length ? { rows: page, next: { skip: skip + size } } : { rows: page };
}

/** Makes an answer's row of a source's. */
function projection({ select }: Query): (row: Row) => object {
  if (!select) return (row) => row.whole();
  const columns = select.map(({ expression, name }): [string, Evaluate] => [name, compiled(expression)]);
  return (row) => {
    const cells = columns.map(([name, of]) => [name, of(row)] as const);
    return Object.fromEntries(cells.filter(([, value]) => value !== undefined));
  };
}

/** The devices a condition can only be true for, when it names them. */
function idsOf(where: Expression | undefined): string[] | undefined {
  if (where?.kind !== "binary") return undefined;
  if (where.operator === "AND") return idsOf(where.left) ?? idsOf(where.right);
  const { left, right, operator } = where;
  if (left.kind !== "path" || left.steps.length !== 1 || left.steps[0] !== "deviceId") return undefined;
  const named =
    operator === "=" ? [right] : operator === "IN" && right.kind === "list" ? right.items : undefined;
  const ids = named?.map((each) => (each.kind === "literal" ? each.value : undefined));
  if (!ids?.every((id) => typeof id === "string")) return undefined;
  return [...new Set(ids)].sort();
}
