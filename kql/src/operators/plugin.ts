import type { Rows } from "../bind/scope.js";
import type { SyntaxNode } from "../kusto/tree.js";
import type { Piped } from "./operator.js";

/** A call of a plugin. */
export interface Plugin extends Piped {
  readonly call: SyntaxNode;
  readonly args: readonly SyntaxNode[];
  /** The value of a named argument, or of the one at a place. */
  readonly option: (name: string, place: number) => SyntaxNode | undefined;
}

/** Binds one plugin. */
export type PluginBinder = (plugin: Plugin) => Rows;
