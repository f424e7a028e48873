import type { ScalarType } from "@picket/kit";
import type { Operation } from "../plan/operations.js";
import type { JoinKind, PlanColumn } from "../plan/relation.js";
import type { AggregateCall, Literal, Member, Scalar } from "../plan/scalar.js";

/** What a list is sorted by. */
export interface SortedBy {
  readonly sql: string;
  readonly descending: boolean;
}

/** How one engine spells a plan. Another engine is another object of this shape; the plan does not change. */
export interface Dialect {
  readonly name: string;
  /** Texts with places for the arguments, by operation. */
  readonly templates: Readonly<Partial<Record<Operation, string>>>;
  readonly types: Readonly<Record<ScalarType, string>>;
  /** What `{ITEMS}` makes of an argument: its elements as a list. */
  readonly items: (sql: string) => string;
  readonly literal: (value: Literal) => string;
  readonly parameter: (place: number) => string;
  /** A stored column as the plan sees it: texts are never null, JSON is parsed. */
  readonly stored: (column: string, type: ScalarType) => string;
  readonly member: (member: Member, base: string) => string;
  readonly memberText: (member: Member, base: string) => string;
  /** A value in the form that results have on the wire. */
  readonly wire: (sql: string, type: ScalarType) => string;
  /** A value as a text that loses nothing, on its way out to a step; times and spans are ticks. */
  readonly carried: (sql: string, type: ScalarType) => string;
  /** The value of such a text. */
  readonly received: (sql: string, type: ScalarType) => string;
  /** The rows of a step, handed in as JSON; each is a list of texts called `r`. */
  readonly handedIn: (parameter: number) => string;
  /** Rows numbered 0, 1, … below a count, in a column. */
  readonly numbers: (count: string, column: string) => string;
  /** Several groups of each match of a pattern, as JSON. */
  readonly groups: (text: string, pattern: string, groups: readonly string[]) => string;
  readonly unnest: (list: string) => string;
  readonly zip: (lists: readonly string[]) => string;
  /** Words that say whether a step is computed once, anew for each reader, or as the engine likes. */
  readonly kept: (how: "once" | "anew" | "any") => string;
  /** Operations that no template can spell, since they take any number of arguments. */
  readonly special?: Readonly<Partial<Record<Operation, (given: readonly string[]) => string>>>;
  /** Aggregates that are spelt otherwise than by a template. */
  readonly aggregate?: (
    value: AggregateCall,
    given: readonly string[],
    more: { readonly filter: string | undefined; readonly order: SortedBy | undefined },
  ) => string | undefined;
  /** Rows of the elements of lists, where the engine has no way to put them side by side. */
  readonly unnested?: (
    keep: readonly string[],
    lists: readonly { readonly sql: string; readonly id: string }[],
    more: { readonly ordinal: string; readonly from: string },
  ) => string;
  /** Rows written in the query, where the engine needs the type of each cell. */
  readonly values?: (
    columns: readonly PlanColumn[],
    rows: readonly (readonly Scalar[])[],
    print: (cell: Scalar) => string,
  ) => string;
  /** The frame that lets a window see the rows before and behind, where the engine needs to be told. */
  readonly neighbours?: string;
  /** Words before JOIN, where they differ. */
  readonly joins?: Readonly<Partial<Record<JoinKind, string>>>;
  readonly firstPerKey: (keys: string, from: string) => string;
}

/** A name in double quotes. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A text in single quotes. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** The most rows that `range` and `make-series` make, and what is said of more. */
export const MAX_NUMBERS = 5_000_000;
/** Never fewer rows than were asked for: that would be a wrong answer. */
export const TOO_MANY = "range or make-series would make more than 5,000,000 rows; take larger steps";
