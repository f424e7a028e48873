import { createRequire } from "node:module";
import type { KustoRuntime } from "./kusto/runtime.js";

/** Loads Microsoft's two scripts in Node. They set globals, so this thread should do little else. */
export function loadKusto(): KustoRuntime {
  const require = createRequire(import.meta.url);
  require("@kusto/language-service-next/bridge.min.js");
  require("@kusto/language-service-next/Kusto.Language.Bridge.min.js");
  return runtimeIn(globalThis);
}

const runtimeIn = (scope: typeof globalThis): KustoRuntime =>
  (scope as typeof globalThis & { readonly Kusto: KustoRuntime }).Kusto;
