import type { ScalarType } from "@picket/kit";
import type { QueryColumn } from "../schema.js";
import { type KustoNode, type KustoRuntime, type KustoSymbol, listOf } from "./runtime.js";

/** One node of a bound query, in our own words: frozen, plain, with names and types as the binder found them. */
export interface SyntaxNode {
  /** Kind of the language service, such as `FilterOperator`. */
  readonly kind: string;
  readonly from: number;
  readonly length: number;
  readonly text: string;
  /** Nodes below; tokens apart, lists as nodes of kind `List`. */
  readonly children: readonly SyntaxNode[];
  /** The texts of its own tokens, in order. */
  readonly tokens: readonly string[];
  /** Scalar type of an expression. */
  readonly type?: ScalarType;
  /** Columns of a tabular expression or operator. */
  readonly columns?: readonly QueryColumn[];
  /** Name of what it refers to. */
  readonly symbol?: string;
}

const scalars = new Set([
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

/** Copies the service's tree into ours. */
export function treeOf(runtime: KustoRuntime, text: string, root: KustoNode): SyntaxNode {
  const kinds = new Map(
    Object.entries(runtime.Language.Syntax.SyntaxKind).map(([name, kind]) => [kind, name]),
  );
  return copy(root, { kinds, text });
}

interface Context {
  readonly kinds: ReadonlyMap<number, string>;
  readonly text: string;
}

function copy(node: KustoNode, context: Context): SyntaxNode {
  const children: SyntaxNode[] = [];
  const tokens: string[] = [];
  for (let index = 0; index < node.ChildCount; index += 1) {
    const child = node.GetChild(index);
    if (!child) continue;
    if (isToken(child)) tokens.push(child.Text ?? "");
    else {
      const below = copy(child, context);
      // A separated element is its node and a comma.
      children.push(below.kind === "SeparatedElement" && below.children[0] ? below.children[0] : below);
    }
  }
  const { TextStart: from, Width: length } = node;
  const result = attempt(() => node.ResultType);
  const symbol = attempt(() => node.ReferencedSymbol?.Name);
  return {
    kind: context.kinds.get(node.Kind) ?? "Unknown",
    from,
    length,
    text: context.text.slice(from, from + length),
    children,
    tokens,
    ...(result && scalars.has(result.Name) ? { type: result.Name as ScalarType } : {}),
    ...(result?.Columns ? { columns: columnsOf(result) } : {}),
    ...(symbol ? { symbol } : {}),
  };
}

/** Columns of a table symbol. */
export const columnsOf = (symbol: KustoSymbol): QueryColumn[] =>
  listOf(symbol.Columns).map(({ Name, Type }) => ({
    name: Name,
    type: scalars.has(Type.Name) ? (Type.Name as ScalarType) : "dynamic",
  }));

const isToken = (node: KustoNode): boolean => node.ChildCount === 0 && typeof node.Text === "string";

/** The binder throws on what it could not bind. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read() ?? undefined;
  } catch {
    return undefined;
  }
}
