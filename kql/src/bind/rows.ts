import type { ScalarType } from "@picket/kit";
import { type Computed, outputsOf, type Relation, relation } from "../plan/relation.js";
import {
  below,
  type ColumnRef,
  call,
  columnRef,
  type Members,
  type Scalar,
  type SortKey,
} from "../plan/scalar.js";
import { containsWindow, eachScalar, replaced } from "../plan/walk.js";
import { type BoundColumn, type Rows, refOf, type Session } from "./scope.js";

/** A column on its way into the next rows. */
export interface Selected {
  readonly name: string;
  readonly value: Scalar;
}

/** Typed columns that stand beside the JSON a value is. */
function membersOf(value: Scalar): Members | undefined {
  if (value.kind === "column") return value.members;
  return value.kind === "call" && value.op === "parseJson" ? membersOf(value.args[0]!) : undefined;
}

/** Computes columns from rows; what the order and typed members need comes along unseen. */
export function project(session: Session, from: Rows, wanted: readonly Selected[]): Rows {
  const { rows, selected } = windowsFirst(session, from, wanted);
  const computed = new Map<string, Computed>();
  const columns = selected.map(({ name, value }): BoundColumn => {
    const reused = value.kind === "column" && !computed.has(value.id);
    const id = reused ? value.id : session.id();
    computed.set(id, { id, type: value.type, value });
    const members = membersOf(value);
    return { name, type: value.type, id, ...(members ? { members } : {}) };
  });
  const hidden = [
    ...columns.flatMap(({ members }) => [...(members?.values() ?? [])]),
    ...columnsIn(rows.order.map(({ value }) => value)),
    ...(rows.partition ?? []),
  ];
  for (const { id, type } of hidden)
    if (!computed.has(id)) computed.set(id, { id, type, value: columnRef(id, type) });
  const plan = relation({ kind: "project", input: rows.plan, columns: [...computed.values()] });
  return { plan, columns, order: rows.order, serialized: rows.serialized, ...apart(rows) };
}

/** The groups that rows are kept apart in. */
export const apart = ({ partition }: Rows): Pick<Rows, "partition"> => (partition ? { partition } : {});

/** What looks along the rows is computed in a step of its own: it may not stand within other operations. */
function windowsFirst(
  session: Session,
  rows: Rows,
  selected: readonly Selected[],
): { rows: Rows; selected: readonly Selected[] } {
  const inner = selected.flatMap(({ value }) => windowsWithin(value, false));
  // One that looks along what another one found comes after it.
  if (inner.length > 0) {
    const lifted = liftedWindows(session, rows, selected, (each) => inner.includes(each));
    return windowsFirst(session, lifted.rows, lifted.selected);
  }
  if (!selected.some(({ value }) => value.kind !== "window" && containsWindow(value)))
    return { rows, selected };
  const isWhole = new Set(selected.map(({ value }) => value));
  return liftedWindows(session, rows, selected, (each) => !isWhole.has(each));
}

/** Innermost windows that stand within other windows. */
function windowsWithin(value: Scalar, isInside: boolean): Scalar[] {
  const isWindow = value.kind === "window";
  const found = below(value).flatMap((each) => windowsWithin(each, isInside || isWindow));
  return isWindow && isInside && found.length === 0 ? [value] : found;
}

/** Computes some windows as columns of their own. */
function liftedWindows(
  session: Session,
  rows: Rows,
  selected: readonly Selected[],
  isLifted: (value: Scalar) => boolean,
): { rows: Rows; selected: readonly Selected[] } {
  const windows = new Map<Scalar, string>();
  const outer = selected.map(({ name, value }) => ({
    name,
    value: replaced(value, (each) => {
      if (each.kind !== "window" || !isLifted(each)) return undefined;
      const id = windows.get(each) ?? session.id();
      windows.set(each, id);
      return columnRef(id, each.type);
    }),
  }));
  const kept = new Map<string, Computed>(
    [
      ...rows.columns.map(({ id, type }) => ({ id, type, value: columnRef(id, type) })),
      ...hiddenOf(rows),
      ...liftedBefore(selected, rows),
    ].map((each) => [each.id, each]),
  );
  const added = [...windows].map(([value, id]): Computed => ({ id, type: value.type, value }));
  const plan = relation({ kind: "project", input: rows.plan, columns: [...kept.values(), ...added] });
  return { rows: withPlan(rows, plan), selected: outer };
}

/** Columns that an earlier round computed. */
function liftedBefore(selected: readonly Selected[], { plan }: Rows): Computed[] {
  const there = new Set(outputsOf(plan).map(({ id }) => id));
  const used: Computed[] = [];
  for (const { value } of selected)
    eachScalar(value, (each) => {
      if (each.kind === "column" && there.has(each.id))
        used.push({ id: each.id, type: each.type, value: columnRef(each.id, each.type) });
    });
  return used;
}

const columnsIn = (values: readonly Scalar[]): { id: string; type: ScalarType }[] =>
  values.flatMap((value) => (value.kind === "column" ? [{ id: value.id, type: value.type }] : []));

/** Rows with other columns in the plan below; order and what is hidden stay. */
export const withPlan = (rows: Rows, plan: Relation): Rows => ({ ...rows, plan });

