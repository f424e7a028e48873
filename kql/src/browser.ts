import type { KustoRuntime } from "./kusto/runtime.js";

/** The part of a web worker's global scope that is needed. */
export interface WorkerScope {
  importScripts(...urls: string[]): void;
  readonly Kusto?: KustoRuntime;
}

/** Loads Microsoft's two scripts in a classic web worker, given where they are served. */
export function loadKusto(scope: WorkerScope, urls: readonly [bridge: string, kusto: string]): KustoRuntime {
  scope.importScripts(...urls);
  const { Kusto } = scope;
  if (!Kusto) throw new Error("The language service's scripts did not load.");
  return Kusto;
}
