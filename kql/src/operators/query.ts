import { declare, declaredRows } from "../bind/declared.js";
import { filtered, oneRow, project, scan } from "../bind/rows.js";
import { over, type Rows, type Scope, withNames } from "../bind/scope.js";
import { nameOf, type SyntaxNode } from "../kusto/tree.js";
import { bool } from "../plan/scalar.js";
import { mvApplyOperator, partitionOperator } from "./apply.js";
import {
  extendOperator,
  projectAwayOperator,
  projectKeepOperator,
  projectOperator,
  projectRenameOperator,
  projectReorderOperator,
} from "./columns.js";
import { evaluateOperator } from "./evaluate.js";
import { mvExpandOperator } from "./expand.js";
import {
  countOperator,
  distinctOperator,
  filterOperator,
  sampleDistinctOperator,
  serializeOperator,
  sortOperator,
  takeOperator,
  topOperator,
} from "./filters.js";
import { joinOperator, lookupOperator } from "./join.js";
import type { OperatorBinder } from "./operator.js";
import { parseOperator, parseWhereOperator } from "./parse.js";
import { parseKvOperator } from "./parse-kv.js";
import { scanOperator } from "./scan.js";
import { findRows, searchOperator, searchTables } from "./search.js";
import { makeSeriesOperator } from "./series.js";
import { asOperator, getSchemaOperator, renderOperator } from "./shapes.js";
import { datatable, print, range } from "./sources.js";
import { summarizeOperator } from "./summarize.js";
import { topHittersOperator, topNestedOperator } from "./top-nested.js";
import { union } from "./union.js";

const operators: Readonly<Record<string, OperatorBinder>> = {
  AsOperator: asOperator,
  ConsumeOperator: ({ rows }) => filtered(rows, bool(false)),
  CountOperator: countOperator,
  DistinctOperator: distinctOperator,
  ExtendOperator: extendOperator,
  FilterOperator: filterOperator,
  GetSchemaOperator: getSchemaOperator,
  InvokeOperator: ({ node, rows, scope }) => {
    const called = node.get("FunctionCall") ?? node.need("Function");
    const bound = scope.names.get(nameOf(called.need("Name")));
    if (bound?.kind !== "function") throw scope.session.wrong(called, `${called.text} is no function here.`);
    return declaredRows(called, bound, { scope, first: rows });
  },
  JoinOperator: joinOperator,
  LookupOperator: lookupOperator,
  MakeSeriesOperator: makeSeriesOperator,
  MvApplyOperator: mvApplyOperator,
  MvExpandOperator: mvExpandOperator,
  EvaluateOperator: evaluateOperator,
  ParseKvOperator: parseKvOperator,
  ParseOperator: parseOperator,
  PartitionOperator: partitionOperator,
  ScanOperator: scanOperator,
  TopHittersOperator: topHittersOperator,
  TopNestedOperator: topNestedOperator,
  ParseWhereOperator: parseWhereOperator,
  ProjectOperator: projectOperator,
  ProjectAwayOperator: projectAwayOperator,
  ProjectByNamesOperator: projectReorderOperator,
  ProjectKeepOperator: projectKeepOperator,
  ProjectRenameOperator: projectRenameOperator,
  ProjectReorderOperator: projectReorderOperator,
  RenderOperator: renderOperator,
  SampleOperator: takeOperator,
  SampleDistinctOperator: sampleDistinctOperator,
  SearchOperator: searchOperator,
  SerializeOperator: serializeOperator,
  SortOperator: sortOperator,
  SummarizeOperator: summarizeOperator,
  TakeOperator: takeOperator,
  TopOperator: topOperator,
  UnionOperator: ({ node, rows, scope, output }) => union(node, scope, output, rows),
};

type RowsBinder = (node: SyntaxNode, scope: Scope) => Rows;

const sources: Readonly<Record<string, RowsBinder>> = {
  PipeExpression: piped,
  NameReference: named,
  ParenthesizedExpression: (node, scope) => rows(node.need("Expression"), scope),
  FunctionCallExpression: called,
  MaterializeExpression: (node, scope) => rows(node.need("Expression"), scope),
  ToTableExpression: (node, scope) => rows(node.need("Expression"), scope),
  DataScopeExpression: (node, scope) => rows(node.need("Expression"), scope),
  SearchOperator: (node, scope) => searchTables(node, scope, node.columns ?? []),
  FindOperator: (node, scope) => findRows(node, scope, node.columns ?? []),
  ExternalDataExpression: (node, scope) => {
    throw scope.session.notSupported(
      node,
      "externaldata (this server fetches nothing from outside; load the list as a table)",
    );
  },
  UnionOperator: (node, scope) => union(node, scope, node.columns ?? []),
  PrintOperator: (node, scope) => print(node, scope, node.columns ?? []),
  RangeOperator: (node, scope) => range(node, scope, node.columns ?? []),
  DataTableExpression: (node, scope) => datatable(node, scope, node.columns ?? []),
  PathExpression: (node, scope) => rows(node.need("Selector"), scope),
};