/** Rows that have no order. */
export const unordered = (plan: Relation, columns: readonly BoundColumn[]): Rows => ({
  plan,
  columns,
  order: [],
  serialized: false,
});

/** Adds columns that the query does not see. */
export function withHidden(
  session: Session,
  from: Rows,
  wanted: readonly Scalar[],
): { rows: Rows; refs: Scalar[] } {
  const { rows, selected } = windowsFirst(
    session,
    from,
    wanted.map((value) => ({ name: "", value })),
  );
  const added = selected.map(({ value }): Computed => ({ id: session.id(), type: value.type, value }));
  const kept = rows.columns.map(
    (column): Computed => ({
      id: column.id,
      type: column.type,
      value: refOf(column),
    }),
  );
  const computed = new Map([...kept, ...hiddenOf(rows), ...added].map((each) => [each.id, each]));
  const plan = relation({ kind: "project", input: rows.plan, columns: [...computed.values()] });
  return { rows: withPlan(rows, plan), refs: added.map(({ id, type }) => columnRef(id, type)) };
}

/** Columns that come along unseen. */
export function hiddenOf(rows: Rows): Computed[] {
  const members = rows.columns.flatMap((column) => [...(column.members?.values() ?? [])]);
  const ordering = columnsIn(rows.order.map(({ value }) => value));
  return [...members, ...ordering, ...(rows.partition ?? [])].map(({ id, type }) => ({
    id,
    type,
    value: columnRef(id, type),
  }));
}

/** Puts rows in an order by values over them. */
export function sorted(session: Session, rows: Rows, keys: readonly SortKey[]): Rows {
  const plain = keys.every(({ value }) => value.kind === "column");
  if (plain) return { ...rows, order: keys, serialized: true };
  const hidden = withHidden(
    session,
    rows,
    keys.map(({ value }) => value),
  );
  const order = keys.map((key, index): SortKey => ({ ...key, value: hidden.refs[index]! }));
  return { ...hidden.rows, order, serialized: true };
}

/** Rows with a number each, the same for all who read them. */
export function numbered(session: Session, rows: Rows): { rows: Rows; number: ColumnRef } {
  const place: Scalar = { kind: "window", op: "rowNumber", type: "long", args: [], order: rows.order };
  const hidden = withHidden(session, rows, [place]);
  const { plan } = hidden.rows;
  const once = plan.kind === "project" ? relation({ ...plan, once: true }) : plan;
  const number = hidden.refs[0]! as ColumnRef;
  return { rows: withPlan(hidden.rows, once), number };
}

/** Rows in the order they stand in, numbered so that functions can look along it. */
export function serialized(session: Session, rows: Rows): Rows {
  if (rows.order.length > 0) return { ...rows, serialized: true };
  const place: Scalar = { kind: "window", op: "rowNumber", type: "long", args: [], order: [] };
  const hidden = withHidden(session, rows, [place]);
  const order = [{ value: hidden.refs[0]!, descending: false, nullsFirst: true }];
  return { ...hidden.rows, order, serialized: true };
}

/** The first rows; of each group when they are kept apart. */
export function limited(session: Session, rows: Rows, limit: Scalar): Rows {
  if (!rows.partition)
    return withPlan(rows, relation({ kind: "sort", input: rows.plan, keys: rows.order, limit }));
  const place: Scalar = {
    kind: "window",
    op: "rowNumber",
    type: "long",
    args: [],
    partition: rows.partition,
    order: rows.order,
  };
  const numbered = withHidden(session, rows, [place]);
  return filtered(numbered.rows, call("lessOrEqual", "bool", numbered.refs[0]!, limit));
}

/** Rows for which a test holds. */
export const filtered = (rows: Rows, test: Scalar): Rows =>
  withPlan(rows, relation({ kind: "filter", input: rows.plan, test }));

/** The rows of a stored table, within the time span of the caller; texts are never null from here on. */
export function scan(session: Session, name: string): Rows | undefined {
  const table = session.table(name);
  if (!table) return undefined;
  session.tables.add(name);
  const stored = new Map<string, { id: string; stored: string; type: ScalarType }>();
  const take = (column: string, type: ScalarType): { id: string; stored: string; type: ScalarType } => {
    const known = stored.get(column) ?? { id: session.id(), stored: column, type };
    stored.set(column, known);
    return known;
  };
  const columns = table.columns.map((column): BoundColumn => {
    const { id } = take(column.name, column.type);
    const members = new Map(
      Object.entries(column.promoted ?? {}).map(([member, promoted]) => [
        member,
        take(promoted.column, promoted.type),
      ]),
    );
    return { name: column.name, type: column.type, id, ...(members.size > 0 ? { members } : {}) };
  });
  const hasTime = table.columns.some((column) => column.name === "TimeGenerated");
  const bounds = hasTime ? session.bounds : { from: false, to: false };
  const whole = session.schema.textsAreWhole ?? false;
  const plan = relation({ kind: "scan", table: name, columns: [...stored.values()], whole, bounds });
  return { ...unordered(plan, columns), label: name };
}

/** One row without columns. */
export const oneRow = (): Rows => unordered(relation({ kind: "values", columns: [], rows: [[]] }), []);
