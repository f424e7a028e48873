import type { ScalarType } from "@picket/kit";
import type { QueryColumn } from "../schema.js";
import type { Expr } from "./expression.js";

/** One column of an intermediate result: what the query calls it, and what the SQL calls it. */
export interface Column {
  readonly name: string;
  readonly type: ScalarType;
  /** Unique in its relation: the query's names may differ by case only, which the engine folds. */
  readonly alias: string;
  /** For JSON columns: aliases of the typed columns of members. */
  readonly members?: ReadonlyMap<string, { readonly alias: string; readonly type: ScalarType }>;
}

/** An intermediate result: a named step of the SQL and its columns. */
export interface Relation {
  /** Name of the step. */
  readonly step: string;
  readonly columns: readonly Column[];
  /** ORDER BY terms that hold, in the aliases of the columns; operators that keep rows keep it. */
  readonly order?: string;
}

/** A column on its way into the next step. */
export interface Selected {
  readonly name: string;
  readonly value: Expr;
}

/** Collects the steps of a query: each a common table expression over earlier ones. */
export class Steps {
  readonly #steps: string[] = [];
  #next = 0;

  get count(): number {
    return this.#steps.length;
  }

  /** Adds a step with a body in which columns are selected in order, and answers it as a relation. */
  select(
    selected: readonly Selected[],
    rest: string,
    options: { readonly distinct?: boolean; readonly order?: string; readonly materialized?: boolean } = {},
  ): Relation {
    const step = this.name("s");
    const parts: string[] = [];
    const columns = selected.map(({ name, value }, index): Column => {
      const alias = `k${index}`;
      parts.push(`${value.sql} AS ${alias}`);
      const column = { name, type: value.type, alias };
      if (!value.members || value.members.size === 0) return column;
      const members = new Map<string, { alias: string; type: ScalarType }>();
      for (const [member, { sql, type }] of value.members) {
        const inner = `${alias}_${members.size}`;
        parts.push(`${sql} AS ${inner}`);
        members.set(member, { alias: inner, type });
      }
      return { ...column, members };
    });
    const body = `SELECT ${options.distinct ? "DISTINCT " : ""}${parts.length > 0 ? parts.join(", ") : "1 AS nothing"} ${rest}`;
    this.add(step, body, options.materialized);
    return { step, columns, ...(options.order === undefined ? {} : { order: options.order }) };
  }

  add(step: string, body: string, materialized = false): void {
    this.#steps.push(`${step} AS ${materialized ? "MATERIALIZED " : ""}(${body})`);
  }

  name(prefix: string): string {
    this.#next += 1;
    return `${prefix}${this.#next}`;
  }

  /** The whole statement. */
  statement(last: string): string {
    return this.#steps.length === 0 ? last : `WITH ${this.#steps.join(",\n")}\n${last}`;
  }
}

/** A column as an expression within its own relation. */
export function columnExpr({ alias, type, members }: Column, prefix = ""): Expr {
  if (!members) return { sql: `${prefix}${alias}`, type };
  return {
    sql: `${prefix}${alias}`,
    type,
    members: new Map(
      [...members].map(([name, { alias: inner, type: kind }]) => [
        name,
        { sql: `${prefix}${inner}`, type: kind },
      ]),
    ),
  };
}

/** All columns of a relation, to pass them on. */
export const passed = (relation: Relation, prefix = ""): Selected[] =>
  relation.columns.map((column) => ({ name: column.name, value: columnExpr(column, prefix) }));

/** Columns as a result gives them. */
export const shownColumns = (relation: Relation): QueryColumn[] =>
  relation.columns.map(({ name, type }) => ({ name, type }));
