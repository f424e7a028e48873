import type { ScalarType } from "@picket/kit";
import type { Operation } from "./operations.js";
import type { Relation } from "./relation.js";

/** A constant. Times and spans are ticks of 100 ns; JSON is its text. */
export interface Literal {
  readonly kind: "literal";
  readonly type: ScalarType;
  readonly value: string | number | bigint | boolean | null;
}

/** Typed columns that stand beside a JSON column, by the member they hold. */
export type Members = ReadonlyMap<string, { readonly id: string; readonly type: ScalarType }>;

/** A column of the relation below. Ids are unique in a plan. */
export interface ColumnRef {
  readonly kind: "column";
  readonly type: ScalarType;
  readonly id: string;
  readonly members?: Members;
}

/** A value the caller sets at each run. */
export interface ParameterRef {
  readonly kind: "parameter";
  readonly type: ScalarType;
  readonly name: ParameterName;
}

/** What a caller can set at each run. */
export type ParameterName = "now" | "from" | "to";

/** An operation of the plan's vocabulary. */
export interface Call {
  readonly kind: "call";
  readonly type: ScalarType;
  readonly op: Operation;
  readonly args: readonly Scalar[];
}

/** A member of a JSON value, or of a text that holds JSON; missing ones are null. */
export interface Member {
  readonly kind: "member";
  readonly type: ScalarType;
  readonly base: Scalar;
  readonly path: readonly (string | number)[];
}

/** A choice: the value of the first test that holds. */
export interface Choice {
  readonly kind: "choice";
  readonly type: ScalarType;
  readonly branches: readonly { readonly test: Scalar; readonly value: Scalar }[];
  readonly otherwise: Scalar;
}

/** Membership in a list of constants or expressions. */
export interface InList {
  readonly kind: "inList";
  readonly type: ScalarType;
  readonly value: Scalar;
  readonly list: readonly Scalar[];
}

/** Membership in the first column of rows. */
export interface InRows {
  readonly kind: "inRows";
  readonly type: ScalarType;
  readonly value: Scalar;
  readonly rows: Relation;
  readonly column: string;
}

/** The first cell of rows. */
export interface FirstCell {
  readonly kind: "firstCell";
  readonly type: ScalarType;
  readonly rows: Relation;
  readonly column: string;
}

/** An aggregate over the rows of a group; only within an aggregation. */
export interface AggregateCall {
  readonly kind: "aggregate";
  readonly type: ScalarType;
  readonly op: Operation;
  readonly args: readonly Scalar[];
  readonly filter?: Scalar;
  readonly order?: readonly SortKey[];
}

/** A value that looks along the order of the rows. */
export interface WindowCall {
  readonly kind: "window";
  readonly type: ScalarType;
  readonly op: Operation;
  readonly args: readonly Scalar[];
  readonly partition?: readonly Scalar[];
  readonly order: readonly SortKey[];
}

/** A function that engines lack; it is computed outside, once per different arguments. */
export interface HostCall {
  readonly kind: "host";
  readonly type: ScalarType;
  readonly name: string;
  readonly args: readonly Scalar[];
}

/** One key of an order. */
export interface SortKey {
  readonly value: Scalar;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** A typed scalar expression of the plan; never changes once made. */
export type Scalar =
  | Literal
  | ColumnRef
  | ParameterRef
  | Call
  | Member
  | Choice
  | InList
  | InRows
  | FirstCell
  | AggregateCall
  | WindowCall
  | HostCall;

/** Makes a constant. */
export const literal = (type: ScalarType, value: Literal["value"]): Literal =>
  Object.freeze({ kind: "literal", type, value });

/** A text constant. */
export const text = (value: string): Literal => literal("string", value);
/** A whole-number constant. */
export const long = (value: number | bigint): Literal => literal("long", BigInt(value));
/** A boolean constant. */
export const bool = (value: boolean): Literal => literal("bool", value);
/** The null of a type; texts have none, theirs is the empty text. */
export const nothing = (type: ScalarType): Literal => literal(type, type === "string" ? "" : null);

/** Makes an operation. */
export const call = (op: Operation, type: ScalarType, ...args: readonly Scalar[]): Call =>
  Object.freeze({ kind: "call", op, type, args });

/** Makes an aggregate. */
export const aggregate = (
  op: Operation,
  type: ScalarType,
  args: readonly Scalar[],
  more: { readonly filter?: Scalar; readonly order?: readonly SortKey[] } = {},
): AggregateCall => Object.freeze({ kind: "aggregate", op, type, args, ...more });

/** Makes a reference to a column. */
export const columnRef = (id: string, type: ScalarType, members?: Members): ColumnRef =>
  Object.freeze({ kind: "column", id, type, ...(members ? { members } : {}) });

/** Makes a choice. */
export const choice = (test: Scalar, value: Scalar, otherwise: Scalar): Choice =>
  Object.freeze({ kind: "choice", type: value.type, branches: [{ test, value }], otherwise });

/** A member of JSON; members of members are one path. */
export function member(base: Scalar, key: string | number): Member {
  if (base.kind === "member") return Object.freeze({ ...base, path: [...base.path, key] });
  // The path reads the text itself; parsing it first would be done twice.
  const from = base.kind === "call" && base.op === "parseJson" ? base.args[0]! : base;
  return Object.freeze({ kind: "member", type: "dynamic", base: from, path: [key] });
}

/** True when the value can be null. */
export function isNullable(value: Scalar): boolean {
  if (value.type === "string" || value.kind === "inList" || value.kind === "inRows") return false;
  if (value.kind === "literal") return value.value === null;
  if (value.kind === "parameter") return false;
  return !(value.kind === "call" && solid.has(value.op));
}

/** Operations that are never null. */
const solid: ReadonlySet<Operation> = new Set<Operation>([
  "sameSome",
  "differsSome",
  "sameReal",
  "containsText",
  "startsWith",
  "endsWith",
  "matches",
  "hasTerm",
  "hasTermPrefix",
  "hasTermSuffix",
  "isNull",
  "isNotNull",
]);

/** The constant a scalar is, when it is a text. */
export const textOf = (value: Scalar | undefined): string | undefined =>
  value?.kind === "literal" && typeof value.value === "string" ? value.value : undefined;

/** The constant a scalar is, when it is a whole number. */
export const wholeOf = (value: Scalar | undefined): number | undefined => {
  if (value?.kind !== "literal") return undefined;
  return typeof value.value === "bigint" || typeof value.value === "number" ? Number(value.value) : undefined;
};

/** The scalars directly below one. */
export function below(value: Scalar): readonly Scalar[] {
  switch (value.kind) {
    case "call":
    case "host":
      return value.args;
    case "member":
      return [value.base];
    case "choice":
      return [...value.branches.flatMap(({ test, value: then }) => [test, then]), value.otherwise];
    case "inList":
      return [value.value, ...value.list];
    case "inRows":
      return [value.value];
    case "aggregate":
      return [...value.args, ...(value.filter ? [value.filter] : []), ...keysOf(value.order)];
    case "window":
      return [...value.args, ...(value.partition ?? []), ...keysOf(value.order)];
    default:
      return [];
  }
}

const keysOf = (order: readonly SortKey[] = []): Scalar[] => order.map(({ value }) => value);
