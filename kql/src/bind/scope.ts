import type { ScalarType } from "@picket/kit";
import { kqlErrors, placeOf } from "../errors.js";
import { insteadOf } from "../functions/about.js";
import type { SyntaxNode } from "../kusto/tree.js";
import type { Relation } from "../plan/relation.js";
import { type ColumnRef, columnRef, type Members, type Scalar, type SortKey } from "../plan/scalar.js";
import type { DatabaseSchema, RenderHint, TableSchema } from "../schema.js";
import { ColumnsWanted, type Wanted } from "./wanted.js";

/** A column as the query names it, and its place in the plan. */
export interface BoundColumn {
  readonly name: string;
  readonly type: ScalarType;
  readonly id: string;
  /** For JSON columns: the typed columns that stand beside it. */
  readonly members?: Members;
}

/** Rows of the plan under the names of the query. */
export interface Rows {
  readonly plan: Relation;
  readonly columns: readonly BoundColumn[];
  /** The order that holds; its columns may be ones the query does not see. */
  readonly order: readonly SortKey[];
  /** True when the query asked for an order, so that functions may look along it. */
  readonly serialized: boolean;
  /** What `withsource` calls these rows. */
  readonly label?: string;
  /** Hidden columns that keep groups of rows apart: operators work on each group alone. */
  readonly partition?: readonly ColumnRef[];
}

/** What a declared name stands for. */
export type Bound =
  | { readonly kind: "value"; readonly value: Scalar }
  | { readonly kind: "rows"; readonly rows: () => Rows }
  | { readonly kind: "function"; readonly node: SyntaxNode; readonly scope: Scope };

/** Expressions hold rows and rows hold expressions: each finds the other here. */
export interface Binders {
  readonly rows: (node: SyntaxNode, scope: Scope) => Rows;
  readonly scalar: (node: SyntaxNode, scope: Scope) => Scalar;
}

/** What a compilation starts from. */
export interface SessionOptions {
  readonly text: string;
  readonly schema: DatabaseSchema;
  /** Whether the caller sets bounds of `TimeGenerated` at each run. */
  readonly bounds: { readonly from: boolean; readonly to: boolean };
  readonly binders: Binders;
}

/** What one compilation gathers beside the plan. */
export class Session {
  readonly text: string;
  readonly schema: DatabaseSchema;
  readonly bounds: { readonly from: boolean; readonly to: boolean };
  readonly tables = new Set<string>();
  readonly bindRows: Binders["rows"];
  readonly bindScalar: Binders["scalar"];
  render: RenderHint | undefined;
  #ids = 0;
  #calls = 0;

  constructor({ text, schema, bounds, binders }: SessionOptions) {
    this.text = text;
    this.schema = schema;
    this.bounds = bounds;
    this.bindRows = binders.rows;
    this.bindScalar = binders.scalar;
  }

  /** A column id that no other column of the plan has. */
  id(): string {
    this.#ids += 1;
    return `k${this.#ids}`;
  }

  table(name: string): TableSchema | undefined {
    return this.schema.tables.find((table) => table.name === name);
  }

  /** Counts calls of declared functions: a few lines can ask for millions. */
  countCall(node: SyntaxNode): void {
    this.#calls += 1;
    if (this.#calls > 2000) throw this.wrong(node, "The query calls its own functions more than 2000 times.");
  }

  notSupported(node: SyntaxNode, what: string): Error {
    const name = /\b([A-Za-z_]\w*)\(\)$/.exec(what)?.[1] ?? "";
    const instead = Object.hasOwn(insteadOf, name) ? insteadOf[name] : undefined;
    const more = instead ? { instead } : {};
    return kqlErrors.notSupported({ ...placeOf(this.text, node.span), what, ...more });
  }

  /** Columns of a plugin must be looked up in the data. */
  wanted(node: SyntaxNode, wanted: Wanted): Error {
    if (!/^evaluate\b/i.test(this.text.slice(node.span.from)))
      return this.notSupported(
        node,
        "a plugin whose columns depend on the data, within a function (write its columns: evaluate …(…) : (a: string)),",
      );
    return new ColumnsWanted(wanted, node.span);
  }

  wrong(node: SyntaxNode, what: string): Error {
    return kqlErrors.semantic({ ...placeOf(this.text, node.span), what });
  }
}

/** Compiles a call of an aggregate where aggregates may stand; undefined for other calls. */
export type AggregateBinder = (node: SyntaxNode, scope: Scope) => Scalar | undefined;

/** What a place in a query can see. */
export interface Scope {
  readonly session: Session;
  readonly names: ReadonlyMap<string, Bound>;
  readonly rows?: Rows;
  /** The two sides of a join condition. */
  readonly sides?: { readonly left: Rows; readonly right: Rows };
  readonly aggregates?: AggregateBinder;
  /** What the steps of a scan remember, by the step's name. */
  readonly states?: ReadonlyMap<string, Rows>;
  /** Rows that a sub-query starts from without naming them. */
  readonly implied?: Rows;
}

/** A column of rows, by name. */
export function columnOf(rows: Rows | undefined, name: string): ColumnRef | undefined {
  const column = rows?.columns.find((each) => each.name === name);
  return column && refOf(column);
}

/** A reference to a bound column. */
export const refOf = ({ id, type, members }: BoundColumn): ColumnRef => columnRef(id, type, members);

/** The same place, with more names. */
export const withNames = (scope: Scope, names: Iterable<readonly [string, Bound]>): Scope => ({
  ...scope,
  names: new Map([...scope.names, ...names]),
});

/** The same place, over other rows. */
export const over = (scope: Scope, rows: Rows): Scope => {
  const { aggregates: _, implied: __, ...rest } = scope;
  return { ...rest, rows };
};
