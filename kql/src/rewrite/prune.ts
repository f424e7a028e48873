import { type Plan, type Relation, relation } from "../plan/relation.js";
import type { Scalar } from "../plan/scalar.js";
import { eachScalar, scalarsOf, visit } from "../plan/walk.js";
import { simplified } from "./truth.js";

/**
 * Leaves out columns that nothing reads. Tables have dozens of typed columns beside their JSON; a query names a
 * few. Ids are unique in a plan, so one set of those in use is enough.
 */
export function pruned(plan: Plan): Plan {
  const used = usedIds(plan);
  const known = new Map<Relation, Relation>();
  const rebuild = (rows: Relation): Relation => {
    const done = known.get(rows);
    if (done) return done;
    const made = simplified(relation(narrowed(rows, used, rebuild)));
    known.set(rows, made);
    return made;
  };
  return { ...plan, rows: rebuild(plan.rows) };
}

/** Ids that are read, found from the answer downwards until nothing is added. */
function usedIds(plan: Plan): ReadonlySet<string> {
  const used = new Set(plan.columns.map(({ id }) => id));
  const use = (value: Scalar): void =>
    eachScalar(value, (each) => {
      if (each.kind === "column") used.add(each.id);
      if (each.kind === "inRows" || each.kind === "firstCell") used.add(each.column);
    });
  for (const { value } of plan.order) use(value);
  let before = -1;
  while (used.size !== before) {
    before = used.size;
    visit(plan.rows, (rows) => mark(rows, used, use));
  }
  return used;
}

function mark(rows: Relation, used: Set<string>, use: (value: Scalar) => void): void {
  if (rows.kind === "project") {
    for (const { id, value } of rows.columns) if (used.has(id)) use(value);
  } else if (rows.kind === "aggregate") {
    for (const { value } of rows.keys) use(value);
    for (const { id, value } of rows.aggregates) if (used.has(id)) use(value);
  } else {
    for (const value of scalarsOf(rows)) use(value);
  }
  if (rows.kind === "step") for (const { id } of rows.reads) used.add(id);
  if (rows.kind === "join") for (const { id, source } of rows.columns) if (used.has(id)) used.add(source);
  if (rows.kind === "union")
    for (const [place, { id }] of rows.columns.entries())
      if (used.has(id)) for (const { ids } of rows.inputs) used.add(ids[place]!);
}

function narrowed(rows: Relation, used: ReadonlySet<string>, again: (rows: Relation) => Relation): Relation {
  const isUsed = ({ id }: { readonly id: string }): boolean => used.has(id);
  switch (rows.kind) {
    case "scan":
      return { ...rows, columns: rows.columns.filter(isUsed) };
    case "values":
    case "numbers":
      return rows;
    case "project":
      return { ...rows, input: again(rows.input), columns: rows.columns.filter(isUsed) };
    case "aggregate":
      return { ...rows, input: again(rows.input), aggregates: rows.aggregates.filter(isUsed) };
    case "join":
      return {
        ...rows,
        left: again(rows.left),
        right: again(rows.right),
        columns: rows.columns.filter(isUsed),
      };
    case "union":
      return narrowedUnion(rows, used, again);
    case "unnest":
      return { ...rows, input: again(rows.input), keep: rows.keep.filter(isUsed) };
    default:
      return { ...rows, input: again(rows.input) };
  }
}

function narrowedUnion(
  rows: Extract<Relation, { kind: "union" }>,
  used: ReadonlySet<string>,
  again: (rows: Relation) => Relation,
): Relation {
  const places = rows.columns.flatMap(({ id }, place) => (used.has(id) ? [place] : []));
  return {
    ...rows,
    columns: places.map((place) => rows.columns[place]!),
    inputs: rows.inputs.map(({ rows: input, ids }) => ({
      rows: again(input),
      ids: places.map((place) => ids[place]!),
    })),
  };
}
