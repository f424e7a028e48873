import { inputsOf, type Relation } from "./relation.js";
import { below, type Scalar, type SortKey } from "./scalar.js";

/** True when some scalar within looks along the rows. */
export const containsWindow = (value: Scalar): boolean =>
  value.kind === "window" || below(value).some(containsWindow);

/** True when some scalar within is an aggregate. */
export const containsAggregate = (value: Scalar): boolean =>
  value.kind === "aggregate" || below(value).some(containsAggregate);

/** True when some scalar within asks other rows. */
export const containsRows = (value: Scalar): boolean =>
  value.kind === "firstCell" || value.kind === "inRows" || below(value).some(containsRows);

/** The scalars that stand directly in a relation. */
export function scalarsOf(rows: Relation): readonly Scalar[] {
  switch (rows.kind) {
    case "scan":
      return [];
    case "values":
      return rows.rows.flat();
    case "numbers":
      return [rows.count];
    case "project":
      return rows.columns.map(({ value }) => value);
    case "filter":
      return [rows.test];
    case "aggregate":
      return [...rows.keys, ...rows.aggregates].map(({ value }) => value);
    case "firstPerKey":
      return rows.keys;
    case "join":
      return rows.on.flatMap(({ left, right }) => [left, right]);
    case "union":
      return [];
    case "unnest":
      return rows.items.map(({ list }) => list);
    case "sort":
      return [...rows.keys.map(({ value }) => value), ...(rows.limit ? [rows.limit] : [])];
  }
}

/** Visits every relation once, those within scalars too; inputs come after what stands on them. */
export function visit(root: Relation, each: (rows: Relation) => void): void {
  const seen = new Set<Relation>();
  const enter = (rows: Relation): void => {
    if (seen.has(rows)) return;
    seen.add(rows);
    each(rows);
    for (const value of scalarsOf(rows)) within(value, enter);
    for (const input of inputsOf(rows)) enter(input);
  };
  enter(root);
}

function within(value: Scalar, enter: (rows: Relation) => void): void {
  if (value.kind === "inRows" || value.kind === "firstCell") enter(value.rows);
  for (const each of below(value)) within(each, enter);
}

/** Visits every scalar of a relation, at all depths, apart from those of other relations. */
export function eachScalar(value: Scalar, each: (value: Scalar) => void): void {
  each(value);
  for (const inner of below(value)) eachScalar(inner, each);
}

/** A scalar in which some within are replaced; `by` answers undefined for those that stay. */
export function replaced(value: Scalar, by: (value: Scalar) => Scalar | undefined): Scalar {
  const found = by(value);
  if (found) return found;
  const again = (each: Scalar): Scalar => replaced(each, by);
  const keys = (order: readonly SortKey[]): SortKey[] =>
    order.map((each) => ({ ...each, value: again(each.value) }));
  switch (value.kind) {
    case "call":
      return { ...value, args: value.args.map(again) };
    case "member":
      return { ...value, base: again(value.base) };
    case "choice":
      return {
        ...value,
        branches: value.branches.map((each) => ({ test: again(each.test), value: again(each.value) })),
        otherwise: again(value.otherwise),
      };
    case "inList":
      return { ...value, value: again(value.value), list: value.list.map(again) };
    case "inRows":
      return { ...value, value: again(value.value) };
    case "aggregate":
      return { ...value, args: value.args.map(again), ...(value.order ? { order: keys(value.order) } : {}) };
    case "window":
      return { ...value, args: value.args.map(again), order: keys(value.order) };
    default:
      return value;
  }
}
