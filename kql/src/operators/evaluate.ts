import type { ScalarType } from "@picket/kit";
import { convert, toDynamic, toText } from "../bind/convert.js";
import { numbered, project, unordered } from "../bind/rows.js";
import { type BoundColumn, columnOf, type Rows, refOf, type Scope } from "../bind/scope.js";
import { aggregateCall } from "../functions/aggregates.js";
import { sameNetwork } from "../functions/network.js";
import type { PatternOptions } from "../host/patterns.js";
import { nameOf, type SyntaxNode } from "../kusto/tree.js";
import { type Join, relation } from "../plan/relation.js";
import { aggregate, call, columnRef, long, member, type Scalar, text } from "../plan/scalar.js";
import { replaced } from "../plan/walk.js";
import type { QueryColumn } from "../schema.js";
import { grouped } from "./grouped.js";
import { type OperatorBinder, type Piped, unnamed } from "./operator.js";
import type { Plugin, PluginBinder } from "./plugin.js";
import { rollingPercentile, sequenceDetect } from "./sequences.js";

/** `evaluate`: a plugin over the rows. */
export const evaluateOperator: OperatorBinder = (piped) => {
  const { node, scope } = piped;
  const called = node.need("FunctionCall");
  const name = nameOf(called.need("Name"));
  const plugin = Object.hasOwn(plugins, name) ? plugins[name] : undefined;
  if (!plugin) throw scope.session.notSupported(node, `the plugin ${name}()`);
  const args = called.need("ArgumentList").list("Expressions");
  const option = (wanted: string, place: number): SyntaxNode | undefined => {
    const named = args.find(
      (each) => each.kind === "SimpleNamedExpression" && nameOf(each.need("Name")) === wanted,
    );
    const positional = args[place];
    return (
      named?.need("Expression") ?? (positional?.kind === "SimpleNamedExpression" ? undefined : positional)
    );
  };
  return plugin({ ...piped, call: called, args, option });
};

/** The columns that the query says come out, or those that were found in the data. */
function declaredColumns({ node, output }: Piped): readonly QueryColumn[] | undefined {
  return node.get("EvaluateSchemaClause") || node.get("Schema") || /\)\s*:\s*\(/.test(node.text)
    ? output
    : undefined;
}

/** `bag_unpack`: the members of a bag as columns; which there are is in the data. */
const bagUnpack: PluginBinder = (plugin) => {
  const { args, rows, scope, node, option } = plugin;
  const { session } = scope;
  const bag = session.bindScalar(unnamed(args[0]!), scope);
  const bagName = args[0]?.kind === "NameReference" ? nameOf(args[0]) : "";
  const prefix = option("OutputColumnPrefix", 1)?.literal ?? "";
  const ignored = option("ignoredProperties", 3);
  const left = ignored ? namesIn(session.bindScalar(ignored, scope)) : [];
  const kept = rows.columns.filter(({ name }) => name !== bagName);
  const columns = declaredColumns(plugin);
  if (!columns) {
    const fixed = kept.map(({ name, type }): QueryColumn => ({ name, type }));
    throw session.wanted(node, { rows: memberKinds(plugin, bag), fixed, prefix, ignored: left });
  }
  const selected = columns.map(({ name, type }) => {
    const own = kept.find((each) => each.name === name);
    return { name, value: own ? refOf(own) : convert(member(bag, name.slice(prefix.length)), type) };
  });
  return project(session, rows, selected);
};

function namesIn(list: Scalar): readonly string[] {
  const items: unknown = list.kind === "literal" ? JSON.parse(String(list.value ?? "[]")) : [];
  return Array.isArray(items) ? items.map(String) : [];
}

/** The names of the members of bags, each with the kinds of its values. */
function memberKinds({ rows, scope }: Plugin, bag: Scalar): Rows {
  const { session } = scope;
  const [id, ordinal] = [session.id(), session.id()];
  const list = call("expandPairs", "dynamic", toDynamic(bag));
  const isBag = call("equal", "bool", call("jsonKind", "string", toDynamic(bag)), text("dictionary"));
  const input = relation({ kind: "filter", input: rows.plan, test: isBag });
  const plan = relation({ kind: "unnest", input, keep: [], items: [{ id, list }], ordinal });
  const pair = columnRef(id, "dynamic");
  const kind = call("jsonKind", "string", member(pair, 1));
  const members = grouped(
    scope,
    unordered(plan, []),
    [
      { name: "name", value: toText(member(pair, 0)) },
      { name: "kind", value: kind },
    ],
    [],
  );
  return members;
}

