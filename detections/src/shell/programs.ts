import { fromBase32, fromBase64, fromHex, printed, translated, unescaped } from "./decode.js";

/** The last part of a path: the program's name. */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** Shells that read scripts as this reader does. */
export const shells: ReadonlySet<string> = new Set(
  "sh bash dash ash zsh ksh mksh lksh rbash csh tcsh fish -sh -bash -ash -dash".split(" "),
);

/** Interpreters whose code can stand on the command line, with the flags that introduce it. */
export const interpreters: readonly (readonly [name: RegExp, flag: RegExp])[] = [
  [/^(?:python|pypy|micropython)[\d.]*$/, /^-[A-Za-z]*c$/],
  [/^perl[\d.]*$/, /^-[A-Za-z0-9]*[eE]$/],
  [/^(?:ruby|jruby)[\d.]*$/, /^-[A-Za-z]*e$/],
  [/^php[\d.]*(?:-cli|-cgi)?$/, /^(?:-r|--run)$/],
  [/^(?:node|nodejs|bun|deno)$/, /^(?:-e|-p|-pe|--eval|--print|eval)$/],
  [/^lua(?:jit)?[\d.]*$/, /^-e$/],
  [/^(?:tclsh|expect)[\d.]*$/, /^-c$/],
];

const decodes = (argv: readonly string[]): boolean =>
  argv.some((word) => /^(?:--decode|-[a-zA-Z]*[dD][a-zA-Z]*)$/.test(word));

/** What a program prints, for the few whose output follows from their words and their input. */
export function outputOf(argv: readonly string[], input: string | undefined): string | undefined {
  const [path = "", ...words] = argv;
  const name = nameOf(path);
  if (name === "echo") return echoed(words);
  if (name === "printf")
    return printed(words[0] === "--" ? (words[1] ?? "") : (words[0] ?? ""), words.slice(1));
  if (input === undefined) return undefined;
  const decoded = decodedBy(name, words, input);
  if (decoded !== undefined) return decoded;
  const operands = words.filter((word) => !word.startsWith("-"));
  if (name === "cat" || name === "tee" || name === "xargs")
    return operands.length === 0 || name === "tee" ? input : undefined;
  if (name === "rev")
    return input
      .split("\n")
      .map((line) => [...line].reverse().join(""))
      .join("\n");
  if (name === "tr") return transformed(words, input);
  return undefined;
}

function decodedBy(name: string, words: readonly string[], input: string): string | undefined {
  if (name === "base64" && decodes(words)) return fromBase64(input);
  if (name === "base32" && decodes(words)) return fromBase32(input.trim());
  if (name === "openssl" && decodes(words) && words.some((word) => /^-?(?:base64|a)$/.test(word)))
    return fromBase64(input);
  if (name === "xxd" && words.some((word) => /^-\w*r/.test(word))) return fromHex(input.trim());
  return undefined;
}

function echoed(words: readonly string[]): string {
  let first = 0;
  let isEscaped = false;
  while (/^-[neE]+$/.test(words[first] ?? "")) {
    if (words[first]!.includes("e")) isEscaped = true;
    first += 1;
  }
  const text = words.slice(first).join(" ");
  // dash and busybox read escapes without being asked; in base64 and in most texts there are none.
  return `${isEscaped || /\\(?:x[0-9a-f]{2}|0[0-7]{2})/i.test(text) ? unescaped(text) : text}\n`;
}

function transformed(words: readonly string[], input: string): string | undefined {
  const [from, to] = words.filter((word) => !/^-[cdst]+$/.test(word));
  if (from === undefined) return undefined;
  if (words.some((word) => /^-[a-z]*d/.test(word))) {
    const gone = new Set(unescaped(from));
    return [...input].filter((letter) => !gone.has(letter)).join("");
  }
  return to === undefined ? input : translated(input, from, to);
}
