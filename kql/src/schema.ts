import type { ScalarType } from "@picket/kit";
import type { Place } from "./errors.js";

/** A member of a JSON column that is also kept as a typed column of the same table. */
export interface PromotedMember {
  readonly column: string;
  readonly type: ScalarType;
}

/** One column as queries see it. */
export interface ColumnSchema {
  readonly name: string;
  readonly type: ScalarType;
  readonly about: string;
  /** The values it has, when they are few: editors offer them. */
  readonly values?: readonly string[];
  /** For a JSON column: members that exist as typed columns too, by member name. */
  readonly promoted?: Readonly<Record<string, PromotedMember>>;
}

/** One table as queries see it. Physical names are the same, in double quotes. */
export interface TableSchema {
  readonly name: string;
  readonly about: string;
  readonly columns: readonly ColumnSchema[];
  /** Columns that the store has and queries do not see; promoted ones need not be listed. */
  readonly hidden?: readonly ColumnSchema[];
}

/** A function that is kept for everybody, as `let` would declare it. */
export interface SavedFunction {
  readonly name: string;
  /** With parentheses, such as `(since: timespan = 1d)`. */
  readonly parameters: string;
  /** What stands between the braces. */
  readonly body: string;
  readonly about: string;
}

/** Everything a query can name. */
export interface DatabaseSchema {
  readonly name: string;
  /** Changes when anything in it does. */
  readonly version: string;
  readonly tables: readonly TableSchema[];
  /** True when the store holds no null in a text column: tests then stand on the raw column, and skip whole blocks. */
  readonly textsAreWhole?: boolean;
  readonly functions?: readonly SavedFunction[];
}

/** One column of a result. */
export interface QueryColumn {
  readonly name: string;
  readonly type: ScalarType;
}

/** The chart a query asks for with `render`. */
export interface RenderHint {
  readonly kind: string;
  readonly properties: Readonly<Record<string, string>>;
}

/** A value handed to the engine beside the SQL. */
export type Parameter = string | number | boolean | null;

/** The rows that a stage made, handed to a later statement as the text of a JSON array of arrays of texts. */
export interface StageRows {
  readonly stage: number;
}

/** A statement that runs before the query's own, and the step outside the engine that its rows go through. */
export interface Stage {
  readonly sql: string;
  readonly parameters: readonly (Parameter | StageRows)[];
  /** Types of the columns it reads, as texts `c0`, `c1`, …, and of those it answers. */
  readonly reads: readonly ScalarType[];
  readonly writes: readonly ScalarType[];
  readonly step: string;
  readonly options: unknown;
}

/** What must be asked of the data before a query can be compiled: rows of names and kinds. */
export interface Discover {
  readonly place: Place;
  readonly fixed: readonly QueryColumn[];
  readonly prefix: string;
  readonly ignored: readonly string[];
}

/** The columns that come out of a plugin's call, whose text ends at a place. */
export interface Discovery {
  readonly at: number;
  readonly columns: readonly QueryColumn[];
}

/**
 * What a query became: one read-only statement whose columns are `c0`, `c1`, … in the order of `columns`, in wire form:
 * datetime as ISO text with seven decimals, timespan as text, dynamic as JSON text, nan and inf as text.
 */
export interface CompiledQuery {
  readonly sql: string;
  /** Values of `$1`, `$2`, … */
  readonly parameters: readonly (Parameter | StageRows)[];
  /** What must run before, in order; `runStages` does. Most queries have none. */
  readonly stages: readonly Stage[];
  readonly columns: readonly QueryColumn[];
  readonly render?: RenderHint;
  /** Tables it reads. */
  readonly tables: readonly string[];
  /** Set when this is not the query yet, but what must be asked before it; `compiledWith` does. */
  readonly discover?: Discover;
}

/** Surroundings of one compilation. */
export interface CompileOptions {
  /** What `now()` is. */
  readonly now: Date;
  /** Applied to `TimeGenerated` of every table the query reads. */
  readonly timespan?: { readonly from?: Date; readonly to?: Date };
  /** The most rows that come back; all of them when it is left out. */
  readonly maxRows?: number;
  /** Columns that were found in the data, when the query was compiled before. */
  readonly discovered?: readonly Discovery[];
}
