import { aboutFunctions } from "../functions/about.js";
import type { DatabaseSchema } from "../schema.js";
import { type KustoFunction, listOf } from "./runtime.js";
import type { KustoService } from "./service.js";

/** What stands at a place. */
export interface Hover {
  readonly from: number;
  readonly to: number;
  /** Its kind, name and type, such as `(column) Age: long`. */
  readonly title: string;
  readonly about?: string;
}

/** The function whose arguments are being written. */
export interface SignatureHelp {
  readonly name: string;
  readonly about?: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly type: string;
    readonly isOptional: boolean;
  }[];
  /** The parameter that the place is in. */
  readonly active: number;
}

/** A piece of text of one kind, such as Keyword, Column or StringLiteral. */
export interface ColouredRange {
  readonly from: number;
  readonly to: number;
  readonly kind: string;
}

/** What editors ask beside diagnostics and completion; nothing it is asked can throw. */
export class EditorService {
  readonly #service: KustoService;
  readonly #about: ReadonlyMap<string, string>;
  readonly #kinds: ReadonlyMap<number, string>;
  #functions: ReadonlyMap<string, KustoFunction> | undefined;

  constructor(service: KustoService, schema: DatabaseSchema) {
    this.#service = service;
    const names = schema.tables.flatMap(({ name, about, columns }) => [
      [name, about] as const,
      ...columns.map((column) => [column.name, column.about] as const),
    ]);
    this.#about = new Map([...names.filter(([, about]) => about !== ""), ...aboutFunctions]);
    const { ClassificationKind } = service.editor.runtime.Language.Editor;
    this.#kinds = new Map(Object.entries(ClassificationKind).map(([name, kind]) => [kind, name]));
  }

  hover(text: string, position: number): Hover | undefined {
    const word = wordAt(text, position);
    if (!word) return undefined;
    const title = quiet(() => this.#code(text).GetQuickInfo(position)?.Text?.trim(), undefined);
    const about = this.#about.get(text.slice(word.from, word.to));
    if (!title && !about) return undefined;
    return { ...word, title: title ?? text.slice(word.from, word.to), ...(about ? { about } : {}) };
  }

  signature(text: string, position: number): SignatureHelp | undefined {
    const call = callAt(text.slice(0, position));
    const known = call && this.#named(call.name);
    if (!call || !known) return undefined;
    const [first] = listOf(known.Signatures).toSorted(
      (one, other) => other.Parameters.Count - one.Parameters.Count,
    );
    const parameters = listOf(first?.Parameters).map(({ Name, IsOptional, DeclaredTypes }) => ({
      name: Name,
      type: listOf(DeclaredTypes)
        .map(({ Name: type }) => type)
        .join(" | "),
      isOptional: IsOptional,
    }));
    const about = aboutFunctions.get(call.name);
    return { name: call.name, parameters, active: call.argument, ...(about ? { about } : {}) };
  }

  /** The same query, tidy; the text itself when it cannot be read. */
  format(text: string): string {
    return quiet(() => this.#code(text).GetFormattedText()?.Text, undefined) ?? text;
  }

  colours(text: string): readonly ColouredRange[] {
    return quiet(
      () =>
        listOf(this.#code(text).GetClassifications(0, text.length)?.Classifications).map(
          ({ Kind, Start, Length }) => ({
            from: Start,
            to: Start + Length,
            kind: this.#kinds.get(Kind) ?? "PlainText",
          }),
        ),
      [],
    );
  }

  #code(text: string) {
    const { runtime, globals } = this.#service.editor;
    return new runtime.Language.Editor.KustoCodeService.$ctor1(text, globals);
  }

  #named(name: string): KustoFunction | undefined {
    const { globals } = this.#service.editor;
    this.#functions ??= new Map(
      [...globals.Functions, ...globals.Aggregates].map((each) => [each.Name, each]),
    );
    return this.#functions.get(name);
  }
}

/** The service throws on texts it cannot make sense of. */
function quiet<T>(ask: () => T, otherwise: T): T {
  try {
    return ask();
  } catch {
    return otherwise;
  }
}

function wordAt(text: string, position: number): { readonly from: number; readonly to: number } | undefined {
  const before = /[\w-]*$/.exec(text.slice(0, position))?.[0].length ?? 0;
  const after = /^[\w-]*/.exec(text.slice(position))?.[0].length ?? 0;
  return before + after === 0 ? undefined : { from: position - before, to: position + after };
}

/** The innermost call that is still open at the end of a text, and which argument is being written. */
function callAt(before: string): { readonly name: string; readonly argument: number } | undefined {
  const open: { name: string; argument: number }[] = [];
  const token = /"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|\/\/[^\n]*|([A-Za-z_]\w*)?\s*\(|[)\],;[]/g;
  for (const found of before.matchAll(token)) {
    const [sign, name] = found;
    if (sign.endsWith("(") && !/^["'/]/.test(sign)) open.push({ name: name ?? "", argument: 0 });
    else if (sign === "[") open.push({ name: "", argument: 0 });
    else if (sign === ")" || sign === "]") open.pop();
    else if (sign === ",") {
      const last = open.at(-1);
      if (last) last.argument += 1;
    }
  }
  return open.findLast(({ name }) => name !== "");
}