/** `pivot`: a column per value, with an aggregate of its rows. */
const pivot: PluginBinder = (plugin) => {
  const { args, rows, scope, node } = plugin;
  const { session } = scope;
  const pivoted = session.bindScalar(args[0]!, scope);
  const pivotName = args[0]?.kind === "NameReference" ? nameOf(args[0]) : "";
  const measure = args[1];
  const value = measure
    ? session.bindScalar(unnamed(measure), { ...scope, aggregates: aggregateCall })
    : aggregate("count", "long", []);
  const named = args.slice(2).map(nameOf);
  const read = measure ? namesWithin(measure) : new Set<string>();
  const keys = rows.columns.filter(({ name }) =>
    named.length > 0 ? named.includes(name) : name !== pivotName && !read.has(name),
  );
  const columns = declaredColumns(plugin);
  if (!columns) {
    const values = grouped(
      scope,
      rows,
      [
        { name: "name", value: toText(pivoted) },
        { name: "kind", value: text(value.type) },
      ],
      [],
    );
    const fixed = keys.map(({ name, type }): QueryColumn => ({ name, type }));
    throw session.wanted(node, { rows: values, fixed, prefix: "", ignored: [] });
  }
  const fresh = columns.filter(({ name }) => !keys.some((key) => key.name === name));
  return grouped(
    scope,
    rows,
    keys.map((key) => ({ name: key.name, value: refOf(key) })),
    fresh.map(({ name, type }) => ({
      name,
      value: convert(only(value, call("equal", "bool", toText(pivoted), text(name))), type),
    })),
  );
};

/** An aggregate of the rows for which a test holds. */
const only = (value: Scalar, test: Scalar): Scalar =>
  replaced(value, (each) => {
    if (each.kind !== "aggregate") return undefined;
    return { ...each, filter: each.filter ? call("and", "bool", each.filter, test) : test };
  });

function namesWithin(node: SyntaxNode): Set<string> {
  const own = node.kind === "NameReference" ? [nameOf(node)] : [];
  return new Set([...own, ...node.children.flatMap((each) => [...namesWithin(each)])]);
}

/** `narrow`: a row per cell. */
const narrow: PluginBinder = ({ rows, scope, output }) => {
  const { session } = scope;
  const { rows: all, number } = numbered(session, rows);
  const cells = all.columns.map((column) =>
    call("jsonArray", "dynamic", toDynamic(text(column.name)), toDynamic(toText(refOf(column)))),
  );
  const [id, ordinal] = [session.id(), session.id()];
  const plan = relation({
    kind: "unnest",
    input: all.plan,
    keep: [{ id: number.id, type: "long" }],
    items: [{ id, list: call("expandItems", "dynamic", call("jsonArray", "dynamic", ...cells)) }],
    ordinal,
  });
  const cell = columnRef(id, "dynamic");
  const order = [number, columnRef(ordinal, "long")].map((value) => ({
    value,
    descending: false,
    nullsFirst: true,
  }));
  return project(session, { ...unordered(plan, []), order }, [
    { name: output[0]?.name ?? "Row", value: call("subtract", "long", number, long(1)) },
    { name: output[1]?.name ?? "Column", value: toText(member(cell, 0)) },
    { name: output[2]?.name ?? "Value", value: toText(member(cell, 1)) },
  ]);
};

/** `ipv4_lookup`: the rows of a table of networks that hold an address. */
const ipv4Lookup: PluginBinder = ({ args, rows, scope, output, option }) => {
  const { session } = scope;
  const { rows: _, aggregates: __, ...outside } = scope;
  const networks = session.bindRows(args[0]!, outside);
  const { rows: left, number } = numbered(session, rows);
  const address = toText(session.bindScalar(args[1]!, { ...scope, rows: left }));
  const range = toText(session.bindScalar(args[2]!, { ...outside, rows: networks }));
  const extra = args.slice(3).filter(({ kind }) => kind === "NameReference");
  const on = extra.flatMap((each) => {
    const [one, other] = [columnOf(left, nameOf(each)), columnOf(networks, nameOf(each))];
    return one && other ? [{ left: one as Scalar, right: other as Scalar }] : [];
  });
  const pairs = besides(left, networks, { how: on.length > 0 ? "inner" : "cross", on, keep: [number] });
  const test = sameNetwork(renamed(address, pairs.ids), renamed(range, pairs.ids));
  const matched = { ...pairs.rows, plan: relation({ kind: "filter", input: pairs.rows.plan, test }) };
  const unmatched = /^true$/i.test(option("return_unmatched", 99)?.text ?? "false");
  const shown = unmatched ? allWith(scope, { left, number, matched, pairs }) : matched;
  return {
    ...shown,
    columns: shown.columns.map((column, place) => ({ ...column, name: output[place]?.name ?? column.name })),
  };

  function allWith(
    at: Scope,
    found: { left: Rows; number: Scalar & { id: string }; matched: Rows; pairs: Pairs },
  ): Rows {
    const right = found.matched.columns.slice(found.left.columns.length);
    const partner: Rows = unordered(found.matched.plan, right);
    const key = columnRef(found.pairs.ids.get(found.number.id) ?? "", "long");
    const joined = besides(found.left, partner, {
      how: "left",
      on: [{ left: found.number, right: key }],
      keep: [],
    });
    return project(
      at.session,
      joined.rows,
      joined.rows.columns.map((column) => ({
        name: column.name,
        value: column.type === "string" ? call("coalesce", "string", refOf(column), text("")) : refOf(column),
      })),
    );
  }
};

