import {
  type Computed,
  outputsOf,
  type PlanColumn,
  type Project,
  type Relation,
  relation,
} from "../plan/relation.js";
import { call, columnRef, type HostCall, type Scalar } from "../plan/scalar.js";
import { eachScalar, rebuilt, replaced, scalarsOf } from "../plan/walk.js";

/** What the rewrite needs of its surroundings. */
interface Ids {
  /** A column id that no other column of the plan has. */
  readonly id: () => string;
}

const hasHost = (value: Scalar): boolean => {
  let found = false;
  eachScalar(value, (each) => {
    found ||= each.kind === "host";
  });
  return found;
};

/**
 * Functions that engines lack are computed outside, once per different arguments: the different arguments go out,
 * the answers come back as rows, and are joined to where the call stood. The rows themselves never leave.
 */
export function withOutside(root: Relation, ids: Ids): Relation {
  const known = new Map<Relation, Relation>();
  const again = (rows: Relation): Relation => {
    const done = known.get(rows);
    if (done) return done;
    const made = lifted(rebuilt(rows, { rows: again, scalar: (value) => innerRows(value, again) }), ids);
    known.set(rows, made);
    return made;
  };
  return again(root);
}

/** Rows within scalars are rewritten too. */
function innerRows(value: Scalar, again: (rows: Relation) => Relation): Scalar {
  return replaced(value, (each) => {
    if (each.kind === "firstCell") return { ...each, rows: again(each.rows) };
    if (each.kind === "inRows")
      return { ...each, value: innerRows(each.value, again), rows: again(each.rows) };
    return undefined;
  });
}

function lifted(rows: Relation, ids: Ids): Relation {
  const session = rows.kind === "project" ? rows.columns.find(({ value }) => isSession(value)) : undefined;
  if (session && rows.kind === "project") return withSession(rows, session, ids);
  if (!scalarsOf(rows).some(hasHost)) return rows;
  if (rows.kind === "join") return liftedJoin(rows, ids);
  if (!("input" in rows)) return rows;
  const { input, answers } = answered(rows.input, scalarsOf(rows), ids);
  return rebuilt(rows, { rows: () => input, scalar: (value) => withAnswers(value, answers) });
}

function liftedJoin(rows: Extract<Relation, { kind: "join" }>, ids: Ids): Relation {
  const left = answered(
    rows.left,
    rows.on.map((each) => each.left),
    ids,
  );
  const right = answered(
    rows.right,
    rows.on.map((each) => each.right),
    ids,
  );
  const on = rows.on.map((each) => ({
    left: withAnswers(each.left, left.answers),
    right: withAnswers(each.right, right.answers),
  }));
  return relation({ ...rows, left: left.input, right: right.input, on });
}

type Answers = ReadonlyMap<string, Scalar>;

const keyOf = (call: HostCall): string =>
  JSON.stringify(call, (_, each: unknown) => (typeof each === "bigint" ? `${each}n` : each));

const withAnswers = (value: Scalar, answers: Answers): Scalar =>
  replaced(value, (each) => (each.kind === "host" ? answers.get(keyOf(each)) : undefined));

/** The input with a column per call that stands in some scalars; calls within calls come first. */
function answered(
  input: Relation,
  values: readonly Scalar[],
  ids: Ids,
): { readonly input: Relation; readonly answers: Answers } {
  const answers = new Map<string, Scalar>();
  let rows = input;
  const visit = (value: Scalar): void =>
    eachScalar(value, (each) => {
      if (each.kind !== "host" || answers.has(keyOf(each))) return;
      for (const argument of each.args) visit(argument);
      const call = { ...each, args: each.args.map((argument) => withAnswers(argument, answers)) };
      const made = lookedUp(rows, call, ids);
      rows = made.rows;
      answers.set(keyOf(each), made.answer);
    });
  for (const value of values) visit(value);
  return { input: rows, answers };
}

function lookedUp(
  input: Relation,
  { name, type, args }: HostCall,
  ids: Ids,
): { readonly rows: Relation; readonly answer: Scalar } {
  const outputs = [...new Map(outputsOf(input).map((each) => [each.id, each])).values()];
  const asked = args.map((value): Computed => ({ id: ids.id(), type: value.type, value }));
  const same = ({ id, type: kind }: PlanColumn): Computed => ({ id, type: kind, value: columnRef(id, kind) });
  const rows = relation({ kind: "project", input, columns: [...outputs.map(same), ...asked] });
  const keys = asked.map((each): Computed => ({ ...same(each), id: ids.id() }));
  const different = relation({ kind: "aggregate", input: rows, keys, aggregates: [] });
  const reads = keys.map(({ id, type: kind }): PlanColumn => ({ id, type: kind }));
  const echoed = reads.map(({ type: kind }): PlanColumn => ({ id: ids.id(), type: kind }));
  const answer: PlanColumn = { id: ids.id(), type };
  const step = relation({
    kind: "step",
    input: different,
    name: "function",
    options: { name },
    reads,
    order: [],
    columns: [...echoed, answer],
  });
  const joined = relation({
    kind: "join",
    how: "left",
    left: rows,
    right: step,
    on: asked.map((each, place) => ({
      left: columnRef(each.id, each.type),
      right: columnRef(echoed[place]!.id, each.type),
    })),
    columns: [
      ...outputs.map(({ id, type: kind }) => ({ id, type: kind, from: "left" as const, source: id })),
      { ...answer, from: "right" as const, source: answer.id },
    ],
  });
  return { rows: joined, answer: columnRef(answer.id, type) };
}

const isSession = (value: Scalar): boolean => value.kind === "window" && value.op === "session";

/** What goes along the rows step by step goes out with a number per row, and is joined back by it. */
function withSession(rows: Project, { id, type, value }: Computed, ids: Ids): Relation {
  if (value.kind !== "window") return rows;
  const { args, partition = [], order } = value;
  const outputs = [...new Map(outputsOf(rows.input).map((each) => [each.id, each])).values()];
  const same = (column: PlanColumn): Computed => ({
    id: column.id,
    type: column.type,
    value: columnRef(column.id, column.type),
  });
  const number: Computed = {
    id: ids.id(),
    type: "long",
    value: { kind: "window", op: "rowNumber", type: "long", args: [], order },
  };
  const asked = [...args, ...partition].map(
    (each): Computed => ({ id: ids.id(), type: each.type, value: each }),
  );
  const columns = [...outputs.map(same), number, ...asked];
  const input = relation({ kind: "project", input: rows.input, columns, once: true });
  const [echo, answer] = [ids.id(), ids.id()];
  const step = relation({
    kind: "step",
    input,
    name: "session",
    options: null,
    reads: [number, ...asked].map((each): PlanColumn => ({ id: each.id, type: each.type })),
    order: [{ value: columnRef(number.id, "long"), descending: false, nullsFirst: true }],
    columns: [
      { id: echo, type: "long" },
      { id: answer, type },
    ],
  });
  const joined = relation({
    kind: "join",
    how: "left",
    left: input,
    right: step,
    on: [{ left: call("widen", "long", columnRef(number.id, "long")), right: columnRef(echo, "long") }],
    columns: [
      ...outputs.map((each) => ({ id: each.id, type: each.type, from: "left" as const, source: each.id })),
      { id: answer, type, from: "right" as const, source: answer },
    ],
  });
  const replacedColumns = rows.columns.map((each) =>
    each.id === id ? { ...each, value: columnRef(answer, type) } : each,
  );
  return lifted(relation({ ...rows, input: joined, columns: replacedColumns }), ids);
}
