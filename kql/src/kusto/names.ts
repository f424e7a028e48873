import type { KustoRuntime } from "./runtime.js";

/** The functions, aggregates and plugins that the original's language has, by name. */
export function namesOfLanguage({ Language }: KustoRuntime): {
  readonly known: readonly string[];
  readonly plugins: readonly string[];
} {
  const { Functions, Aggregates, PlugIns } = Language.GlobalState.Default;
  const names = (symbols: readonly { readonly Name: string }[]): string[] =>
    symbols.map(({ Name }) => Name).filter((name) => !name.startsWith("__"));
  return { known: names([...Functions, ...Aggregates]), plugins: names(PlugIns) };
}
