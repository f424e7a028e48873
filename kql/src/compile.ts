import { isKnown } from "@picket/kit";
import { scalar } from "./bind/expression.js";
import { type Rows, Session } from "./bind/scope.js";
import { kqlErrors, placeOf } from "./errors.js";
import { type Diagnostic, isSyntax } from "./kusto/diagnostics.js";
import type { KustoService } from "./kusto/service.js";
import type { SyntaxNode } from "./kusto/tree.js";
import { rows, statements } from "./operators/query.js";
import type { Plan } from "./plan/relation.js";
import type { Dialect } from "./print/dialect.js";
import { type PrintedStage, print, type Wanted } from "./print/sql.js";
import { withOutside } from "./rewrite/outside.js";
import { pruned } from "./rewrite/prune.js";
import type { DatabaseSchema, QueryColumn, RenderHint } from "./schema.js";

/** Which values the caller sets at each run beside the time. */
export interface Mode {
  readonly from: boolean;
  readonly to: boolean;
}

/** A compiled query that serves at any time: its parameters are named, not yet set. */
export interface Prepared {
  readonly sql: string;
  readonly parameters: readonly Wanted[];
  readonly stages: readonly PrintedStage[];
  readonly columns: readonly QueryColumn[];
  readonly render?: RenderHint;
  readonly tables: readonly string[];
}

const MAX_BYTES = 65_536;

/** Compiles a text: parse and bind, make a plan, rewrite it, print it. */
export function prepare(
  text: string,
  { service, schema, dialect }: { service: KustoService; schema: DatabaseSchema; dialect: Dialect },
  mode: Mode,
): Prepared {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > MAX_BYTES) throw kqlErrors.tooLarge({ what: "The query is", bytes, limit: MAX_BYTES });
  if (text.replace(/\/\/[^\n]*/g, "").trim() === "") throw kqlErrors.empty({});
  const { root, diagnostics } = service.analyse(text);
  const problem = diagnostics.find(({ severity }) => severity === "error");
  if (problem) throw refusal(problem);
  const session = new Session({ text, schema, bounds: mode, binders: { rows, scalar } });
  return guarded(text, () => prepared(root, session, dialect));
}

function prepared(root: SyntaxNode, session: Session, dialect: Dialect): Prepared {
  const answer = statements(root, { session, names: new Map() });
  if (!answer) throw kqlErrors.empty({});
  const whole = planOf(answer);
  const plan = { ...whole, rows: withOutside(whole.rows, session) };
  const { sql, parameters, stages } = print(pruned(plan), dialect);
  return {
    sql,
    parameters,
    stages,
    columns: answer.columns.map(({ name, type }) => ({ name, type })),
    tables: [...session.tables],
    ...(session.render ? { render: session.render } : {}),
  };
}

const planOf = ({ plan, columns, order }: Rows): Plan => ({
  rows: plan,
  columns: columns.map(({ id, name, type }) => ({ id, name, type })),
  order,
});

function refusal({ code, message, severity: _, ...place }: Diagnostic & { code: string }): Error {
  const details = { ...place, what: message };
  return isSyntax({ code, message, severity: "error", ...place })
    ? kqlErrors.syntax(details)
    : kqlErrors.semantic(details);
}

/** Nothing but known errors leaves: a tree we do not understand is a query we do not support. */
function guarded<T>(text: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (isKnown(error)) throw error;
    if (error instanceof RangeError) throw kqlErrors.tooDeep({});
    const what = `this query (${error instanceof Error ? error.message : String(error)})`;
    throw kqlErrors.notSupported({ ...placeOf(text, { from: 0, to: 1 }), what }, { cause: error });
  }
}
