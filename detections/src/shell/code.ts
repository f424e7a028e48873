import { fromBase64, unescaped } from "./decode.js";

const LOOKED_AT = 16_384;
const MOST = 32;
const CALL =
  /\b(?:system|popen\d?|Popen|exec\w{0,8}|spawn\w{0,8}|call|check_output|check_call|run|shell_exec|passthru|proc_open|getoutput|open3)\s{0,4}\(\s{0,4}(\[?)\s{0,4}(["'`])/g;
const BARE = /\b(?:system|exec|qx)\s{1,4}(?:\{|\()?\s{0,2}(["'`{])/g;
const PACKED =
  /(?:b64decode|decode_base64|base64_decode|atob|decode64|unpack1?\(['"]m0?['"]\)|Buffer\.from)\s{0,4}\(\s{0,4}b?["']([A-Za-z0-9+/=_-]{8,16384})["']/g;

/** Shell commands in a piece of Python, Perl, Ruby, PHP, JavaScript or awk: as scripts and as argument lists. */
export interface CodeCommands {
  readonly scripts: readonly string[];
  readonly argvs: readonly (readonly string[])[];
  /** Code that it decodes from base64. */
  readonly decoded: readonly string[];
}

/** Finds what code hands to a shell or to the system, by the shape of the calls; it does not run it. */
export function commandsInCode(code: string): CodeCommands {
  const text = code.slice(0, LOOKED_AT);
  const scripts: string[] = [];
  const argvs: (readonly string[])[] = [];
  for (const { index, 0: whole, 1: bracket, 2: quote = "" } of text.matchAll(CALL)) {
    if (scripts.length + argvs.length >= MOST) break;
    const from = index + whole.length;
    const end = endOf(text, from, quote);
    if (bracket === "[") argvs.push(listFrom(text, from - 1));
    else if (
      text
        .slice(end + 1, end + 4)
        .trimStart()
        .startsWith(",")
    )
      argvs.push(listFrom(text, from - 1));
    else scripts.push(unescaped(text.slice(from, end)));
  }
  for (const { index, 0: whole, 1: quote = "" } of text.matchAll(BARE)) {
    if (scripts.length >= MOST) break;
    const from = index + whole.length;
    scripts.push(unescaped(text.slice(from, endOf(text, from, quote === "{" ? "}" : quote))));
  }
  const decoded = [...text.matchAll(PACKED)]
    .slice(0, 4)
    .flatMap(([, packed = ""]) => fromBase64(packed) ?? []);
  return { scripts, argvs, decoded };
}

function endOf(text: string, from: number, quote: string): number {
  const end = text.indexOf(quote, from);
  return end < 0 ? text.length : end;
}

/** The texts in quotes up to the bracket that ends a list. */
function listFrom(text: string, from: number): string[] {
  const end = text.slice(from, from + 1_024).search(/[\])]/);
  const list = text.slice(from, end < 0 ? from + 1_024 : from + end);
  return [...list.matchAll(/(["'`])(.{0,256}?)\1/g)].slice(0, 32).map(([, , item = ""]) => unescaped(item));
}
