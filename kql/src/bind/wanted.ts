import type { QueryColumn } from "../schema.js";
import type { Rows } from "./scope.js";

/** What must be known of the data before the rest of a query can be bound. */
export interface Wanted {
  /** Rows of names and kinds. */
  readonly rows: Rows;
  /** Columns that come out whatever the data. */
  readonly fixed: readonly QueryColumn[];
  /** What stands before the names that are found, and which of them are left out. */
  readonly prefix: string;
  readonly ignored: readonly string[];
}

/** Thrown where a plugin's columns depend on the data: the query is bound again when they are known. */
export class ColumnsWanted extends Error {
  readonly wanted: Wanted;
  /** Where the plugin's call begins and ends. */
  readonly span: { readonly from: number; readonly to: number };

  constructor(wanted: Wanted, span: { readonly from: number; readonly to: number }) {
    super("columns depend on the data");
    this.wanted = wanted;
    this.span = span;
  }
}
