import type { ScalarType } from "@picket/kit";
import type { Scope } from "../compile/compiler.js";
import { convert, type Expr, expr, nameOf, quote } from "../compile/expression.js";
import { columnExpr, type Relation, type Selected } from "../compile/relation.js";
import { scalar } from "../compile/scalars.js";
import type { SyntaxNode } from "../kusto/tree.js";
import type { QueryColumn } from "../schema.js";

type Rows = (node: SyntaxNode, scope: Scope) => Relation;

/** Items of a node, lists unfolded. */
export const itemsOf = (node: SyntaxNode): SyntaxNode[] =>
  node.children.flatMap((each) => (each.kind === "List" ? each.children : [each]));

/** What stands for nothing in a column: texts are never null. */
export const nothing = (type: ScalarType): Expr =>
  type === "string"
    ? expr("''", "string")
    : { ...convert(expr("NULL", type), type), sql: nullOf[type] ?? "NULL" };

const nullOf: Readonly<Partial<Record<ScalarType, string>>> = {
  long: "NULL::BIGINT",
  int: "NULL::INTEGER",
  real: "NULL::DOUBLE",
  decimal: "NULL::DOUBLE",
  bool: "NULL::BOOLEAN",
  datetime: "NULL::TIMESTAMP",
  timespan: "NULL::BIGINT",
  dynamic: "NULL::JSON",
  guid: "NULL::VARCHAR",
};

/** Values of a named parameter, such as `kind=leftouter`. */
export function parameterOf(node: SyntaxNode, name: string): string | undefined {
  for (const each of itemsOf(node)) {
    if (each.kind === "NamedParameter" && nameOf(each.children[0] ?? each).toLowerCase() === name)
      return (each.children[1]?.text ?? each.tokens.at(-1) ?? "").replace(/^['"]|['"]$/g, "");
  }
  return undefined;
}

/** `union`: columns by name, what one side lacks is empty there. */
export function union(node: SyntaxNode, scope: Scope, rows: Rows, input?: Relation): Relation {
  const { compiler } = scope;
  const source = parameterOf(node, "withsource");
  const isInner = parameterOf(node, "kind") === "inner";
  const items = itemsOf(node).filter(({ kind }) => kind !== "NamedParameter");
  const legs = [
    ...(input ? [{ name: "union_arg0", relation: input }] : []),
    ...items.flatMap((each, index) => legsOf(each, scope, rows, `union_arg${index + (input ? 1 : 0)}`)),
  ];
  const names = unionColumns(
    legs.map(({ relation }) => relation),
    isInner,
  );
  const steps = legs.map(({ name, relation }) => {
    const label: Selected[] = source ? [{ name: source, value: expr(quote(name), "string") }] : [];
    const selected = names.map(({ name: column, type, from }): Selected => {
      const found = relation.columns.find((each) => each.name === from && each.type === type);
      return { name: column, value: found ? { ...columnExpr(found) } : nothing(type) };
    });
    return compiler.steps.select(
      [...label, ...selected].map(({ name: column, value }) => ({
        name: column,
        value: expr(value.sql, value.type),
      })),
      `FROM ${relation.step}`,
    );
  });
  const first = steps[0];
  if (!first) throw compiler.wrong(node, "union needs a table.");
  const step = compiler.steps.name("s");
  compiler.steps.add(step, steps.map((each) => `SELECT * FROM ${each.step}`).join(" UNION ALL "));
  return { step, columns: first.columns };
}

function legsOf(
  node: SyntaxNode,
  scope: Scope,
  rows: Rows,
  fallback: string,
): { name: string; relation: Relation }[] {
  const pattern = node.text.trim();
  if (!pattern.includes("*") || node.kind === "PipeExpression")
    return [{ name: node.kind === "NameReference" ? nameOf(node) : fallback, relation: rows(node, scope) }];
  const matches = new RegExp(`^${pattern.replaceAll("*", ".*")}$`);
  return scope.compiler
    .allTables()
    .filter(({ name }) => matches.test(name))
    .map((table) => ({ name: table.name, relation: scope.compiler.scan(table) }));
}

/** One name with two types becomes two columns, named after their types. */
function unionColumns(relations: readonly Relation[], isInner: boolean): (QueryColumn & { from: string })[] {
  const types = new Map<string, Set<ScalarType>>();
  for (const { columns } of relations)
    for (const { name, type } of columns) types.set(name, (types.get(name) ?? new Set()).add(type));
  const isEverywhere = (name: string): boolean =>
    relations.every(({ columns }) => columns.some((column) => column.name === name));
  return [...types]
    .filter(([name]) => !isInner || isEverywhere(name))
    .flatMap(([name, kinds]) =>
      [...kinds].map((type) => ({ name: kinds.size === 1 ? name : `${name}_${type}`, type, from: name })),
    );
}

/** `print`: one row of values. */
export function print(node: SyntaxNode, scope: Scope): Relation {
  const names = node.columns ?? [];
  const selected = itemsOf(node).map(
    (each, index): Selected => ({ name: names[index]?.name ?? `print_${index}`, value: scalar(each, scope) }),
  );
  return scope.compiler.steps.select(selected, "");
}

/** `range x from a to b step s`. */
export function range(node: SyntaxNode, scope: Scope): Relation {
  const [name, from, to, step] = node.children as [SyntaxNode, SyntaxNode, SyntaxNode, SyntaxNode];
  const [low, high, by] = [from, to, step].map((each) => scalar(each, scope)) as [Expr, Expr, Expr];
  const limit = 1_000_000;
  const steps =
    low.type === "datetime"
      ? `(epoch_us(${high.sql}) - epoch_us(${low.sql})) // ((${by.sql}) // 10)`
      : `CAST(floor((${high.sql} - ${low.sql}) / ${by.sql}) AS BIGINT)`;
  const value =
    low.type === "datetime"
      ? expr(`(${low.sql} + to_microseconds(CAST(i * ((${by.sql}) // 10) AS BIGINT)))`, "datetime")
      : expr(`(${low.sql} + i * ${by.sql})`, by.type === "real" ? "real" : low.type);
  const relation = scope.compiler.steps.select(
    [{ name: nameOf(name), value }],
    `FROM (SELECT unnest(range(0, least(${steps} + 1, ${limit}))) AS i)`,
  );
  return { ...relation, order: "k0" };
}

/** `datatable (a: string, …) [ … ]`. */
export function datatable(node: SyntaxNode, scope: Scope): Relation {
  const columns = node.columns ?? [];
  const values = node.children.filter(({ kind }) => kind === "List").at(-1)?.children ?? [];
  const rows: string[] = [];
  for (let at = 0; at + columns.length <= values.length && columns.length > 0; at += columns.length) {
    const cells = columns.map(({ type }, index) => convert(scalar(values[at + index]!, scope), type).sql);
    rows.push(`SELECT ${cells.map((cell, index) => `${cell} AS v${index}`).join(", ")}, ${at} AS place`);
  }
  const empty = `SELECT ${columns.map(({ type }, index) => `${nothing(type).sql} AS v${index}`).join(", ")}, 0 AS place WHERE FALSE`;
  const selected = columns.map(({ name, type }, index) => ({ name, value: expr(`v${index}`, type) }));
  return scope.compiler.steps.select(
    selected,
    `FROM (${rows.length > 0 ? rows.join(" UNION ALL ") : empty}) ORDER BY place`,
  );
}
