import type { ScalarType } from "@picket/kit";
import type { QueryColumn } from "../schema.js";
import { type KustoNode, type KustoRuntime, type KustoSymbol, listOf } from "./runtime.js";

const scalars: ReadonlySet<string> = new Set<ScalarType>([
  "string",
  "long",
  "int",
  "real",
  "bool",
  "datetime",
  "timespan",
  "dynamic",
  "guid",
  "decimal",
]);

const isScalar = (name: string): name is ScalarType => scalars.has(name);

/** Where a node stands in the text of the query. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** One node of a bound query, in our own words, with names and types as the binder found them. */
export class SyntaxNode {
  readonly #node: KustoNode;
  readonly #tree: Tree;
  readonly #span: Span;
  readonly #anchor: Span | undefined;
  #fields: ReadonlyMap<string, SyntaxNode> | undefined;
  #children: readonly SyntaxNode[] | undefined;
  /** Kind of the language service, such as `FilterOperator`. */
  readonly kind: string;

  constructor(node: KustoNode, tree: Tree, anchor?: Span) {
    this.#node = node;
    this.#tree = tree;
    this.#anchor = anchor;
    this.kind = tree.kinds.get(node.Kind) ?? "Unknown";
    this.#span = anchor ?? { from: node.TextStart, to: node.TextStart + node.Width };
  }

  /** Where it stands; nodes of a called function stand where the call does. */
  get span(): Span {
    return this.#span;
  }

  /** Its text without the blanks and comments before it. */
  get text(): string {
    if (this.isToken) return (this.#node.Text ?? "").trim();
    return this.#node.toString().slice(this.#node.TriviaWidth).trim();
  }

  get isToken(): boolean {
    return this.#node.ChildCount === 0 && typeof this.#node.Text === "string";
  }

  /** Nodes below; tokens apart, elements of lists without their commas. */
  get children(): readonly SyntaxNode[] {
    this.#read();
    return this.#children ?? [];
  }

  /** The node below with a name, when it is there. */
  get(name: string): SyntaxNode | undefined {
    this.#read();
    return this.#fields?.get(name);
  }

  /** The node below with a name; a query that binds has it. */
  need(name: string): SyntaxNode {
    const found = this.get(name);
    if (!found) throw new Error(`${this.kind} lacks its ${name}`);
    return found;
  }

  /** The elements of a list below. */
  list(name: string): readonly SyntaxNode[] {
    return this.get(name)?.children ?? [];
  }

  /** Scalar type of an expression. */
  get type(): ScalarType | undefined {
    const name = attempt(() => this.#node.ResultType?.Name);
    return name !== undefined && isScalar(name) ? name : undefined;
  }

  /** Columns of a tabular expression, or of a call that answers several values. */
  get columns(): readonly QueryColumn[] | undefined {
    const result = attempt(() => this.#node.ResultType);
    return result?.Columns ? columnsOf(result) : undefined;
  }

  /** Name of what it refers to. */
  get symbol(): string | undefined {
    return attempt(() => this.#node.ReferencedSymbol?.Name);
  }

  /** Text of a literal without its quotes. */
  get literal(): string | undefined {
    const value = attempt(() => this.#node.LiteralValue);
    return typeof value === "string" ? value : undefined;
  }

  /** The body of the function it calls, bound for these arguments. */
  get calledBody(): SyntaxNode | undefined {
    const body = attempt(() => this.#node.GetCalledFunctionBody?.());
    return body ? new SyntaxNode(body, this.#tree, this.#span) : undefined;
  }

  #read(): void {
    if (this.#children) return;
    const fields = new Map<string, SyntaxNode>();
    const children: SyntaxNode[] = [];
    for (let index = 0; index < this.#node.ChildCount; index += 1) {
      const child = this.#node.GetChild(index);
      if (!child) continue;
      const node = new SyntaxNode(child, this.#tree, this.#anchor);
      const name = this.#node.GetName?.(index);
      if (name) fields.set(name, node);
      // A separated element is its node and a comma.
      if (node.kind === "SeparatedElement") children.push(...node.children.slice(0, 1));
      else if (!node.isToken) children.push(node);
    }
    this.#fields = fields;
    this.#children = children;
  }
}

interface Tree {
  readonly kinds: ReadonlyMap<number, string>;
}

/** The service's tree as ours. */
export function treeOf(runtime: KustoRuntime, root: KustoNode): SyntaxNode {
  const kinds = new Map(
    Object.entries(runtime.Language.Syntax.SyntaxKind).map(([name, kind]) => [kind, name]),
  );
  return new SyntaxNode(root, { kinds });
}

/** Columns of a table symbol. */
const columnsOf = (symbol: KustoSymbol): QueryColumn[] =>
  listOf(symbol.Columns).map(({ Name, Type }) => ({
    name: Name,
    type: isScalar(Type.Name) ? Type.Name : "dynamic",
  }));

/** The binder throws on what it could not bind. */
function attempt<T>(read: () => T | null | undefined): T | undefined {
  try {
    return read() ?? undefined;
  } catch {
    return undefined;
  }
}

/** The name that a reference or declaration carries, without brackets and quotes. */
export function nameOf(node: SyntaxNode): string {
  const spelt = node.text;
  const bracketed = /^\[\s*(['"])([\s\S]*)\1\s*\]$/.exec(spelt);
  return bracketed ? (bracketed[2] ?? "") : spelt;
}

/** The value of a named parameter, such as `kind=leftouter`, in small letters where it is a word. */
export function parameterOf(node: SyntaxNode, name: string): string | undefined {
  const found = node
    .list("Parameters")
    .find((each) => nameOf(each.need("Name")).toLowerCase() === name.toLowerCase());
  const value = found?.get("Expression");
  return value && (value.literal ?? nameOf(value));
}
