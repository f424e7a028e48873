import { type HostFunctions, textAt } from "./function.js";
import { patternOf } from "./texts.js";

/** How names and values stand in a text. */
interface PairOptions {
  readonly keys: readonly string[];
  readonly pair_delimiter?: string;
  readonly kv_delimiter?: string;
  readonly quote?: string;
  readonly escape?: string;
  readonly greedy?: boolean;
  readonly regex?: string;
}

/** What stands at a place: a quoted text, or everything up to one of some delimiters. */
function token(
  text: string,
  from: number,
  { quote, mark, until }: { quote: string; mark: string; until: readonly string[] },
): { readonly value: string; readonly end: number } {
  const opening = quote[0];
  const closing = quote.at(-1);
  if (opening !== undefined && text[from] === opening) {
    let value = "";
    for (let at = from + 1; at < text.length; at += 1) {
      if (mark !== "" && text.startsWith(mark, at)) {
        at += mark.length;
        value += text[at] ?? "";
      } else if (text[at] === closing) return { value, end: at + 1 };
      else value += text[at];
    }
  }
  const ends = until.map((each) => text.indexOf(each, from)).filter((at) => at >= 0);
  const end = Math.min(text.length, ...ends);
  return { value: text.slice(from, end), end };
}

/** Names and values between delimiters. */
function* delimited(text: string, options: PairOptions): Generator<[string, string]> {
  const { pair_delimiter: pair = " ", kv_delimiter: between = "=", quote = "", escape: mark = "" } = options;
  let at = 0;
  while (at < text.length) {
    while (/\s/.test(text[at] ?? "") && !text.startsWith(pair, at)) at += 1;
    const name = token(text, at, { quote, mark, until: [between, pair] });
    if (!text.startsWith(between, name.end)) {
      at = Math.max(text.startsWith(pair, name.end) ? name.end + pair.length : name.end, at + 1);
      continue;
    }
    at = name.end + between.length;
    while (text[at] === " " && pair !== " ") at += 1;
    const value = token(text, at, { quote, mark, until: [pair] });
    yield [name.value.trim(), value.value];
    at = Math.max(value.end + (text.startsWith(pair, value.end) ? pair.length : 0), at);
  }
}

/** Values reach up to the next name: they may hold the delimiter between pairs. */
function* greedy(text: string, options: PairOptions): Generator<[string, string]> {
  const { pair_delimiter: pair = " ", kv_delimiter: between = "=" } = options;
  const places = [...indicesOf(text, between)];
  const starts = places.map((at) => Math.max(text.lastIndexOf(pair, at - 1) + pair.length, 0));
  for (const [place, at] of places.entries()) {
    const from = starts[place]! > at ? 0 : starts[place]!;
    const next = starts[place + 1];
    const end = next === undefined ? text.length : Math.max(next - pair.length, at + between.length);
    yield [text.slice(from, at).trim(), text.slice(at + between.length, end)];
  }
}

function* indicesOf(text: string, sought: string): Generator<number> {
  if (sought === "") return;
  for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + sought.length)) yield at;
}

function* matched(text: string, { regex = "" }: PairOptions): Generator<[string, string]> {
  for (const [, name = "", value = ""] of text.matchAll(patternOf(regex) ?? /$^/g)) yield [name, value];
}

/** The asked values by name; the first one counts. */
export const pairFunctions: HostFunctions = {
  parse_kv: (args) => {
    const text = textAt(args, 0);
    const options = args[1] as PairOptions;
    const wanted = new Set(options.keys);
    const found: Record<string, string> = {};
    const pairs = options.regex ? matched : options.greedy ? greedy : delimited;
    for (const [name, value] of pairs(text, options))
      if (wanted.has(name) && !Object.hasOwn(found, name)) found[name] = value;
    return found;
  },
};
