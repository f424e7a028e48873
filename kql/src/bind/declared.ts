import type { ScalarType } from "@picket/kit";
import { nameOf, type SyntaxNode } from "../kusto/tree.js";
import type { Scalar } from "../plan/scalar.js";
import { convert, isNumber } from "./convert.js";
import { type Bound, type Rows, type Scope, withNames } from "./scope.js";

type DeclaredFunction = Extract<Bound, { kind: "function" }>;

/** The value of a call of a function that the query declares. */
export function declaredValue(node: SyntaxNode, declared: DeclaredFunction, scope: Scope): Scalar {
  const { body, inner } = entered(node, declared, scope);
  return scope.session.bindScalar(body, inner);
}

/** The rows of a call of a function that the query declares; `first` are those that `invoke` hands over. */
export function declaredRows(
  node: SyntaxNode,
  declared: DeclaredFunction,
  { scope, first }: { readonly scope: Scope; readonly first?: Rows },
): Rows {
  const { body, inner } = entered(node, declared, scope, first);
  return scope.session.bindRows(body, inner);
}

/** The body of a function, and what it can see: the names where it stands, and its arguments. */
function entered(
  node: SyntaxNode,
  { node: declaration, scope: outer }: DeclaredFunction,
  scope: Scope,
  first?: Rows,
): { body: SyntaxNode; inner: Scope } {
  scope.session.countCall(node);
  const names = new Map<string, Bound>();
  if (first) {
    const [parameter] = declaration.need("Parameters").list("Parameters");
    if (parameter) names.set(parameterName(parameter), { kind: "rows", rows: () => first });
  }
  for (const [name, bound] of argumentsOf(node, declaration, scope, first ? 1 : 0)) names.set(name, bound);
  const body = node.calledBody ?? declaration.need("Body");
  let inner = withNames(outer, names);
  for (const statement of body.list("Statements")) {
    if (statement.kind === "LetStatement") inner = declare(statement, inner);
  }
  return { body: body.need("Expression"), inner };
}

const parameterName = (parameter: SyntaxNode): string => nameOf(parameter.need("NameAndType").need("Name"));

function* argumentsOf(
  node: SyntaxNode,
  declaration: SyntaxNode,
  scope: Scope,
  skipped: number,
): Generator<[string, Bound]> {
  const given = node.get("ArgumentList")?.list("Expressions") ?? [];
  const named = new Map(
    given
      .filter(({ kind }) => kind === "SimpleNamedExpression")
      .map((each) => [nameOf(each.need("Name")), each.need("Expression")]),
  );
  const parameters = declaration.need("Parameters").list("Parameters").slice(skipped);
  for (const [place, parameter] of parameters.entries()) {
    const name = parameterName(parameter);
    const fallback = parameter.get("DefaultValue")?.get("Value");
    const positional = given[place]?.kind === "SimpleNamedExpression" ? undefined : given[place];
    const argument = named.get(name) ?? positional ?? fallback;
    if (argument) yield [name, boundArgument(argument, parameter, scope)];
  }
}

function boundArgument(argument: SyntaxNode, parameter: SyntaxNode, scope: Scope): Bound {
  const { session } = scope;
  const isRows = parameter.need("NameAndType").need("Type").kind === "SchemaTypeExpression";
  if (isRows) {
    const rows = session.bindRows(argument, scope);
    return { kind: "rows", rows: () => rows };
  }
  const value = session.bindScalar(argument, scope);
  const type = parameter.need("NameAndType").need("Name").type;
  if (type && !fits(value, type))
    throw session.wrong(argument, `This must be of type ${type}; it is of type ${value.type}.`);
  return { kind: "value", value: type ? convert(value, type) : value };
}

/** Numbers go for numbers, JSON for anything, and nothing for everything. */
const fits = (value: Scalar, type: ScalarType): boolean =>
  value.type === type ||
  value.type === "dynamic" ||
  type === "dynamic" ||
  (value.kind === "literal" && value.value === null) ||
  (isNumber(value.type) && isNumber(type));

/** The place after a `let`. */
export function declare(statement: SyntaxNode, scope: Scope): Scope {
  const name = nameOf(statement.need("Name"));
  const value = statement.need("Expression");
  const { session } = scope;
  if (value.kind === "FunctionDeclaration")
    return withNames(scope, [[name, { kind: "function", node: value, scope }]]);
  if (value.type && !value.columns) {
    const bound = session.bindScalar(value, scope);
    return withNames(scope, [[name, { kind: "value", value: bound }]]);
  }
  let known: Rows | undefined;
  const rows = (): Rows => {
    known ??= { ...session.bindRows(value, scope), label: name };
    return known;
  };
  return withNames(scope, [[name, { kind: "rows", rows }]]);
}
