import { type Place, placeOf } from "../errors.js";
import type { DatabaseSchema } from "../schema.js";
import { nearest } from "./nearest.js";
import { type KustoCode, type KustoDiagnostic, listOf } from "./runtime.js";

/** Something to tell about a query. */
export interface Diagnostic extends Place {
  readonly severity: "error" | "warning" | "suggestion";
  /** The language service's code, such as KS142. */
  readonly code: string;
  readonly message: string;
  readonly suggestion?: string;
  /** A change that would mend it. */
  readonly fix?: Fix;
}

/** A piece of the text, and what should stand there instead. */
export interface Fix {
  readonly title: string;
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** What names can stand for. */
export interface Vocabulary {
  readonly schema: DatabaseSchema;
  /** Names of functions and aggregates that we have. */
  readonly functions: readonly string[];
}

/** The binder refuses these; the engine of the original takes them. */
const falseAlarms: ReadonlySet<string> = new Set(["KS107", "KS234", "KS134"]);

/** The parser's own codes are below a hundred, but for these. */
const parserCodes: ReadonlySet<string> = new Set(["KS176", "KS198"]);

/** True for what the parser says about the shape of a query. */
export const isSyntax = ({ code }: Diagnostic): boolean =>
  Number(code.slice(2)) < 100 || parserCodes.has(code);

/** A fuzzy union leaves out tables that are not there. */
const isFuzzy = (text: string): boolean => /\bisfuzzy\s*=\s*true\b/i.test(text);

/** What the parser and binder say, in our form. */
export function diagnosticsOf(code: KustoCode, text: string, vocabulary: Vocabulary): Diagnostic[] {
  return listOf(code.GetDiagnostics())
    .filter(({ Code }) => !falseAlarms.has(Code) && !(Code === "KS204" && isFuzzy(text)))
    .map((each) => diagnosticOf(each, text, vocabulary));
}

function diagnosticOf(
  { Code, Severity, Start, Length, Message }: KustoDiagnostic,
  text: string,
  vocabulary: Vocabulary,
): Diagnostic {
  const severity = Severity === "Error" ? "error" : Severity === "Warning" ? "warning" : "suggestion";
  const word = text.slice(Start, Start + Length);
  const suggestion = severity === "error" ? nearest(word, candidates(Code, text, vocabulary)) : undefined;
  const place = placeOf(text, { from: Start, to: Start + Length });
  const fix =
    severity === "error"
      ? (compared(Code, text, place) ?? mended(text, place) ?? renamedTo(suggestion, place))
      : undefined;
  return {
    severity,
    code: Code,
    message: sentence(Message),
    ...place,
    ...(suggestion ? { suggestion } : {}),
    ...(fix ? { fix } : {}),
  };
}

const renamedTo = (suggestion: string | undefined, { from, to }: Place): Fix | undefined =>
  suggestion === undefined ? undefined : { title: `Change to ${suggestion}`, from, to, text: suggestion };

/** Slips that published queries have, and what was meant. */
const SLIPS: readonly (readonly [pattern: RegExp, meant: string, title: string])[] = [
  [/[\u201c\u201d]/g, '"', "Use straight quotes"],
  [/[\u2018\u2019]/g, "'", "Use straight quotes"],
  [/&&/g, "and", "Write and"],
  [/\|\|/g, "or", "Write or"],
  [/\bnot\s+in\b/g, "!in", "Write !in"],
  [/\bis\s+not\s+null\b/gi, "!= ''", "Use isnotempty(…) or isnotnull(…)"],
  [/\blike\b/gi, "contains", "Write contains"],
];

/** `where a = 1` gives a name; a comparison has two signs. */
const compared = (code: string, text: string, { from, to }: Place): Fix | undefined => {
  const at = code === "KS141" ? text.slice(from, to).search(/(?<![=!<>~])=(?![=~])/) : -1;
  return at < 0 ? undefined : { title: "Write ==", from: from + at, to: from + at + 1, text: "==" };
};

/** The slip nearest to where the parser stumbled, on the same line. */
function mended(text: string, { from, line }: Place): Fix | undefined {
  for (const [pattern, meant, title] of SLIPS)
    for (const found of text.matchAll(pattern)) {
      const at = found.index;
      const isNear = Math.abs(at - from) <= 120 && placeOf(text, { from: at, to: at }).line === line;
      if (isNear) return { title, from: at, to: at + found[0].length, text: meant };
    }
  return undefined;
}

const sentence = (message: string): string => (/[.!?]$/.test(message) ? message : `${message}.`);

/** The names that could have been meant, by what was not found. */
function candidates(code: string, text: string, { schema, functions }: Vocabulary): Set<string> {
  const tables = schema.tables.map(({ name }) => name);
  const declared = [...text.matchAll(/\b([A-Za-z_]\w*)\s*=(?![=~])/g)].map(([, name = ""]) => name);
  if (code === "KS204") return new Set([...tables, ...declared]);
  if (code === "KS211") return new Set([...functions, ...declared]);
  const columns = schema.tables.flatMap((table) => table.columns.map(({ name }) => name));
  return new Set([...columns, ...declared, ...tables]);
}
