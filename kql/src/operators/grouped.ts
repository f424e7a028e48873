import { apart, project, unordered } from "../bind/rows.js";
import type { Rows, Scope } from "../bind/scope.js";
import { type Computed, relation } from "../plan/relation.js";
import { columnRef, type Scalar } from "../plan/scalar.js";
import { replaced } from "../plan/walk.js";

/** A value on its way out, under a name. */
interface Named {
  readonly name: string;
  readonly value: Scalar;
}

/** Rows grouped by keys, with values: aggregates first, what is computed from them after. */
export function grouped(scope: Scope, rows: Rows, keys: readonly Named[], values: readonly Named[]): Rows {
  const { session } = scope;
  const compute = (value: Scalar): Computed => ({ id: session.id(), type: value.type, value });
  const groups = (rows.partition ?? []).map(
    (each): Computed => ({ id: each.id, type: each.type, value: each }),
  );
  const keyed = keys.map(({ value }) => compute(value));
  const aggregates: Computed[] = [];
  const outer = values.map(({ name, value }) => ({
    name,
    value: replaced(value, (each) => {
      if (each.kind !== "aggregate") return undefined;
      const column = compute(each);
      aggregates.push(column);
      return columnRef(column.id, column.type);
    }),
  }));
  const plan = relation({ kind: "aggregate", input: rows.plan, keys: [...groups, ...keyed], aggregates });
  const selected = keys.map(({ name }, place) => {
    const { id, type } = keyed[place]!;
    return { name, value: columnRef(id, type) as Scalar };
  });
  return project(session, { ...unordered(plan, []), ...apart(rows) }, [...selected, ...outer]);
}
