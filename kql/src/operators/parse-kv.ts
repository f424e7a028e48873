import type { ScalarType } from "@picket/kit";
import { convert, toText } from "../bind/convert.js";
import { project, withHidden } from "../bind/rows.js";
import { outsideCall } from "../functions/outside.js";
import { nameOf } from "../kusto/tree.js";
import { literal, member, type Scalar } from "../plan/scalar.js";
import { every, type OperatorBinder } from "./operator.js";

/** `parse-kv`: columns out of a text of names and values. */
export const parseKvOperator: OperatorBinder = ({ node, rows, scope }) => {
  const { session } = scope;
  const options: Record<string, unknown> = {};
  for (const each of node.get("WithClause")?.list("Properties") ?? []) {
    const value = each.need("Expression");
    options[nameOf(each.need("Name"))] = value.literal ?? /^true$/i.test(value.text);
  }
  const keys = node
    .need("Keys")
    .list("Columns")
    .map((each) => ({
      name: nameOf(each.need("Name")),
      type: (each.need("Name").type ?? "string") as ScalarType,
    }));
  options["keys"] = keys.map(({ name }) => name);
  const source = toText(session.bindScalar(node.need("Expression"), scope));
  const bag = outsideCall("parse_kv", "dynamic", [source, literal("dynamic", JSON.stringify(options))]);
  const hidden = withHidden(session, rows, [bag]);
  const selected = every(hidden.rows);
  for (const { name, type } of keys) {
    const value: Scalar = convert(toText(member(hidden.refs[0]!, name)), type);
    const at = selected.findIndex((each) => each.name === name);
    if (at >= 0) selected[at] = { name, value };
    else selected.push({ name, value });
  }
  return project(session, hidden.rows, selected);
};
