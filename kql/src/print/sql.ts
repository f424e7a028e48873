import type { ScalarType } from "@picket/kit";
import { kqlErrors } from "../errors.js";
import type { Join, Plan, PlanColumn, Relation, Scan, Step, Unnest } from "../plan/relation.js";
import {
  type AggregateCall,
  below,
  type Call,
  type Scalar,
  type SortKey,
  type WindowCall,
} from "../plan/scalar.js";
import { containsRows, scalarsOf } from "../plan/walk.js";
import { type Dialect, quoteName } from "./dialect.js";

/** What a statement is given: a value of the caller by name, or the rows of a stage by number. */
export type Wanted = string | { readonly stage: number };

/** A part of the query that runs before, and the step that its rows go through. */
export interface PrintedStage {
  readonly sql: string;
  readonly parameters: readonly Wanted[];
  /** Types of the columns that the step reads. */
  readonly reads: readonly ScalarType[];
  /** Types of the columns it answers. */
  readonly writes: readonly ScalarType[];
  readonly step: string;
  readonly options: unknown;
}

/** A printed plan: one statement, the parameters it takes in order, and what must run before it. */
export interface Printed {
  readonly sql: string;
  readonly parameters: readonly Wanted[];
  readonly stages: readonly PrintedStage[];
}

const MAX_SQL = 4_000_000;

/** Prints a plan as one statement of a dialect. */
export function print(plan: Plan, dialect: Dialect): Printed {
  const printer = new Printer(dialect);
  const step = printer.rows(plan.rows);
  const columns = plan.columns.map(({ id, type }, place) => `${dialect.wire(id, type)} AS c${place}`);
  const order = printer.orderBy(plan.order);
  const select = `SELECT ${columns.length > 0 ? columns.join(", ") : "1 AS c0"} FROM ${step}${order}`;
  return { sql: printer.statement(select), parameters: printer.parameters, stages: printer.stages };
}

type Prefix = (id: string) => string;

const plain: Prefix = (id) => id;

class Printer {
  readonly #dialect: Dialect;
  readonly #steps: string[] = [];
  readonly #known = new Map<Relation, string>();
  readonly parameters: Wanted[] = [];
  readonly stages: PrintedStage[];
  readonly #staged: Map<Relation, number>;
  #length = 0;

  constructor(dialect: Dialect, outer?: Printer) {
    this.#dialect = dialect;
    this.stages = outer?.stages ?? [];
    this.#staged = outer?.staged ?? new Map();
  }

  get staged(): Map<Relation, number> {
    return this.#staged;
  }

  statement(select: string): string {
    return this.#steps.length > 0 ? `WITH ${this.#steps.join(",\n")}\n${select}` : select;
  }

  /** The step that holds a relation; the same relation is printed once. */
  rows(relation: Relation): string {
    const known = this.#known.get(relation);
    if (known) return known;
    const body = this.#body(relation);
    const step = `s${this.#steps.length}`;
    this.#bound(body);
    this.#steps.push(`${step} AS ${this.#dialect.kept(howKept(relation))}(${body})`);
    this.#known.set(relation, step);
    return step;
  }

