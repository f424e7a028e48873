import { convert, toBool } from "../bind/convert.js";
import { serialized, unordered, withHidden } from "../bind/rows.js";
import type { BoundColumn, Rows, Session } from "../bind/scope.js";
import { type Formula, formulaOperations } from "../host/formula.js";
import type { ScanOptions } from "../host/scan.js";
import { constantOf } from "../host/values.js";
import { nameOf, parameterOf, type SyntaxNode } from "../kusto/tree.js";
import { type PlanColumn, relation } from "../plan/relation.js";
import { below, columnRef, type Scalar } from "../plan/scalar.js";
import type { OperatorBinder, Piped } from "./operator.js";

/** A column that a scan declares. */
interface Declared {
  readonly name: string;
  readonly type: BoundColumn["type"];
  readonly fallback: Scalar | undefined;
}

/** `scan`: rows in an order are matched step by step, outside the engine. */
export const scanOperator: OperatorBinder = (piped) => {
  const { node, scope, rows } = piped;
  const { session } = scope;
  if (!rows.serialized)
    throw session.wrong(node, "scan needs rows in order; put | sort by … or | serialize before it.");
  const declared = declaredColumns(piped);
  const steps = node.list("Steps");
  const names = steps.map((step) => nameOf(step.need("Name")));
  const columns = rows.columns.length;
  const states = new Map(names.map((name, place) => [name, stateRows(rows, declared, place)] as const));
  const bind = (each: SyntaxNode): Scalar => session.bindScalar(each, { ...scope, states });
  const parts = new Parts(session, node, columns);
  const options: Omit<ScanOptions, "groups"> = {
    width: columns,
    empty: [
      ...rows.columns.map(({ type }) => (type === "string" ? "" : null)),
      ...declared.map(({ fallback, type }) =>
        fallback?.kind === "literal" ? constantOf(fallback) : type === "string" ? "" : null,
      ),
    ],
    steps: steps.map((step) => ({
      output: outputOf(step),
      condition: parts.formula(toBool(bind(step.need("Condition")))),
      assigned: (step.get("ComputationClause")?.list("Assignments") ?? []).map((each) => {
        const slot = declared.findIndex(({ name }) => name === nameOf(each.need("Name")));
        if (slot < 0) throw session.wrong(each, `${nameOf(each.need("Name"))} is not declared by this scan.`);
        const value = convert(bind(each.need("Expression")), declared[slot]!.type);
        return { slot: columns + slot, to: parts.formula(value) };
      }),
    })),
  };
  return stepRows(piped, { declared, parts, options });
};

const outputOf = (step: SyntaxNode): "all" | "last" | "none" => {
  const spelt = /output\s*=\s*(\w+)/i.exec(step.text)?.[1]?.toLowerCase();
  return spelt === "last" || spelt === "none" ? spelt : "all";
};

function declaredColumns({ node, scope }: Piped): Declared[] {
  return (node.get("DeclareClause")?.list("Declarations") ?? []).map((each) => {
    const name = each.need("NameAndType").need("Name");
    const type = (name.type ?? each.need("NameAndType").need("Type").text) as BoundColumn["type"];
    const value = each.get("DefaultValue")?.get("Value");
    return {
      name: nameOf(name),
      type,
      fallback: value && convert(scope.session.bindScalar(value, scope), type),
    };
  });
}

const STATE = /^state:(\d+):(\d+)$/;

/** What a step remembers, as rows whose columns say which step and which slot. */
function stateRows(rows: Rows, declared: readonly Declared[], place: number): Rows {
  const columns = [...rows.columns, ...declared].map(
    ({ name, type }, slot): BoundColumn => ({ name, type, id: `state:${place}:${slot}` }),
  );
  return unordered(relation({ kind: "values", columns: [], rows: [[]] }), columns);
}

/** Splits expressions: what does not look at states is computed by the engine, as a column more. */
class Parts {
  readonly #session: Session;
  readonly #node: SyntaxNode;
  readonly #before: number;
  /** What the engine computes, behind the columns of the rows. */
  readonly computed: Scalar[] = [];

  constructor(session: Session, node: SyntaxNode, before: number) {
    this.#session = session;
    this.#node = node;
    this.#before = before;
  }

  formula(value: Scalar): Formula {
    if (value.kind === "literal") return { value: constantOf(value) };
    if (value.kind === "column") {
      const state = STATE.exec(value.id);
      if (state) return { state: Number(state[1]), slot: Number(state[2]) };
    }
    if (!looksAtState(value)) return { column: this.#before + this.computed.push(value) - 1 };
    if (value.kind === "choice")
      return {
        op: "choice",
        args: [
          ...value.branches.flatMap((each) => [this.formula(each.test), this.formula(each.value)]),
          this.formula(value.otherwise),
        ],
      };
    if (value.kind !== "call" || !Object.hasOwn(formulaOperations, value.op))
      throw this.#session.notSupported(
        this.#node,
        `scan with ${value.kind === "call" ? `the operation ${value.op}` : `a ${value.kind}`} on the state of a step`,
      );
    return { op: value.op, args: value.args.map((each) => this.formula(each)) };
  }
}

const looksAtState = (value: Scalar): boolean =>
  (value.kind === "column" && STATE.test(value.id)) || below(value).some(looksAtState);

interface Made {
  readonly declared: readonly Declared[];
  readonly parts: Parts;
  readonly options: Omit<ScanOptions, "groups">;
}

function stepRows({ node, scope, rows }: Piped, { declared, parts, options }: Made): Rows {
  const { session } = scope;
  const hidden = withHidden(session, rows, parts.computed);
  const groups = rows.partition ?? [];
  const taken: PlanColumn[] = [
    ...rows.columns.map(({ id, type }) => ({ id, type })),
    ...hidden.refs.map((each) => ({ id: each.kind === "column" ? each.id : "", type: each.type })),
    ...groups.map(({ id, type }) => ({ id, type })),
  ];
  const first = rows.columns.length + hidden.refs.length;
  const match = parameterOf(node, "with_match_id");
  const columns = [...rows.columns, ...declared].map(
    ({ name, type }): BoundColumn => ({ name, type, id: session.id() }),
  );
  const number: BoundColumn = { name: match ?? "", type: "long", id: session.id() };
  const partition = groups.map(({ type }) => columnRef(session.id(), type));
  const plan = relation({
    kind: "step",
    input: hidden.rows.plan,
    name: "scan",
    options: { ...options, groups: groups.map((_, place) => first + place) },
    reads: taken,
    order: rows.order,
    columns: [...columns, number, ...partition].map(({ id, type }) => ({ id, type })),
  });
  const shown = match ? [...columns, number] : columns;
  const apart = partition.length > 0 ? { partition } : {};
  return serialized(session, { ...unordered(plan, shown), ...apart });
}
