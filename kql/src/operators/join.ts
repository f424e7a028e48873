import { comparable } from "../bind/operations.js";
import { unordered } from "../bind/rows.js";
import { type BoundColumn, columnOf, type Rows, type Scope } from "../bind/scope.js";
import { nameOf, parameterOf, type SyntaxNode } from "../kusto/tree.js";
import { type Computed, type Join, type JoinKind, relation } from "../plan/relation.js";
import { call, columnRef, type Members, type Scalar, text } from "../plan/scalar.js";
import type { OperatorBinder, Piped } from "./operator.js";

type Side = "left" | "right";

/** How each kind of join is done, and whose rows come out. */
const kinds: Readonly<Record<string, { readonly how: JoinKind; readonly keep: "both" | Side }>> = {
  inner: { how: "inner", keep: "both" },
  innerunique: { how: "inner", keep: "both" },
  leftouter: { how: "left", keep: "both" },
  rightouter: { how: "right", keep: "both" },
  fullouter: { how: "full", keep: "both" },
  leftsemi: { how: "leftsemi", keep: "left" },
  leftanti: { how: "leftanti", keep: "left" },
  anti: { how: "leftanti", keep: "left" },
  leftantisemi: { how: "leftanti", keep: "left" },
  rightsemi: { how: "leftsemi", keep: "right" },
  rightanti: { how: "leftanti", keep: "right" },
  rightantisemi: { how: "leftanti", keep: "right" },
};

/** A pair of values that must be equal. */
interface Key {
  readonly left: Scalar;
  readonly right: Scalar;
  /** Names of the columns on the right that are keys; `lookup` leaves them out. */
  readonly rightName: string | undefined;
}

/** `join`: unique left rows by default; columns of both sides, the right ones renamed where they clash. */
export const joinOperator: OperatorBinder = (piped) => {
  const { node, rows, scope, output } = piped;
  const kind = (parameterOf(node, "kind") ?? "innerunique").toLowerCase();
  const way = kinds[kind];
  if (!way) throw scope.session.notSupported(node, `join kind=${kind}`);
  const right = scope.session.bindRows(node.need("Expression"), outside(scope));
  const keys = keysOf(node.get("ConditionClause"), piped, right);
  const left = kind === "innerunique" ? unique(rows, keys) : rows;
  if (way.keep === "left") return oneSided(left, right, keys, way.how);
  if (way.keep === "right") return oneSided(right, left, keys.map(turned), way.how);
  return bothSides({ scope, left, right, how: way.how, keys, output });
};

/** `lookup`: as an outer join, without the keys of the right side. */
export const lookupOperator: OperatorBinder = (piped) => {
  const { node, rows, scope, output } = piped;
  const kind = (parameterOf(node, "kind") ?? "leftouter").toLowerCase();
  const right = scope.session.bindRows(node.need("Expression"), outside(scope));
  const keys = keysOf(node.get("LookupClause"), piped, right);
  const names = new Set(keys.map(({ rightName }) => rightName));
  const shown = { ...right, columns: right.columns.filter(({ name }) => !names.has(name)) };
  const how = kind === "inner" ? "inner" : "left";
  return bothSides({ scope, left: rows, right: shown, how, keys, output });
};

/** The right side of a join does not see the columns of the left one. */
function outside(scope: Scope): Scope {
  const { rows: _, aggregates: __, ...rest } = scope;
  return rest;
}

const turned = ({ left, right }: Key): Key => ({ left: right, right: left, rightName: undefined });

function keysOf(clause: SyntaxNode | undefined, { rows, scope }: Piped, right: Rows): Key[] {
  return (clause?.list("Expressions") ?? []).flatMap((each) => keyOf(each, scope, rows, right));
}

