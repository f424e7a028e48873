/** What is known of a script's variables. */
export type Variables = Map<string, string>;

const LONGEST = 4_096;
const isWordLetter = (letter: string | undefined): boolean =>
  letter !== undefined && /[A-Za-z0-9./_-]/.test(letter);

/** What stands for a variable, and how much of the script names it. */
interface Expanded {
  readonly text: string;
  readonly length: number;
}

/**
 * What the variable at a position stands for. One that is not known stays as it is written, so that `rm -rf $dir/` is not
 * read as `rm -rf /`; in the middle of a word it is nothing, as in `w$9get`.
 */
export function expandVariable(text: string, at: number, before: string, variables: Variables): Expanded {
  const braced = text[at + 1] === "{" ? closed(text, at) : undefined;
  const name = braced === undefined ? plainName(text, at) : braced;
  if (name === "") return { text: "$", length: 1 };
  const length = braced === undefined ? name.length + 1 : name.length + 3;
  const value = meaning(name, variables);
  if (value !== undefined) return { text: value.slice(0, LONGEST), length };
  const isInside = isWordLetter(before) && isWordLetter(text[at + length]);
  const isPart = isInside && !/^[A-Z_][A-Z0-9_]+$/.test(name);
  return { text: isPart ? "" : text.slice(at, at + length), length };
}

/** The inside of `${…}`; undefined when it does not end. */
function closed(text: string, at: number): string | undefined {
  const end = text.slice(at, at + 1_024).indexOf("}");
  return end < 0 ? undefined : text.slice(at + 2, at + end);
}

function plainName(text: string, at: number): string {
  const found = /^(?:[A-Za-z_]\w*|[0-9@*#?$!-])/.exec(text.slice(at + 1, at + 129));
  return found?.[0] ?? "";
}

/** Reads `name`, `name:-word`, `name:2:3`, `name/a/b`, `#name`, `!name` and the like. */
function meaning(inside: string, variables: Variables): string | undefined {
  const found = /^([!#]?)([A-Za-z_]\w*|[0-9@*])(.*)$/s.exec(inside);
  if (!found) return undefined;
  const [, prefix, name = "", operation = ""] = found;
  if (name === "IFS") return " ";
  // Nobody hands a script so many arguments: it parts letters.
  if (/^[5-9]$/.test(name)) return "";
  const value = prefix === "!" ? variables.get(variables.get(name) ?? "") : variables.get(name);
  if (prefix === "#") return value === undefined ? undefined : String(value.length);
  return operation === "" ? value : changed(value, operation);
}

function changed(value: string | undefined, operation: string): string | undefined {
  const fallback = /^:?[-=](.*)$/s.exec(operation);
  if (fallback) return value || fallback[1];
  if (value === undefined) return undefined;
  const slice = /^:\s*(\d{1,4})(?::(\d{1,4}))?$/.exec(operation);
  if (slice) {
    const from = Number(slice[1]);
    return value.slice(from, slice[2] === undefined ? undefined : from + Number(slice[2]));
  }
  const replacement = /^(\/{1,2})([^/]*)(?:\/(.*))?$/s.exec(operation);
  if (replacement) {
    const [, slashes, from = "", to = ""] = replacement;
    if (from === "") return value;
    return slashes === "//" ? value.replaceAll(from, () => to) : value.replace(from, () => to);
  }
  if (operation === "^^") return value.toUpperCase();
  return operation === ",," ? value.toLowerCase() : value;
}
