import type { ScalarType } from "@picket/kit";
import type { Scalar, SortKey } from "./scalar.js";

/** A column on its way out of a relation. */
export interface PlanColumn {
  readonly id: string;
  readonly type: ScalarType;
}

/** A column that is computed. */
export interface Computed extends PlanColumn {
  readonly value: Scalar;
}

/** Rows of a stored table. */
export interface Scan {
  readonly kind: "scan";
  readonly table: string;
  readonly columns: readonly (PlanColumn & { readonly stored: string })[];
  /** True when no text of it is null. */
  readonly whole: boolean;
  /** Bounds of `TimeGenerated` that the caller sets at each run. */
  readonly bounds: { readonly from: boolean; readonly to: boolean };
}

/** Rows written in the query. */
export interface Values {
  readonly kind: "values";
  readonly columns: readonly PlanColumn[];
  readonly rows: readonly (readonly Scalar[])[];
}

/** The numbers 0, 1, … below a count. */
export interface Numbers {
  readonly kind: "numbers";
  readonly id: string;
  readonly count: Scalar;
}

/** Columns computed from the rows below. */
export interface Project {
  readonly kind: "project";
  readonly input: Relation;
  readonly columns: readonly Computed[];
  /** Set when all who read it must see the same rows, such as numbered ones. */
  readonly once?: boolean;
}

/** Rows for which a test holds. */
export interface Filter {
  readonly kind: "filter";
  readonly input: Relation;
  readonly test: Scalar;
}

/** One row per group of keys; one row in all when there are no keys. */
export interface Aggregate {
  readonly kind: "aggregate";
  readonly input: Relation;
  readonly keys: readonly Computed[];
  readonly aggregates: readonly Computed[];
}

/** One arbitrary row per combination of keys. */
export interface FirstPerKey {
  readonly kind: "firstPerKey";
  readonly input: Relation;
  readonly keys: readonly Scalar[];
}

/** How two relations are joined. */
export type JoinKind = "inner" | "left" | "right" | "full" | "leftsemi" | "leftanti" | "cross";

/** Pairs of rows; nulls in keys are equal. */
export interface Join {
  readonly kind: "join";
  readonly how: JoinKind;
  readonly left: Relation;
  readonly right: Relation;
  readonly on: readonly { readonly left: Scalar; readonly right: Scalar }[];
  readonly columns: readonly (PlanColumn & { readonly from: "left" | "right"; readonly source: string })[];
}

/** Rows of several relations below each other; columns by position. */
export interface Union {
  readonly kind: "union";
  readonly columns: readonly PlanColumn[];
  readonly inputs: readonly { readonly rows: Relation; readonly ids: readonly string[] }[];
}

/** A row per element of JSON arrays, zipped to the longest. */
export interface Unnest {
  readonly kind: "unnest";
  readonly input: Relation;
  readonly keep: readonly PlanColumn[];
  readonly items: readonly { readonly id: string; readonly list: Scalar }[];
  /** Column of the element's place, from 0. */
  readonly ordinal: string;
}

/** Rows in an order, or the first of them. */
export interface Sort {
  readonly kind: "sort";
  readonly input: Relation;
  readonly keys: readonly SortKey[];
  readonly limit?: Scalar;
}

/** Rows that are computed outside the engine from the rows below: what SQL has no words for. */
export interface Step {
  readonly kind: "step";
  readonly input: Relation;
  /** Which step, and what it is told; plain data, since it travels between threads. */
  readonly name: string;
  readonly options: unknown;
  /** The columns it reads, and the order of the rows it reads. */
  readonly reads: readonly PlanColumn[];
  readonly order: readonly SortKey[];
  readonly columns: readonly PlanColumn[];
}

/** A relation of the plan; never changes once made. */
export type Relation =
  | Scan
  | Values
  | Numbers
  | Project
  | Filter
  | Aggregate
  | FirstPerKey
  | Join
  | Union
  | Unnest
  | Step
  | Sort;

/** Makes a relation. */
export const relation = <R extends Relation>(fields: R): R => Object.freeze(fields);

/** The relations directly below one. */
export function inputsOf(rows: Relation): readonly Relation[] {
  switch (rows.kind) {
    case "scan":
    case "values":
    case "numbers":
      return [];
    case "join":
      return [rows.left, rows.right];
    case "union":
      return rows.inputs.map((each) => each.rows);
    default:
      return [rows.input];
  }
}

/** The columns that come out of a relation. */
export function outputsOf(rows: Relation): readonly PlanColumn[] {
  switch (rows.kind) {
    case "numbers":
      return [{ id: rows.id, type: "long" }];
    case "filter":
    case "firstPerKey":
    case "sort":
      return outputsOf(rows.input);
    case "aggregate":
      return [...rows.keys, ...rows.aggregates];
    case "unnest":
      return [
        ...rows.keep,
        ...rows.items.map(({ id }): PlanColumn => ({ id, type: "dynamic" })),
        { id: rows.ordinal, type: "long" },
      ];
    default:
      return rows.columns;
  }
}

/** A whole query. */
export interface Plan {
  readonly rows: Relation;
  readonly columns: readonly (PlanColumn & { readonly name: string })[];
  readonly order: readonly SortKey[];
}
