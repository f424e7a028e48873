import { convert, toBool, toTime } from "../bind/convert.js";
import { filtered, project, unordered, withHidden } from "../bind/rows.js";
import { type BoundColumn, type Rows, refOf, type Session } from "../bind/scope.js";
import { percentile } from "../functions/aggregates.js";
import { binned } from "../functions/numbers.js";
import type { SequenceOptions } from "../host/sequences.js";
import { type Join, relation } from "../plan/relation.js";
import { call, columnRef, long, type Scalar, wholeOf } from "../plan/scalar.js";
import { distinct } from "./filters.js";
import { grouped } from "./grouped.js";
import { unnamed } from "./operator.js";
import type { Plugin, PluginBinder } from "./plugin.js";
import { stepped } from "./sources.js";

const constantSpan = ({ scope, args }: Plugin, place: number): bigint => {
  const value = convert(scope.session.bindScalar(args[place]!, scope), "timespan");
  if (value.kind === "literal" && typeof value.value === "bigint") return value.value;
  throw scope.session.wrong(args[place]!, "This must be a constant span of time, such as 10m.");
};

/** `sequence_detect`: the engine keeps the rows that meet a test; what follows on what is found outside. */
export const sequenceDetect: PluginBinder = (plugin) => {
  const { args, rows, scope, output } = plugin;
  const { session } = scope;
  const isTest = (place: number): boolean => args[place]?.type === "bool";
  const tests = args.map((_, place) => place).filter((place) => place > 2 && isTest(place));
  const dimensions = args.map((_, place) => place).filter((place) => place > 2 && !isTest(place));
  const bind = (place: number): Scalar => session.bindScalar(unnamed(args[place]!), scope);
  const conditions = tests.map((place) => call("isTrue", "bool", toBool(bind(place))));
  const any = conditions.reduce((one, other) => call("or", "bool", one, other));
  const kept = filtered(rows, any);
  const hidden = withHidden(session, kept, [toTime(bind(0)), ...conditions, ...dimensions.map(bind)]);
  const options: SequenceOptions = {
    steps: tests.length,
    between: constantSpan(plugin, 1),
    whole: constantSpan(plugin, 2),
  };
  const columns = output.map(({ name, type }): BoundColumn => ({ name, type, id: session.id() }));
  const plan = relation({
    kind: "step",
    input: hidden.rows.plan,
    name: "sequences",
    options,
    reads: hidden.refs.map((each) => ({ id: each.kind === "column" ? each.id : "", type: each.type })),
    order: [{ value: hidden.refs[0]!, descending: false, nullsFirst: true }],
    columns: columns.map(({ id, type }) => ({ id, type })),
  });
  return unordered(plan, columns);
};

/** Each row so many times, numbered from 0. */
function timesOver(
  session: Session,
  { plan: left, columns }: Rows,
  times: number,
): { plan: Join; number: Scalar } {
  const id = session.id();
  const right = relation({ kind: "numbers", id, count: long(times) });
  const taken = columns.map((each) => ({
    id: each.id,
    type: each.type,
    from: "left" as const,
    source: each.id,
  }));
  const number = { id, type: "long" as const, from: "right" as const, source: id };
  const plan = relation<Join>({
    kind: "join",
    how: "cross",
    left,
    right,
    on: [],
    columns: [...taken, number],
  });
  return { plan, number: columnRef(id, "long") };
}

/** `rolling_percentile`: each row counts in its bin and in those behind, as far as there are rows in them. */
export const rollingPercentile: PluginBinder = ({ args, rows, scope, output }) => {
  const { session } = scope;
  const bind = (place: number): Scalar => session.bindScalar(unnamed(args[place]!), scope);
  const [value, percent, index, size] = [bind(0), bind(1), bind(2), bind(3)];
  const bins = wholeOf(bind(4));
  if (bins === undefined || bins < 1 || bins > 10_000)
    throw session.wrong(args[4]!, "The number of bins must be a constant from 1 to 10,000.");
  const dimensions = args.slice(5).map((each) => session.bindScalar(each, scope));
  const named = [binned(index, size), ...dimensions, value].map((each, place) => ({
    name: String(place),
    value: each,
  }));
  const base = project(session, { ...rows, order: [] }, named);
  const known = distinct(
    scope,
    project(
      session,
      base,
      base.columns.slice(0, -1).map((each) => ({ name: each.name, value: refOf(each) })),
    ),
  );
  const { plan: spread, number } = timesOver(session, base, bins);
  const [first, ...others] = base.columns;
  const measured = others.pop()!;
  const groups = grouped(
    scope,
    unordered(spread, base.columns),
    [
      { name: output[0]?.name ?? "bin", value: stepped(refOf(first!), size, number) },
      ...others.map((each, place) => ({ name: output[place + 1]?.name ?? each.name, value: refOf(each) })),
    ],
    [{ name: output.at(-1)?.name ?? "percentile", value: percentile(refOf(measured), percent) }],
  );
  const plan = relation<Join>({
    kind: "join",
    how: "leftsemi",
    left: groups.plan,
    right: known.plan,
    on: known.columns.map((each, place) => ({ left: refOf(groups.columns[place]!), right: refOf(each) })),
    columns: groups.columns.map(({ id: column, type }) => ({
      id: column,
      type,
      from: "left",
      source: column,
    })),
  });
  return unordered(plan, groups.columns);
};
