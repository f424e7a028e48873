import { inputsOf, type Relation, relation } from "./relation.js";
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
    case "step":
      return rows.order.map(({ value }) => value);
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
    case "host":
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
      return {
        ...value,
        args: value.args.map(again),
        ...(value.filter ? { filter: again(value.filter) } : {}),
        ...(value.order ? { order: keys(value.order) } : {}),
      };
    case "window":
      return {
        ...value,
        args: value.args.map(again),
        ...(value.partition ? { partition: value.partition.map(again) } : {}),
        order: keys(value.order),
      };
    default:
      return value;
  }
}

/** How a relation is made anew. */
export interface Rebuild {
  readonly scalar: (value: Scalar) => Scalar;
  readonly rows: (rows: Relation) => Relation;
}

/** A relation over other inputs, with other scalars. */
export function rebuilt(rows: Relation, { scalar, rows: again }: Rebuild): Relation {
  const keys = (order: readonly SortKey[]): SortKey[] =>
    order.map((each) => ({ ...each, value: scalar(each.value) }));
  const computed = <C extends { readonly value: Scalar }>(columns: readonly C[]): C[] =>
    columns.map((each) => ({ ...each, value: scalar(each.value) }));
  switch (rows.kind) {
    case "scan":
      return rows;
    case "values":
      return relation({ ...rows, rows: rows.rows.map((row) => row.map(scalar)) });
    case "numbers":
      return relation({ ...rows, count: scalar(rows.count) });
    case "project":
      return relation({ ...rows, input: again(rows.input), columns: computed(rows.columns) });
    case "filter":
      return relation({ ...rows, input: again(rows.input), test: scalar(rows.test) });
    case "aggregate":
      return relation({
        ...rows,
        input: again(rows.input),
        keys: computed(rows.keys),
        aggregates: computed(rows.aggregates),
      });
    case "firstPerKey":
      return relation({ ...rows, input: again(rows.input), keys: rows.keys.map(scalar) });
    case "join":
      return relation({
        ...rows,
        left: again(rows.left),
        right: again(rows.right),
        on: rows.on.map((each) => ({ left: scalar(each.left), right: scalar(each.right) })),
      });
    case "union":
      return relation({ ...rows, inputs: rows.inputs.map((each) => ({ ...each, rows: again(each.rows) })) });
    case "unnest":
      return relation({
        ...rows,
        input: again(rows.input),
        items: rows.items.map((each) => ({ ...each, list: scalar(each.list) })),
      });
    case "step":
      return relation({ ...rows, input: again(rows.input), order: keys(rows.order) });
    case "sort":
      return relation({
        ...rows,
        input: again(rows.input),
        keys: keys(rows.keys),
        ...(rows.limit ? { limit: scalar(rows.limit) } : {}),
      });
  }
}
