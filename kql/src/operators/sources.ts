import { convert, toLong } from "../bind/convert.js";
import { oneRow, project, unordered } from "../bind/rows.js";
import type { BoundColumn, Rows, Scope } from "../bind/scope.js";
import { nameOf, type SyntaxNode } from "../kusto/tree.js";
import { relation } from "../plan/relation.js";
import { call, columnRef, long, nothing, type Scalar } from "../plan/scalar.js";
import type { QueryColumn } from "../schema.js";
import { conformed, unnamed } from "./operator.js";

/** `print`: one row of values. */
export function print(node: SyntaxNode, scope: Scope, output: readonly QueryColumn[]): Rows {
  const selected = node.list("Expressions").map((each, place) => ({
    name: output[place]?.name ?? `print_${place}`,
    value: conformed(scope.session.bindScalar(unnamed(each), scope), output[place]?.type),
  }));
  return project(scope.session, oneRow(), selected);
}

/** Steps from one value to another, both included. */
export function stepsBetween(from: Scalar, to: Scalar, step: Scalar): Scalar {
  if (from.type === "datetime") {
    const difference = call("timeDifference", "timespan", to, from);
    return call("add", "long", call("intDivide", "long", difference, step), long(1));
  }
  if (from.type === "real" || step.type === "real") {
    const difference = call("subtractReal", "real", convert(to, "real"), convert(from, "real"));
    const quotient = call("divideReal", "real", difference, convert(step, "real"));
    return call("add", "long", call("realWhole", "long", call("floor", "real", quotient)), long(1));
  }
  const difference = call("subtract", "long", convert(to, from.type), from);
  return call("add", "long", call("intDivide", "long", difference, step), long(1));
}

/** The value a number of steps after another. */
export function stepped(from: Scalar, step: Scalar, count: Scalar): Scalar {
  if (from.type === "datetime")
    return call("addSpan", "datetime", from, call("multiply", "timespan", step, count));
  if (from.type === "real" || step.type === "real") {
    const length = call("multiplyReal", "real", convert(step, "real"), call("toReal", "real", count));
    return call("addReal", "real", convert(from, "real"), length);
  }
  return call("add", from.type, from, call("multiply", from.type, step, count));
}

/** `range x from a to b step s`. */
export function range(node: SyntaxNode, scope: Scope, output: readonly QueryColumn[]): Rows {
  const { session } = scope;
  const [from, to, step] = ["From", "To", "Step"].map((name) =>
    session.bindScalar(node.need(name), scope),
  ) as [Scalar, Scalar, Scalar];
  const wide = (value: Scalar): Scalar => (value.type === "int" ? toLong(value) : value);
  const start = step.type === "real" ? convert(from, "real") : wide(from);
  const id = session.id();
  const numbers = relation({ kind: "numbers", id, count: stepsBetween(start, wide(to), wide(step)) });
  const value = conformed(stepped(start, wide(step), columnRef(id, "long")), output[0]?.type);
  const order = [{ value: columnRef(id, "long"), descending: false, nullsFirst: true }];
  const numbered = { ...unordered(numbers, []), order, serialized: true };
  return project(session, numbered, [{ name: nameOf(node.need("Name")), value }]);
}

/** `datatable (a: string, …) [ … ]`: in the order as written. */
export function datatable(node: SyntaxNode, scope: Scope, output: readonly QueryColumn[]): Rows {
  const { session } = scope;
  const cells = node.list("Values").map((each) => session.bindScalar(each, scope));
  const width = output.length;
  const rows: Scalar[][] = [];
  for (let at = 0; width > 0 && at + width <= cells.length; at += width) {
    const row = output.map(({ type }, place) => convert(cells[at + place]!, type));
    rows.push([...row, long(rows.length)]);
  }
  const columns = output.map(({ name, type }): BoundColumn => ({ name, type, id: session.id() }));
  const place = { id: session.id(), type: "long" } as const;
  const empty = [[...output.map(({ type }): Scalar => nothing(type)), long(0)]];
  const values = relation({
    kind: "values",
    columns: [...columns, place],
    rows: rows.length > 0 ? rows : empty,
  });
  const plan =
    rows.length > 0
      ? values
      : relation({ kind: "filter", input: values, test: { kind: "literal", type: "bool", value: false } });
  const order = [{ value: columnRef(place.id, "long"), descending: false, nullsFirst: true }];
  return { plan, columns, order, serialized: false };
}
