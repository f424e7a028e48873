import { isKnown } from "@picket/kit";
import { declare } from "./bind/declared.js";
import { scalar } from "./bind/expression.js";
import { type Rows, type Scope, Session } from "./bind/scope.js";
import { ColumnsWanted } from "./bind/wanted.js";
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
import type { DatabaseSchema, Discover, QueryColumn, RenderHint } from "./schema.js";

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
  readonly discover?: Discover;
}

/** The longest text that is taken. */
export const MAX_BYTES = 65_536;
/** The deepest brackets that are taken: the parser's time grows with the square of it. */
export const MAX_DEPTH = 250;

/** How deep brackets stand within each other. */
export function depthOf(text: string): number {
  let [depth, deepest] = [0, 0];
  for (const [sign] of text.matchAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/\/[^\n]*|[([{)\]}]/g)) {
    if (sign.length > 1) continue;
    depth = "([{".includes(sign) ? depth + 1 : Math.max(depth - 1, 0);
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** Compiles a text: parse and bind, make a plan, rewrite it, print it. */
export function prepare(
  text: string,
  { service, schema, dialect }: { service: KustoService; schema: DatabaseSchema; dialect: Dialect },
  mode: Mode,
): Prepared {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > MAX_BYTES) throw kqlErrors.tooLarge({ what: "The query is", bytes, limit: MAX_BYTES });
  if (text.replace(/\/\/[^\n]*/g, "").trim() === "") throw kqlErrors.empty({});
  if (depthOf(text) > MAX_DEPTH) throw kqlErrors.tooDeep({});
  const { root, diagnostics } = service.analyse(text);
  const problems = diagnostics.filter(({ severity }) => severity === "error");
  const [problem] = problems;
  if (problem) throw refusal(problem, problems);
  const session = new Session({ text, schema, bounds: mode, binders: { rows, scalar } });
  return guarded(text, () => prepared(root, session, { dialect, service }));
}

function prepared(
  root: SyntaxNode,
  session: Session,
  { dialect, service }: { readonly dialect: Dialect; readonly service: KustoService },
): Prepared {
  const start = service
    .savedFunctions()
    .reduce<Scope>((scope, statement) => declare(statement, scope), { session, names: new Map() });
  const { answer, discover } = answered(root, start);
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
    ...(discover ? { discover } : {}),
  };
}

/** The rows of a query, or what must be asked of the data before it can be bound. */
function answered(
  root: SyntaxNode,
  start: Scope,
): { readonly answer: Rows | undefined; readonly discover?: Discover } {
  try {
    return { answer: statements(root, start) };
  } catch (error) {
    if (!(error instanceof ColumnsWanted)) throw error;
    const { rows: answer, ...wanted } = error.wanted;
    return { answer, discover: { ...wanted, place: placeOf(start.session.text, error.span) } };
  }
}

const planOf = ({ plan, columns, order }: Rows): Plan => ({
  rows: plan,
  columns: columns.map(({ id, name, type }) => ({ id, name, type })),
  order,
});

/** The first problem is the sentence; the others come along. */
function refusal(problem: Diagnostic, problems: readonly Diagnostic[]): Error {
  const { message, severity: _, ...place } = problem;
  const details = { ...place, what: message, problems };
  return isSyntax(problem) ? kqlErrors.syntax(details) : kqlErrors.semantic(details);
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