  #body(relation: Relation): string {
    switch (relation.kind) {
      case "scan":
        return this.#scan(relation);
      case "values":
        return this.#values(relation.columns, relation.rows);
      case "numbers":
        return this.#dialect.numbers(this.scalar(relation.count), relation.id);
      case "project":
        return `SELECT ${this.#computed(relation.columns)} FROM ${this.rows(relation.input)}`;
      case "filter":
        return `SELECT * FROM ${this.rows(relation.input)} WHERE ${this.scalar(relation.test)}`;
      case "aggregate": {
        const { keys, aggregates, input } = relation;
        const from = this.rows(input);
        const by = keys.length > 0 ? ` GROUP BY ${keys.map((_, place) => place + 1).join(", ")}` : "";
        return `SELECT ${this.#computed([...keys, ...aggregates])} FROM ${from}${by}`;
      }
      case "firstPerKey":
        return this.#dialect.firstPerKey(
          relation.keys.map((key) => this.scalar(key)).join(", "),
          this.rows(relation.input),
        );
      case "join":
        return this.#join(relation);
      case "union":
        return relation.inputs
          .map(({ rows, ids }) => {
            const columns = relation.columns.map(({ id }, place) => `${ids[place]} AS ${id}`);
            return `SELECT ${columns.length > 0 ? columns.join(", ") : "1 AS nothing"} FROM ${this.rows(rows)}`;
          })
          .join(" UNION ALL ");
      case "unnest":
        return this.#unnest(relation);
      case "step":
        return this.#step(relation);
      case "sort": {
        const limit = relation.limit ? ` LIMIT ${this.#limit(relation.limit)}` : "";
        return `SELECT * FROM ${this.rows(relation.input)}${this.orderBy(relation.keys)}${limit}`;
      }
    }
  }

  #limit(limit: Scalar): string {
    return limit.kind === "literal" ? String(limit.value) : `(SELECT CAST(${this.scalar(limit)} AS BIGINT))`;
  }

  #scan({ table, columns, bounds, whole }: Scan): string {
    const { stored } = this.#dialect;
    const selected = columns.map(({ stored: name, type, id }) =>
      whole && type === "string" ? `${quoteName(name)} AS ${id}` : `${stored(name, type)} AS ${id}`,
    );
    const where = [
      ...(bounds.from ? [`"TimeGenerated" >= ${this.#parameter("from")}`] : []),
      ...(bounds.to ? [`"TimeGenerated" < ${this.#parameter("to")}`] : []),
    ];
    const test = where.length > 0 ? ` WHERE ${where.join(" AND ")}` : "";
    return `SELECT ${selected.length > 0 ? selected.join(", ") : "1 AS nothing"} FROM ${quoteName(table)}${test}`;
  }

  #values(columns: readonly PlanColumn[], rows: readonly (readonly Scalar[])[]): string {
    if (columns.length === 0) return "SELECT 1 AS nothing";
    if (this.#dialect.values) return this.#dialect.values(columns, rows, (cell) => this.scalar(cell));
    const lines = rows.map((row) => `(${row.map((cell) => this.scalar(cell)).join(", ")})`);
    return `SELECT * FROM (VALUES ${lines.join(", ")}) AS v(${columns.map(({ id }) => id).join(", ")})`;
  }

  #computed(columns: readonly { readonly id: string; readonly value: Scalar }[]): string {
    if (columns.length === 0) return "1 AS nothing";
    return columns
      .map(({ id, value }) =>
        value.kind === "column" && value.id === id ? id : `${this.scalar(value)} AS ${id}`,
      )
      .join(", ");
  }

  #join(join: Join): string {
    const [left, right] = [this.rows(join.left), this.rows(join.right)];
    const columns = join.columns.map(({ id, from, source }) => `${from[0]}.${source} AS ${id}`);
    const on = join.on.map((pair) =>
      this.#template("matchesKey")
        .replace("{0}", () => this.scalar(pair.left, (id) => `l.${id}`))
        .replace("{1}", () => this.scalar(pair.right, (id) => `r.${id}`)),
    );
    const selected = columns.length > 0 ? columns.join(", ") : "1 AS nothing";
    if (join.how === "cross") return `SELECT ${selected} FROM ${left} l CROSS JOIN ${right} r`;
    const words = {
      inner: "",
      left: "LEFT ",
      right: "RIGHT ",
      full: "FULL ",
      leftsemi: "SEMI ",
      leftanti: "ANTI ",
      ...this.#dialect.joins,
    };
    return `SELECT ${selected} FROM ${left} l ${words[join.how]}JOIN ${right} r ON ${on.length > 0 ? on.join(" AND ") : "TRUE"}`;
  }

  #unnest({ input, keep, items, ordinal }: Unnest): string {
    const from = this.rows(input);
    const lists = items.map(({ list }) => this.scalar(list));
    if (this.#dialect.unnested)
      return this.#dialect.unnested(
        keep.map(({ id }) => id),
        items.map(({ id }, place) => ({ id, sql: lists[place]! })),
        { ordinal, from },
      );
    const selected = [
      ...keep.map(({ id }) => id),
      ...items.map(({ id }, place) => `${this.#dialect.unnest(lists[place]!)} AS ${id}`),
      `${this.#dialect.zip(lists)} AS ${ordinal}`,
    ];
    return `SELECT ${selected.join(", ")} FROM ${from}`;
  }

  /** The rows of a step are handed in; what they are made of runs before. */
  #step(step: Step): string {
    const stage = this.#staged.get(step) ?? this.#stage(step);
    const rows = this.#dialect.handedIn(this.#place({ stage }));
    const columns = step.columns.map(
      ({ id, type }, place) => `${this.#dialect.received(`r[${place + 1}]`, type)} AS ${id}`,
    );
    return `SELECT ${columns.join(", ")} FROM ${rows}`;
  }

  #stage(step: Step): number {
    const before = new Printer(this.#dialect, this);
    const from = before.rows(step.input);
    const order = before.orderBy(step.order);
    const columns = step.reads.map(
      ({ id, type }, place) => `${this.#dialect.carried(id, type)} AS c${place}`,
    );
    const sql = before.statement(`SELECT ${columns.join(", ") || "1 AS c0"} FROM ${from}${order}`);
    this.stages.push({
      sql,
      parameters: before.parameters,
      reads: step.reads.map(({ type }) => type),
      writes: step.columns.map(({ type }) => type),
      step: step.name,
      options: step.options,
    });
    this.#staged.set(step, this.stages.length - 1);
    return this.stages.length - 1;
  }

  orderBy(keys: readonly SortKey[], prefix: Prefix = plain): string {
    if (keys.length === 0) return "";
    const terms = keys.map(
      ({ value, descending, nullsFirst }) =>
        `${this.scalar(value, prefix)} ${descending ? "DESC" : "ASC"} NULLS ${nullsFirst ? "FIRST" : "LAST"}`,
    );
    return ` ORDER BY ${terms.join(", ")}`;
  }

  /** Prints a scalar; `prefix` says whose columns they are. */
  scalar(value: Scalar, prefix: Prefix = plain): string {
    return this.#bound(this.#spelt(value, prefix));
  }

  #spelt(value: Scalar, prefix: Prefix): string {
    const again = (each: Scalar): string => this.scalar(each, prefix);
    switch (value.kind) {
      case "literal":
        return this.#dialect.literal(value);
      case "column":
        return prefix(value.id);
      case "parameter":
        return this.#parameter(value.name);
      case "call":
        return this.#call(value, again);
      case "member":
        return this.#dialect.member(value, again(value.base));
      case "choice": {
        const branches = value.branches.map((each) => ` WHEN ${again(each.test)} THEN ${again(each.value)}`);
        return `(CASE${branches.join("")} ELSE ${again(value.otherwise)} END)`;
      }
      case "inList":
        return `coalesce(${again(value.value)} IN (${value.list.map(again).join(", ")}), FALSE)`;
      case "inRows":
        return `coalesce(${again(value.value)} IN (SELECT ${value.column} FROM ${this.rows(value.rows)} WHERE ${value.column} IS NOT NULL), FALSE)`;
      case "firstCell":
        return `(SELECT ${value.column} FROM ${this.rows(value.rows)} LIMIT 1)`;
      case "aggregate":
        return this.#aggregate(value, again, prefix);
      case "window":
        return this.#window(value, again, prefix);
      case "host":
        throw new Error(`${value.name}() stands where it cannot be computed`);
    }
  }

  #call({ op, args }: Call, again: (value: Scalar) => string): string {
    const [first] = args;
    if (op === "jsonText" && first?.kind === "member")
      return this.#dialect.memberText(first, again(first.base));
    const given = args.map(again);
    const special = this.#dialect.special?.[op];
    if (special) return special(given);
    if (op === "extractGroups") return this.#dialect.groups(given[0]!, given[1]!, given.slice(2));
    if (!args.some(containsRows)) return this.#filled(op, given);
    // The engine cannot try what asks other rows.
    const template = this.#template(op).replaceAll("TRY(", "(");
    return fill(template, given, this.#dialect.items);
  }

  #aggregate(value: AggregateCall, again: (value: Scalar) => string, prefix: Prefix): string {
    const { op, args, filter, order } = value;
    const test = filter ? ` FILTER (WHERE ${again(filter)})` : "";
    const sort = order ? this.orderBy(order, prefix) : "";
    const given = args.map(again);
    const own = this.#dialect.aggregate?.(value, given, {
      filter: filter && again(filter),
      order: order?.[0] && { sql: again(order[0].value), descending: order[0].descending },
    });
    if (own !== undefined) return own;
    const [first = ""] = given;
    const sorted = op === "setOf" ? `DISTINCT ${first} ORDER BY ${first}` : `${first}${sort}`;
    // Lists wrap their aggregate, so its filter goes within.
    const list = /list\(\{0\}\)/;
    const template = this.#template(op);
    if (template.includes("{FILTER}"))
      return fill(
        template.replaceAll("{FILTER}", () => test),
        given,
        this.#dialect.items,
      );
    if (list.test(template))
      return fill(
        template.replace(list, () => `list(${sorted})${test}`),
        given,
        this.#dialect.items,
      );
    return `${fill(template, given, this.#dialect.items)}${test}`.replace(
      /^TRY_CAST\((.*) AS BIGINT\)( FILTER .*)$/s,
      "TRY_CAST($1$2 AS BIGINT)",
    );
  }

  #window(
    { op, args, partition = [], order }: WindowCall,
    again: (value: Scalar) => string,
    prefix: Prefix,
  ): string {
    const by = partition.length > 0 ? `PARTITION BY ${partition.map(again).join(", ")}` : "";
    const isNeighbour = op === "before" || op === "after";
    const beside = isNeighbour ? (this.#dialect.neighbours ?? "") : "";
    const frame = op === "runningSum" ? " ROWS UNBOUNDED PRECEDING" : beside;
    return `${this.#filled(op, args.map(again))} OVER (${by}${this.orderBy(order, prefix)}${frame})`;
  }

  #filled(op: Call["op"], args: readonly string[]): string {
    return fill(this.#template(op), args, this.#dialect.items);
  }

  #template(op: Call["op"]): string {
    const template = this.#dialect.templates[op];
    if (template !== undefined) return template;
    const what = `the operation ${op} on ${this.#dialect.name}`;
    throw kqlErrors.notSupported({ from: 0, to: 1, length: 1, line: 1, column: 1, what });
  }

  #parameter(name: string): string {
    return this.#dialect.parameter(this.#place(name));
  }

  /** The place of a parameter, from 1. */
  #place(wanted: Wanted): number {
    const known = this.parameters.findIndex((each) => JSON.stringify(each) === JSON.stringify(wanted));
    if (known < 0) this.parameters.push(wanted);
    return known < 0 ? this.parameters.length : known + 1;
  }

  /** A few lines of nested calls can print as gigabytes. */
  #bound(sql: string): string {
    this.#length += sql.length;
    if (sql.length > MAX_SQL || this.#length > MAX_SQL * 50)
      throw kqlErrors.tooLarge({ what: "The query becomes", bytes: sql.length, limit: MAX_SQL });
    return sql;
  }
}

/** Whether a step is computed once, always anew, or as the engine likes. */
function howKept(relation: Relation): "once" | "anew" | "any" {
  if (relation.kind === "project" && relation.once) return "once";
  return isCheap(relation) ? "anew" : "any";
}

/** Rows as they stand in a table: reading them twice lets each reader skip what it does not need. */
function isCheap(relation: Relation): boolean {
  if (relation.kind === "scan") return true;
  if (relation.kind !== "filter" && relation.kind !== "project") return false;
  if (relation.kind === "project" && relation.once) return false;
  return !scalarsOf(relation).some(isDear) && isCheap(relation.input);
}

const isDear = (value: Scalar): boolean =>
  value.kind === "window" ||
  (value.kind === "call" && (value.op === "random" || value.op === "newGuid")) ||
  below(value).some(isDear);

/** Puts arguments into the places of a template. */
function fill(template: string, args: readonly string[], items: (sql: string) => string): string {
  return template.replace(/\{(\d|\*| \|\| |ITEMS)\}/g, (place, which: string) => {
    if (which === "*") return args.join(", ");
    if (which === " || ") return args.join(" || ");
    if (which === "ITEMS") return args.map(items).join(", ");
    return args[Number(which)] ?? place;
  });
}
