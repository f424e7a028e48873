import type { Bound, FunctionBody, Scope } from "../compile/compiler.js";
import { expr, nameOf } from "../compile/expression.js";
import { columnExpr, type Relation } from "../compile/relation.js";
import { scalar } from "../compile/scalars.js";
import { argumentsOf, calledName } from "../functions/call.js";
import type { SyntaxNode } from "../kusto/tree.js";
import { operators } from "./operators.js";
import { datatable, print, range, union } from "./sources.js";

/** Compiles a tabular expression. */
export function rows(node: SyntaxNode, scope: Scope): Relation {
  const inner = node.children[0];
  if (node.kind === "PipeExpression") return piped(node, scope);
  if (node.kind === "NameReference") return named(node, scope);
  if (node.kind === "ParenthesizedExpression" && inner) return rows(inner, scope);
  if (node.kind === "FunctionCallExpression") return called(node, scope);
  if (node.kind === "MaterializeExpression" && inner) return rows(argumentsOf(node)[0] ?? inner, scope);
  if (node.kind === "UnionOperator") return union(node, scope, rows);
  if (node.kind === "PrintOperator") return print(node, scope);
  if (node.kind === "RangeOperator") return range(node, scope);
  if (node.kind === "DataTableExpression") return datatable(node, scope);
  throw scope.compiler.notSupported(node, `${node.text.slice(0, 60)} (${node.kind})`);
}

function piped(node: SyntaxNode, scope: Scope): Relation {
  const [source, operator] = node.children as [SyntaxNode, SyntaxNode];
  const input = rows(source, scope);
  if (operator.kind === "UnionOperator") return union(operator, scope, rows, input);
  const compile = operators[operator.kind];
  if (!compile)
    throw scope.compiler.notSupported(operator, `the operator ${operator.tokens[0] ?? operator.kind}`);
  return compile({
    node: operator,
    input,
    scope: scope.over(input),
    output: node.columns ?? [],
    rows: (each) => rows(each, scope),
  });
}

function named(node: SyntaxNode, scope: Scope): Relation {
  const name = nameOf(node);
  const bound = scope.bound(name);
  if (bound && "rows" in bound) return bound.rows();
  const table = scope.compiler.table(name);
  if (table) return scope.compiler.scan(table);
  throw scope.compiler.wrong(node, `${name} is no table.`);
}

function called(node: SyntaxNode, scope: Scope): Relation {
  const name = calledName(node);
  const bound = scope.bound(name);
  if (name === "materialize" || name === "view") return rows(argumentsOf(node)[0] ?? node, scope);
  if (bound && "body" in bound)
    return rows(bound.body.body, scope.with(parametersOf(bound.body, node, scope)));
  if (name === "table") return named(argumentsOf(node)[0] ?? node, scope);
  throw scope.compiler.notSupported(node, `the function ${name}() as rows`);
}

function parametersOf({ parameters }: FunctionBody, node: SyntaxNode, scope: Scope): Map<string, Bound> {
  const given = argumentsOf(node);
  const names = new Map<string, Bound>();
  for (const [index, { name, fallback }] of parameters.entries()) {
    const argument = given[index] ?? fallback;
    if (!argument) continue;
    names.set(
      name,
      argument.columns ? { rows: () => rows(argument, scope) } : { value: scalar(argument, scope) },
    );
  }
  return names;
}

/** Compiles the statements of a query: names are declared, the last expression is the answer. */
export function statements(root: SyntaxNode, start: Scope): Relation | undefined {
  let scope = start;
  let last: Relation | undefined;
  for (const statement of root.children.flatMap((each) => (each.kind === "List" ? each.children : [each]))) {
    if (statement.kind === "LetStatement") scope = declared(statement, scope);
    else if (statement.kind === "ExpressionStatement" && statement.children[0])
      last = answer(statement.children[0], scope);
    else if (statement.kind !== "EndOfTextToken" && statement.text.trim() !== "")
      throw scope.compiler.notSupported(statement, `the statement ${statement.text.slice(0, 40)}`);
  }
  return last;
}

/** A query may be a value: it is shown as one row. */
function answer(node: SyntaxNode, scope: Scope): Relation {
  if (node.columns || !node.type) return rows(node, scope);
  return scope.compiler.steps.select([{ name: "print_0", value: scalar(node, scope) }], "");
}

function declared(node: SyntaxNode, scope: Scope): Scope {
  const [nameNode, value] = node.children as [SyntaxNode, SyntaxNode];
  const name = nameOf(nameNode);
  if (value.kind === "FunctionDeclaration") return scope.with(new Map([[name, { body: functionOf(value) }]]));
  if (value.kind === "MaterializeExpression" || value.columns || !value.type) {
    let known: Relation | undefined;
    const here = scope;
    const compute = (): Relation => {
      known ??= rows(value, here);
      return known;
    };
    return scope.with(new Map<string, Bound>([[name, { rows: compute }]]));
  }
  return scope.with(new Map<string, Bound>([[name, { value: scalar(value, scope) }]]));
}

function functionOf(node: SyntaxNode): FunctionBody {
  const body = node.children.find(({ kind }) => kind === "FunctionBody");
  const list = node.children.find(({ kind }) => kind === "FunctionParameters");
  const parameters = (list?.children ?? [])
    .flatMap((each) => (each.kind === "List" ? each.children : [each]))
    .map((each) => {
      const declaration = each.children.find(({ kind }) => kind === "NameAndTypeDeclaration") ?? each;
      return { name: nameOf(declaration.children[0] ?? declaration) };
    });
  const expressions = (body?.children ?? []).flatMap((each) =>
    each.kind === "List" ? each.children : [each],
  );
  return { parameters, body: expressions.at(-1) ?? node };
}

/** The wire form of a relation: the last SELECT of a statement. */
export const finalSelect = (
  relation: Relation,
  wire: (value: ReturnType<typeof columnExpr>) => string,
): string => {
  const columns = relation.columns.map((column, index) => `${wire(columnExpr(column))} AS c${index}`);
  return `SELECT ${columns.length > 0 ? columns.join(", ") : `${expr("1", "int").sql} AS c0`} FROM ${relation.step}${relation.order ? ` ORDER BY ${relation.order}` : ""}`;
};
