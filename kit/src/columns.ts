/** The scalar types of the query language. */
export type ScalarType =
  | "string"
  | "long"
  | "int"
  | "real"
  | "bool"
  | "datetime"
  | "timespan"
  | "dynamic"
  | "guid"
  | "decimal";

/** One described value. The description is shown in the documentation, the console and `--help`. */
export interface Column<T> {
  readonly type: ScalarType;
  readonly about: string;
  /** Only carries the TypeScript type; never set. */
  readonly carries?: T;
}

/** Columns by name, in the order they are shown. */
export type Columns = Readonly<Record<string, Column<unknown>>>;

/** The object that a set of columns describes. */
export type Row<C extends Columns> = { readonly [K in keyof C]: C[K] extends Column<infer T> ? T : never };

/** Text; never null. */
export const string = (about: string): Column<string> => ({ type: "string", about });
/** A whole number of 64 bits. */
export const long = (about: string): Column<number> => ({ type: "long", about });
/** A whole number of 32 bits. */
export const int = (about: string): Column<number> => ({ type: "int", about });
/** A floating-point number. */
export const real = (about: string): Column<number> => ({ type: "real", about });
/** True or false. */
export const bool = (about: string): Column<boolean> => ({ type: "bool", about });
/** An instant as ISO 8601 text in UTC. */
export const datetime = (about: string): Column<string> => ({ type: "datetime", about });
/** Any JSON value. */
export const dynamic = (about: string): Column<unknown> => ({ type: "dynamic", about });