/** Binds a tabular expression to the plan. */
export function rows(node: SyntaxNode, scope: Scope): Rows {
  const operator = scope.implied && operators[node.kind];
  if (operator) return bound(operator, node, { scope, input: scope.implied });
  const bind = sources[node.kind];
  if (bind) return bind(node, scope);
  const what = node.kind.endsWith("Operator") ? operatorName(node) : node.text.slice(0, 60);
  throw scope.session.notSupported(node, what);
}

const operatorName = (node: SyntaxNode): string =>
  `the operator ${/^[\w-]+/.exec(node.text)?.[0] ?? node.kind}`;

function piped(node: SyntaxNode, scope: Scope): Rows {
  const operator = node.need("Operator");
  const bind = operators[operator.kind];
  if (!bind) throw scope.session.notSupported(operator, operatorName(operator));
  return bound(bind, operator, { scope, input: rows(node.need("Expression"), scope) });
}

/** Operators that look at whole tables; within a sub-query they would have to look at each group. */
const whole: ReadonlySet<string> = new Set([
  "JoinOperator",
  "LookupOperator",
  "UnionOperator",
  "MakeSeriesOperator",
  "EvaluateOperator",
  "SampleOperator",
  "SampleDistinctOperator",
  "TopNestedOperator",
]);

function bound(
  bind: OperatorBinder,
  node: SyntaxNode,
  { scope, input }: { readonly scope: Scope; readonly input: Rows },
): Rows {
  if (input.partition && whole.has(node.kind))
    throw scope.session.notSupported(node, `${operatorName(node)} within partition or mv-apply`);
  return bind({ node, rows: input, scope: over(scope, input), output: node.columns ?? [] });
}

function named(node: SyntaxNode, scope: Scope): Rows {
  const name = nameOf(node);
  const bound = scope.names.get(name);
  if (bound?.kind === "rows") return bound.rows();
  if (bound?.kind === "function") return declaredRows(node, bound, { scope });
  const table = scan(scope.session, name);
  if (table) return table;
  if (name.includes("*")) throw scope.session.notSupported(node, `the pattern ${name} as a table`);
  throw scope.session.wrong(node, `${name} is no table.`);
}

function called(node: SyntaxNode, scope: Scope): Rows {
  const name = nameOf(node.need("Name"));
  const [first] = node.need("ArgumentList").list("Expressions");
  if ((name === "materialize" || name === "view") && first) return rows(first, scope);
  const bound = scope.names.get(name);
  if (bound?.kind === "function") return declaredRows(node, bound, { scope });
  if (name === "table" && first?.literal !== undefined) {
    const table = scan(scope.session, first.literal);
    if (table) return table;
    throw scope.session.wrong(first, `${first.literal} is no table.`);
  }
  throw scope.session.notSupported(node, `the function ${name}() as rows`);
}

/** Binds the statements of a query: names are declared, the last expression is the answer. */
export function statements(root: SyntaxNode, start: Scope): Rows | undefined {
  let scope = start;
  let last: Rows | undefined;
  for (const statement of root.list("Statements")) {
    if (statement.kind === "LetStatement") scope = declare(statement, scope);
    else if (statement.kind === "ExpressionStatement") last = answer(statement.need("Expression"), scope);
    else if (statement.kind === "QueryParametersStatement") scope = withDefaults(statement, scope);
    else if (statement.kind !== "SetOptionStatement")
      throw scope.session.notSupported(statement, `the statement ${statement.text.slice(0, 40)}`);
  }
  return last;
}

/** `declare query_parameters` with their defaults. */
function withDefaults(statement: SyntaxNode, scope: Scope): Scope {
  const names = statement.list("Parameters").flatMap((each) => {
    const fallback = each.get("DefaultValue")?.get("Value");
    if (!fallback) return [];
    const value = scope.session.bindScalar(fallback, scope);
    return [[nameOf(each.need("NameAndType").need("Name")), { kind: "value", value } as const] as const];
  });
  return withNames(scope, names);
}

/** A query may be a value: it is shown as one row. */
function answer(node: SyntaxNode, scope: Scope): Rows {
  if (node.columns || !node.type) return rows(node, scope);
  const value = scope.session.bindScalar(node, scope);
  return project(scope.session, oneRow(), [{ name: "print_0", value }]);
}
