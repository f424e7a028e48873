import { type Expr, expr, nameOf } from "../compile/expression.js";
import { columnExpr, passed, type Relation, type Selected } from "../compile/relation.js";
import { scalar } from "../compile/scalars.js";
import type { SyntaxNode } from "../kusto/tree.js";
import type { Piped } from "./operators.js";
import { itemsOf, parameterOf } from "./sources.js";

const KINDS: Readonly<Record<string, string>> = {
  inner: "INNER",
  innerunique: "INNER",
  leftouter: "LEFT",
  rightouter: "RIGHT",
  fullouter: "FULL",
};
const HALVES: Readonly<Record<string, readonly [side: "left" | "right", isAnti: boolean]>> = {
  leftsemi: ["left", false],
  leftanti: ["left", true],
  anti: ["left", true],
  leftantisemi: ["left", true],
  rightsemi: ["right", false],
  rightanti: ["right", true],
  rightantisemi: ["right", true],
};

interface Sides {
  readonly left: Relation;
  readonly right: Relation;
  readonly on: string;
  /** Names of the left and right columns of each condition. */
  readonly keys: readonly (readonly [left: Expr, right: Expr])[];
  readonly rightKeyNames: ReadonlySet<string>;
}

/** `join`: by default the left side is made unique on its keys first. */
export function join(piped: Piped): Relation {
  const kind = parameterOf(piped.node, "kind") ?? "innerunique";
  const sides = sidesOf(piped);
  const half = HALVES[kind];
  if (half) return semi(piped, sides, half);
  const how = KINDS[kind];
  if (!how) throw piped.scope.compiler.notSupported(piped.node, `join kind=${kind}`);
  const left = kind === "innerunique" ? unique(piped, sides) : sides.left;
  const columns = [...passed(left, "l."), ...passed(sides.right, "r.")];
  return joined(piped, { ...sides, left }, how, columns);
}

/** `lookup`: like a left outer join, without the right side's keys. */
export function lookup(piped: Piped): Relation {
  const how = parameterOf(piped.node, "kind") === "inner" ? "INNER" : "LEFT";
  const sides = sidesOf(piped);
  const right = passed(sides.right, "r.").filter(({ name }) => !sides.rightKeyNames.has(name));
  return joined(piped, sides, how, [...passed(sides.left, "l."), ...right]);
}

function joined(
  { scope, output }: Piped,
  { left, right, on }: Sides,
  how: string,
  columns: readonly Selected[],
): Relation {
  const selected = columns.map(
    ({ name, value }, index): Selected => ({
      name: output[index]?.name ?? name,
      value: how === "INNER" ? value : padded(value),
    }),
  );
  return scope.compiler.steps.select(selected, `FROM ${left.step} l ${how} JOIN ${right.step} r ON ${on}`);
}

/** A side without a partner has empty texts, not nulls. */
const padded = (value: Expr): Expr =>
  value.type === "string" ? expr(`coalesce(${value.sql}, '')`, "string") : value;

function semi(
  { scope }: Piped,
  { left, right, on }: Sides,
  [side, isAnti]: readonly ["left" | "right", boolean],
): Relation {
  const [kept, other] = side === "left" ? [left, right] : [right, left];
  const [mine, theirs] = side === "left" ? ["l", "r"] : ["r", "l"];
  return scope.compiler.steps.select(
    passed(kept, `${mine}.`),
    `FROM ${kept.step} ${mine} WHERE ${isAnti ? "NOT " : ""}EXISTS (SELECT 1 FROM ${other.step} ${theirs} WHERE ${on})`,
  );
}

/** One row of the left side for each combination of keys. */
function unique({ scope }: Piped, { left, keys }: Sides): Relation {
  const step = scope.compiler.steps.name("s");
  const by = keys.map(([key]) => key.sql.replace(/^l\./, "")).join(", ");
  scope.compiler.steps.add(step, `SELECT DISTINCT ON (${by}) * FROM ${left.step}`);
  return { step, columns: left.columns };
}

function sidesOf(piped: Piped): Sides {
  const { node, input: left, scope } = piped;
  const clause = node.children.find(({ kind }) => kind === "JoinOnClause");
  const source = node.children.find(
    ({ kind }) => kind !== "List" && kind !== "JoinOnClause" && kind !== "NamedParameter",
  );
  if (!clause || !source) throw scope.compiler.notSupported(node, "a join without on");
  const right = piped.rows(source);
  const [atLeft, atRight] = [scope.over(left, "l."), scope.over(right, "r.")];
  const keys = itemsOf(clause).map((each): readonly [Expr, Expr] => {
    if (each.kind === "NameReference") return [scalar(each, atLeft), scalar(each, atRight)];
    const [one, two] = each.children as [SyntaxNode, SyntaxNode];
    const [forLeft, forRight] = one.text.trim().startsWith("$right") ? [two, one] : [one, two];
    return [ofSide(forLeft, left, "l."), ofSide(forRight, right, "r.")];
  });
  // Null matches null, unlike in SQL; texts are never null.
  const on = keys
    .map(([a, b]) => (a.type === "string" ? `${a.sql} = ${b.sql}` : `${a.sql} IS NOT DISTINCT FROM ${b.sql}`))
    .join(" AND ");
  const rightKeyNames = new Set(
    right.columns
      .filter(({ alias }) => keys.some(([, key]) => key.sql === `r.${alias}`))
      .map(({ name }) => name),
  );
  return { left, right, on, keys, rightKeyNames };

  function ofSide(each: SyntaxNode, relation: Relation, prefix: string): Expr {
    const name = nameOf(each.children[1] ?? each);
    const column = relation.columns.find((one) => one.name === name);
    if (!column) throw scope.compiler.wrong(each, `${name} is no column of that side.`);
    return columnExpr(column, prefix);
  }
}