function keyOf(node: SyntaxNode, scope: Scope, left: Rows, right: Rows): Key[] {
  if (node.kind === "ParenthesizedExpression") return keyOf(node.need("Expression"), scope, left, right);
  if (node.kind === "AndExpression")
    return ["Left", "Right"].flatMap((side) => keyOf(node.need(side), scope, left, right));
  if (node.kind === "NameReference") {
    const name = nameOf(node);
    const [one, other] = [columnOf(left, name), columnOf(right, name)];
    if (!one || !other) throw scope.session.wrong(node, `${name} is not a column of both sides.`);
    return [key(one, other, name)];
  }
  if (node.kind !== "EqualExpression")
    throw scope.session.notSupported(node, `the join condition ${node.text}`);
  const sides = { ...scope, sides: { left, right } };
  const [first, second] = [node.need("Left"), node.need("Right")];
  const isTurned = first.text.trimStart().startsWith("$right");
  const [leftNode, rightNode] = isTurned ? [second, first] : [first, second];
  const rightName = nameOf(rightNode.get("Selector") ?? rightNode);
  return [
    key(scope.session.bindScalar(leftNode, sides), scope.session.bindScalar(rightNode, sides), rightName),
  ];
}

function key(one: Scalar, other: Scalar, rightName: string): Key {
  const [left, right] = comparable(one, other);
  return { left, right, rightName };
}

/** One arbitrary row per combination of keys. */
const unique = (rows: Rows, keys: readonly Key[]): Rows => ({
  ...rows,
  plan: relation({ kind: "firstPerKey", input: rows.plan, keys: keys.map(({ left }) => left) }),
  order: [],
  serialized: false,
});

function oneSided(kept: Rows, other: Rows, keys: readonly Key[], how: JoinKind): Rows {
  const hidden = kept.columns.flatMap(({ members }) => [...(members?.values() ?? [])]);
  const ids = new Map([...kept.columns, ...hidden].map(({ id, type }) => [id, type]));
  const columns = [...ids].map(([id, type]) => ({ id, type, from: "left", source: id }) as const);
  const on = keys.map(({ left, right }) => ({ left, right }));
  return unordered(
    relation({ kind: "join", how, left: kept.plan, right: other.plan, on, columns }),
    kept.columns,
  );
}

interface Sides {
  readonly scope: Scope;
  readonly left: Rows;
  readonly right: Rows;
  readonly how: JoinKind;
  readonly keys: readonly Key[];
  readonly output: Piped["output"];
}

function bothSides({ scope, left, right, how, keys, output }: Sides): Rows {
  const taken: Join["columns"][number][] = [];
  const take = (from: Side) => {
    const ids = new Map<string, string>();
    return (source: string, type: BoundColumn["type"]): string => {
      const id = ids.get(source) ?? scope.session.id();
      if (!ids.has(source)) taken.push({ id, type, from, source });
      ids.set(source, id);
      return id;
    };
  };
  const sides = [
    ...left.columns.map((column) => ({ column, taker: "left" as const })),
    ...right.columns.map((column) => ({ column, taker: "right" as const })),
  ];
  const takers = { left: take("left"), right: take("right") };
  const columns = sides.map(({ column, taker }, place): BoundColumn => {
    const id = takers[taker](column.id, column.type);
    const members = membersOf(column.members, takers[taker]);
    return { ...column, name: output[place]?.name ?? column.name, id, ...(members ? { members } : {}) };
  });
  const on = keys.map((each) => ({ left: each.left, right: each.right }));
  const isCross = on.length === 0;
  const plan = relation<Join>({
    kind: "join",
    how: isCross ? "cross" : how,
    left: left.plan,
    right: right.plan,
    on,
    columns: taken,
  });
  return filledTexts(scope, unordered(plan, columns), how);
}

const membersOf = (
  members: Members | undefined,
  take: (id: string, type: BoundColumn["type"]) => string,
): Members | undefined =>
  members && new Map([...members].map(([name, { id, type }]) => [name, { id: take(id, type), type }]));

/** Texts of rows without a partner are empty, not null. */
function filledTexts(scope: Scope, rows: Rows, how: JoinKind): Rows {
  if (how === "inner" || how === "cross") return rows;
  const ids = new Map<string, Computed>();
  const kept = (id: string, type: BoundColumn["type"]): string => {
    const value = columnRef(id, type);
    const known = ids.get(id) ?? {
      id: scope.session.id(),
      type,
      value: type === "string" ? call("coalesce", "string", value, text("")) : value,
    };
    ids.set(id, known);
    return known.id;
  };
  const columns = rows.columns.map((column): BoundColumn => {
    const members = membersOf(column.members, kept);
    return { ...column, id: kept(column.id, column.type), ...(members ? { members } : {}) };
  });
  const plan = relation({ kind: "project", input: rows.plan, columns: [...ids.values()] });
  return unordered(plan, columns);
}
