import { unordered } from "../bind/rows.js";
import type { Rows } from "../bind/scope.js";
import { nameOf } from "../kusto/tree.js";
import { relation } from "../plan/relation.js";
import { columnRef, literal, type Scalar, text } from "../plan/scalar.js";
import type { OperatorBinder } from "./operator.js";

/** `render`: rows stay; how to draw them is told beside. */
export const renderOperator: OperatorBinder = ({ node, rows, scope }) => {
  const [, kind = "table"] = /^render\s+([A-Za-z0-9]+)/.exec(node.text) ?? [];
  const properties: Record<string, string> = {};
  for (const each of node.get("WithClause")?.list("Properties") ?? []) {
    const value = each.get("Expression");
    properties[nameOf(each.need("Name"))] = value?.literal ?? value?.text ?? "";
  }
  scope.session.render = { kind, properties };
  return rows;
};

const engineTypes: Readonly<Record<string, string>> = {
  string: "System.String",
  long: "System.Int64",
  int: "System.Int32",
  real: "System.Double",
  decimal: "System.Data.SqlTypes.SqlDecimal",
  bool: "System.SByte",
  datetime: "System.DateTime",
  timespan: "System.TimeSpan",
  dynamic: "System.Object",
  guid: "System.Guid",
};

/** `getschema`: a row per column. */
export const getSchemaOperator: OperatorBinder = ({ rows, scope, output }) => {
  const names = ["ColumnName", "ColumnOrdinal", "DataType", "ColumnType"];
  const columns = names.map((name, place) => ({
    name,
    type: output[place]?.type ?? (place === 1 ? ("long" as const) : ("string" as const)),
    id: scope.session.id(),
  }));
  const cells = rows.columns.map(({ name, type }, place): Scalar[] => [
    text(name),
    literal(columns[1]!.type, BigInt(place)),
    text(engineTypes[type] ?? type),
    text(type),
  ]);
  const plan = relation({ kind: "values", columns, rows: cells });
  const place = columns[1]!;
  return {
    ...unordered(plan, columns),
    order: [{ value: columnRef(place.id, place.type), descending: false, nullsFirst: true }],
  };
};

/** `as`: a name that `withsource` shows. */
export const asOperator: OperatorBinder = ({ node, rows }): Rows => ({
  ...rows,
  label: nameOf(node.need("Name")),
});