interface Pairs {
  readonly rows: Rows;
  /** New ids by old ones. */
  readonly ids: ReadonlyMap<string, string>;
}

/** Two sides beside each other under new ids. */
function besides(
  left: Rows,
  right: Rows,
  { how, on, keep }: { how: Join["how"]; on: Join["on"]; keep: readonly { id: string; type: ScalarType }[] },
): Pairs {
  const ids = new Map<string, string>();
  const take = (from: "left" | "right") => (column: { id: string; type: ScalarType }) => {
    const id = `${column.id}${from[0]}`;
    ids.set(column.id, id);
    return { id, type: column.type, from, source: column.id };
  };
  const taken = [
    ...left.columns.map(take("left")),
    ...keep.map(take("left")),
    ...right.columns.map(take("right")),
  ];
  const plan = relation<Join>({ kind: "join", how, left: left.plan, right: right.plan, on, columns: taken });
  const columns = [...left.columns, ...right.columns].map(
    ({ name, type, id }): BoundColumn => ({ name, type, id: ids.get(id) ?? id }),
  );
  return { rows: unordered(plan, columns), ids };
}

const renamed = (value: Scalar, ids: ReadonlyMap<string, string>): Scalar =>
  replaced(value, (each) =>
    each.kind === "column" ? columnRef(ids.get(each.id) ?? each.id, each.type) : undefined,
  );

/** Plugins that look for patterns: rows alike are counted by the engine, the rest is done outside. */
const patterns =
  (step: "basket" | "autocluster"): PluginBinder =>
  ({ rows, scope, output, option }) => {
    const { session } = scope;
    const shape = output.slice(3);
    const counted = grouped(
      scope,
      rows,
      rows.columns.map((column) => ({ name: column.name, value: refOf(column) })),
      [{ name: "\0count", value: aggregate("count", "long", []) }],
    );
    const first = numberIn(option(step === "basket" ? "Threshold" : "SizeWeight", 0));
    const options: PatternOptions = {
      share: step === "basket" ? Math.min(Math.max(first ?? 0.05, 0.015), 1) : 0.05,
      weight: step === "basket" ? 0.5 : Math.min(Math.max(first ?? 0.5, 0), 1),
      most: numberIn(option("MaxDimensions", 2)) ?? 5,
      places: shape.flatMap(({ type }, place) =>
        ["string", "long", "int", "bool", "guid"].includes(type) ? [place] : [],
      ),
      wildcards: shape.map(({ type }) => (type === "string" ? "" : null)),
    };
    const columns = output.map(({ name, type }): BoundColumn => ({ name, type, id: session.id() }));
    const plan = relation({
      kind: "step",
      input: counted.plan,
      name: step,
      options,
      reads: counted.columns.map(({ id, type }) => ({ id, type })),
      order: [],
      columns: columns.map(({ id, type }) => ({ id, type })),
    });
    return unordered(plan, columns);
  };

const numberIn = (node: SyntaxNode | undefined): number | undefined => {
  const value = Number(node?.text);
  return node === undefined || Number.isNaN(value) ? undefined : value;
};

const plugins: Readonly<Record<string, PluginBinder>> = {
  autocluster: patterns("autocluster"),
  bag_unpack: bagUnpack,
  basket: patterns("basket"),
  ipv4_lookup: ipv4Lookup,
  narrow,
  pivot,
  rolling_percentile: rollingPercentile,
  sequence_detect: sequenceDetect,
};

/** Names of every plugin we have. */
export const pluginNames: readonly string[] = Object.keys(plugins);
