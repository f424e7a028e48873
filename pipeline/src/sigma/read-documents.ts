import { type Document, isScalar, LineCounter, parseAllDocuments } from "yaml";
import type { SigmaProblem } from "./problems.js";

/** One document of a YAML file, with the places of its parts. */
export interface RuleDocument {
  readonly value: Readonly<Record<string, unknown>>;
  readonly file: string;
  /** Line and column of a part, counted from 1; of the nearest part above when it is absent. */
  placeOf(path: readonly (string | number)[], offset?: number): { line: number; column: number };
}

/** Limits that keep a hostile file from costing much; a large public pack of 4,000 rules fits. */
export const MAX_FILE_BYTES = 4_000_000;
const MAX_ALIASES = 200;
const MAX_DEPTH = 200;

const START = { line: 1, column: 1 };

const refused = (file: string, check: string, message: string, place = START): SigmaProblem => ({
  level: "error",
  check,
  message,
  file,
  ...place,
});

/** Reads a file of one or more documents. What cannot be read is told; the other documents are kept. */
export function readDocuments(
  text: string,
  file: string,
): { documents: RuleDocument[]; problems: SigmaProblem[] } {
  const size = Buffer.byteLength(text);
  if (size > MAX_FILE_BYTES) return { documents: [], problems: [refused(file, "too-large", tooLarge(size))] };
  const deep = tooDeep(text);
  if (deep)
    return {
      documents: [],
      problems: [refused(file, "too-deep", deep.message, { line: deep.line, column: deep.column })],
    };
  const lines = new LineCounter();
  const problems: SigmaProblem[] = [];
  const documents: RuleDocument[] = [];
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  for (const document of Array.isArray(parsed) ? parsed : []) {
    const [error] = document.errors;
    if (error) {
      const { line, col } = lines.linePos(error.pos[0]);
      problems.push(
        refused(file, "yaml", `This is not valid YAML: ${sentence(error.message)}`, { line, column: col }),
      );
      continue;
    }
    const found = toValue(document, file, lines);
    if ("check" in found) problems.push(found);
    else if (found.value !== undefined) documents.push(found.value);
  }
  return { documents, problems };
}

const tooLarge = (size: number): string =>
  `The file has ${size} bytes; at most ${MAX_FILE_BYTES} are read. Split it.`;

const sentence = (text: string): string => (text.endsWith(".") ? text : `${text}.`);

function toValue(
  document: Document.Parsed,
  file: string,
  lines: LineCounter,
): SigmaProblem | { value: RuleDocument | undefined } {
  const { line, col: column } = lines.linePos(document.range[0]);
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    if (value === null || value === undefined) return { value: undefined };
    if (!isRecord(value))
      return refused(file, "not-a-rule", "A rule is a map of names and values.", { line, column });
    const placeOf = placesOf(document, lines);
    return { value: { value, file, placeOf } };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return refused(file, "aliases", `Aliases expand to too much: ${sentence(why)}`, { line, column });
  }
}

const placesOf =
  (document: Document.Parsed, lines: LineCounter): RuleDocument["placeOf"] =>
  (path, offset = 0) => {
    for (let length = path.length; length >= 0; length -= 1) {
      const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      const range = typeof node === "object" && node !== null && "range" in node ? node.range : undefined;
      if (!Array.isArray(range)) continue;
      const quote = isScalar(node) && String(node.type).startsWith("QUOTE") ? 1 : 0;
      const shift = length === path.length ? offset + quote : 0;
      const { line, col } = lines.linePos(Number(range[0]) + shift);
      return { line, column: col };
    }
    return { line: 1, column: 1 };
  };

/** Flow brackets and indentation that nest deeper than any rule does would exhaust the parser's stack. */
function tooDeep(text: string): { message: string; line: number; column: number } | undefined {
  let depth = 0;
  for (const [index, line] of text.split("\n").entries()) {
    const indent = /^[ -]*/.exec(line)?.[0].length ?? 0;
    for (let column = 0; column < line.length; column += 1) {
      if (line[column] === "[" || line[column] === "{") depth += 1;
      else if (line[column] === "]" || line[column] === "}") depth = Math.max(0, depth - 1);
      if (depth > MAX_DEPTH * 5 || indent > MAX_DEPTH * 5) {
        const message = `Values nest deeper than ${MAX_DEPTH * 5} levels; no rule needs that.`;
        return { message, line: index + 1, column: column + 1 };
      }
    }
  }
  return undefined;
}

/** True for a map. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
