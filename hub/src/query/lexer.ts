import { hubErrors } from "../errors.js";

/** A piece of a query's text. */
export interface Token {
  readonly kind: "name" | "bracketed" | "string" | "number" | "symbol" | "end";
  /** Of a string its value, of everything else as written. */
  readonly text: string;
  readonly at: number;
}

/** Longest query that is read. */
export const MAX_QUERY = 8_192;

const NAME = /[A-Za-z_$][\w$]*/y;
const NUMBER = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const SYMBOL = /<>|!=|<=|>=|[=<>+\-*/%(),.[\]]/y;
const SPACE = /\s+/y;

/** Takes a text apart, from its beginning to its end. */
export function tokensOf(text: string): Token[] {
  if (text.length > MAX_QUERY) throw hubErrors.queryTooLong({ length: text.length, most: MAX_QUERY });
  const tokens: Token[] = [];
  let at = matched(SPACE, text, 0)?.length ?? 0;
  while (at < text.length) {
    const token = tokenAt(text, at, tokens.at(-1));
    tokens.push(token.token);
    at = token.end;
    at += matched(SPACE, text, at)?.length ?? 0;
  }
  tokens.push({ kind: "end", text: "the end", at: text.length });
  return tokens;
}

function tokenAt(text: string, at: number, before: Token | undefined): { token: Token; end: number } {
  const first = text[at];
  if (first === "'" || first === '"') return quoted(text, at, first);
  // Two brackets after a point or a name hold a name with any characters, elsewhere a list within a list.
  const isName = before?.kind === "name" && !/^n?in$/i.test(before.text);
  const isMember = before?.text === "." || (isName && before.at + before.text.length === at);
  if (isMember && text.startsWith("[[", at)) return bracketed(text, at);
  for (const [kind, pattern] of [
    ["number", NUMBER],
    ["name", NAME],
    ["symbol", SYMBOL],
  ] as const) {
    const found = kind === "number" && before?.text === "." ? undefined : matched(pattern, text, at);
    if (found !== undefined) return { token: { kind, text: found, at }, end: at + found.length };
  }
  throw syntaxError(text, at, `${JSON.stringify(first)} is not part of the language`);
}

function matched(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** Reads up to the closing quote; a quote written twice is one. */
function quoted(text: string, at: number, quote: string): { token: Token; end: number } {
  let value = "";
  for (let from = at + 1; ; ) {
    const close = text.indexOf(quote, from);
    if (close < 0) throw syntaxError(text, at, "the text that begins here is not closed");
    value += text.slice(from, close);
    if (text[close + 1] !== quote) return { token: { kind: "string", text: value, at }, end: close + 1 };
    value += quote;
    from = close + 2;
  }
}

function bracketed(text: string, at: number): { token: Token; end: number } {
  const close = text.indexOf("]]", at + 2);
  if (close < 0) throw syntaxError(text, at, "the name that begins here is not closed by ]]");
  return { token: { kind: "bracketed", text: text.slice(at + 2, close), at }, end: close + 2 };
}

/** An error that says where in the text it is. */
export function syntaxError(text: string, at: number, why: string): Error {
  const before = text.slice(0, at).split("\n");
  const [line, column] = [before.length, (before.at(-1)?.length ?? 0) + 1];
  return hubErrors.querySyntax({ line, column, why });
}
