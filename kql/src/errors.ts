import { catalogue } from "@picket/kit";

/** Where in the query something is wrong: offsets, and line and column counted from 1. */
export interface Place {
  readonly from: number;
  readonly to: number;
  readonly length: number;
  readonly line: number;
  readonly column: number;
}

/** What a query can be told. Every message about a part of the query says its place. */
export const kqlErrors = catalogue("KQL", {
  syntax: {
    status: 400,
    retry: "never",
    message: (d: Place & { what: string; suggestion?: string; problems?: readonly object[] }) =>
      `Line ${d.line}, column ${d.column}: ${d.what}${hint(d.suggestion)}`,
  },
  semantic: {
    status: 400,
    retry: "never",
    message: (d: Place & { what: string; suggestion?: string; problems?: readonly object[] }) =>
      `Line ${d.line}, column ${d.column}: ${d.what}${hint(d.suggestion)}`,
  },
  notSupported: {
    status: 400,
    retry: "never",
    message: (d: Place & { what: string; instead?: string }) =>
      `Line ${d.line}, column ${d.column}: ${d.what} is not supported yet.${d.instead ? ` Use ${d.instead}.` : ""}`,
  },
  tooLarge: {
    status: 413,
    retry: "never",
    message: (d: { what: string; bytes: number; limit: number }) =>
      `${d.what} ${d.bytes} bytes long; at most ${d.limit} are taken. Ask for less at once.`,
  },
  stepTooLarge: {
    status: 400,
    retry: "never",
    message: (d: { what: string; limit: number }) =>
      `${d.what} is computed outside the engine, over at most ${d.limit} rows. Filter or summarize before it.`,
  },
  tooDeep: {
    status: 400,
    retry: "never",
    message: () => "The query is nested too deeply. Name parts of it with let.",
  },
  empty: {
    status: 400,
    retry: "never",
    message: () => "The query asks for nothing; begin with a table, such as SecurityAlert.",
  },
});

const hint = (suggestion: string | undefined): string => (suggestion ? ` Did you mean ${suggestion}?` : "");

/** Line and column of a place in a text. */
export function placeOf(text: string, { from, to }: { readonly from: number; readonly to: number }): Place {
  const before = text.slice(0, from);
  const line = before.split("\n").length;
  const end = Math.max(to, from + 1);
  return { from, to: end, length: end - from, line, column: from - before.lastIndexOf("\n") };
}
