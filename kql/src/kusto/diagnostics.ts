import { type Place, placeOf } from "../errors.js";
import type { DatabaseSchema } from "../schema.js";
import { type KustoCode, type KustoDiagnostic, listOf } from "./runtime.js";

/** Something to tell about a query. */
export interface Diagnostic extends Place {
  readonly severity: "error" | "warning" | "suggestion";
  /** The language service's code, such as KS142. */
  readonly code: string;
  readonly message: string;
  readonly suggestion?: string;
}

/** The binder refuses these; the engine of the original takes them. */
const falseAlarms: ReadonlySet<string> = new Set(["KS107", "KS234", "KS134"]);

/** What the parser and binder say, in our form. */
export function diagnosticsOf(code: KustoCode, text: string, schema: DatabaseSchema): Diagnostic[] {
  return listOf(code.GetDiagnostics())
    .filter(({ Code }) => !falseAlarms.has(Code))
    .map((each) => diagnosticOf(each, text, schema));
}

function diagnosticOf(
  { Code, Severity, Start, Length, Message }: KustoDiagnostic,
  text: string,
  schema: DatabaseSchema,
): Diagnostic {
  const severity = Severity === "Error" ? "error" : Severity === "Warning" ? "warning" : "suggestion";
  const suggestion = severity === "error" ? nearest(text.slice(Start, Start + Length), schema) : undefined;
  return {
    severity,
    code: Code,
    message: sentence(Message),
    ...placeOf(text, Start, Length),
    ...(suggestion ? { suggestion } : {}),
  };
}

const sentence = (message: string): string => (/[.!?]$/.test(message) ? message : `${message}.`);

/** The name in the schema that was probably meant. */
function nearest(name: string, schema: DatabaseSchema): string | undefined {
  if (!/^\w{2,64}$/.test(name)) return undefined;
  const names = new Set(
    schema.tables.flatMap((table) => [table.name, ...table.columns.map((column) => column.name)]),
  );
  let best: { name: string; distance: number } | undefined;
  for (const each of names) {
    const distance = editDistance(name.toLowerCase(), each.toLowerCase());
    if (
      each !== name &&
      distance <= Math.max(2, name.length / 4) &&
      distance < (best?.distance ?? Number.POSITIVE_INFINITY)
    )
      best = { name: each, distance };
  }
  return best?.name;
}

/** How many letters must be changed, added or removed. */
export function editDistance(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const change = above[column - 1]! + (one[row - 1] === other[column - 1] ? 0 : 1);
      line.push(Math.min(change, above[column]! + 1, line[column - 1]! + 1));
    }
    above = line;
  }
  return above[other.length]!;
}
