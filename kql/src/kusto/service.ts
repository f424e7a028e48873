import { kqlErrors, placeOf } from "../errors.js";
import { aboutFunctions } from "../functions/about.js";
import { aboutOperators } from "../operators/about.js";
import type { DatabaseSchema } from "../schema.js";
import { type Diagnostic, diagnosticsOf, type Vocabulary } from "./diagnostics.js";
import { type KustoCode, type KustoGlobals, type KustoRuntime, listOf } from "./runtime.js";
import { type SyntaxNode, treeOf } from "./tree.js";

/** Something that could stand at a place in a query. */
export interface Completion {
  readonly label: string;
  /** Table, Column, ScalarFunction, QueryPrefix and the like. */
  readonly kind: string;
  /** What the schema says about it. */
  readonly detail?: string;
  /** Text to put in the place of `from` to `to`. */
  readonly apply: string;
  readonly from: number;
  readonly to: number;
}

/** The bound tree of a query, and what is to say about it. */
export interface Analysis {
  readonly root: SyntaxNode;
  readonly diagnostics: readonly Diagnostic[];
}

const MAX_COMPLETIONS = 400;

/** What the binder says about names that it does not know. */
const unknownNames: ReadonlySet<string> = new Set(["KS142", "KS109", "KS204"]);

/** Asking for diagnostics binds, and the binder can throw. */
function attempted<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read();
  } catch {
    return [];
  }
}

const WORKSPACE =
  /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/\/[^\n]*|\bworkspace\s*\(\s*(?:"[^"]*"|'[^']*')\s*\)\s*\./g;

/** There is one workspace: `workspace("…").` becomes blanks, so that every place stays where it is. */
const withoutWorkspaces = (text: string): string =>
  text.replace(WORKSPACE, (found) => (found.startsWith("workspace") ? " ".repeat(found.length) : found));

/** Bodies of functions over tables of any columns: which names are there is known when they are called. */
function openFunctions(root: SyntaxNode): SyntaxNode["span"][] {
  return root.list("Statements").flatMap((statement) => {
    const value = statement.get("Expression");
    if (value?.kind !== "FunctionDeclaration") return [];
    return /\(\s*\*\s*\)/.test(value.get("Parameters")?.text ?? "") ? [value.span] : [];
  });
}

/** The parser and binder over one schema; nothing of the language service's own types leaves it. */
export class KustoService {
  readonly #kusto: KustoRuntime;
  readonly #globals: KustoGlobals;
  readonly #vocabulary: Vocabulary;
  readonly #kinds: ReadonlyMap<number, string>;
  readonly #about: ReadonlyMap<string, string>;

  constructor(kusto: KustoRuntime, vocabulary: Vocabulary) {
    this.#kusto = kusto;
    this.#vocabulary = vocabulary;
    this.#globals = globalsOf(kusto, vocabulary.schema);
    const { CompletionKind } = kusto.Language.Editor;
    this.#kinds = new Map(Object.entries(CompletionKind).map(([name, kind]) => [kind, name]));
    this.#about = aboutOf(vocabulary.schema);
  }

  /** The bound tree of a query, and what is to say about it. */
  analyse(text: string): Analysis {
    const plain = withoutWorkspaces(text);
    const code = this.#analysed(plain);
    const root = treeOf(this.#kusto, code.Syntax);
    const open = openFunctions(root);
    const isKnownLater = ({ code: name, from, to }: Diagnostic): boolean =>
      unknownNames.has(name) && open.some((span) => from >= span.from && to <= span.to);
    const diagnostics = attempted(() => diagnosticsOf(code, plain, this.#vocabulary));
    return { root, diagnostics: diagnostics.filter((each) => !isKnownLater(each)) };
  }

  /** The trees of functions that the schema keeps, as `let` statements. */
  savedFunctions(): readonly SyntaxNode[] {
    const { functions = [] } = this.#vocabulary.schema;
    return functions.flatMap(({ name, parameters, body }) => {
      const code = this.#analysed(`let ${name} = ${parameters} { ${body} }; print 1`);
      return treeOf(this.#kusto, code.Syntax)
        .list("Statements")
        .filter(({ kind }) => kind === "LetStatement");
    });
  }

  /** What the original's service says about a place: what stands there, colours, and a tidy text. */
  get editor(): { readonly runtime: KustoRuntime; readonly globals: KustoGlobals } {
    return { runtime: this.#kusto, globals: this.#globals };
  }

  complete(text: string, position: number): Completion[] {
    const values = valuesAt(text, position, this.#vocabulary.schema);
    if (values.length > 0) return values;
    const { KustoCodeService } = this.#kusto.Language.Editor;
    try {
      const service = new KustoCodeService.$ctor1(text, this.#globals);
      const place = Math.min(Math.max(position, 0), text.length);
      const { EditStart, EditLength, Items } = service.GetCompletionItems(place);
      return listOf(Items)
        .slice(0, MAX_COMPLETIONS)
        .map(({ DisplayText, Kind, BeforeText, AfterText }): Completion => {
          const about = this.#about.get(DisplayText.replace(/\(.*$/s, ""));
          return {
            label: DisplayText,
            kind: this.#kinds.get(Kind) ?? "Other",
            ...(about ? { detail: about } : {}),
            apply: `${BeforeText ?? DisplayText}${AfterText ?? ""}`,
            from: EditStart,
            to: EditStart + EditLength,
          };
        });
    } catch {
      // The service throws on texts it cannot make sense of; there is nothing to offer then.
      return [];
    }
  }

  /** The binder throws on some queries it cannot resolve. */
  #analysed(text: string): KustoCode {
    try {
      return this.#kusto.Language.KustoCode.ParseAndAnalyze(text, this.#globals);
    } catch (error) {
      if (error instanceof RangeError) throw kqlErrors.tooDeep({});
      const what = "this query, which the language service cannot analyse,";
      throw kqlErrors.notSupported(
        { ...placeOf(text, { from: 0, to: text.length }), what },
        { cause: error },
      );
    }
  }
}

/** Inside a text that is compared with a column of few values, these. */
function valuesAt(text: string, position: number, { tables }: DatabaseSchema): Completion[] {
  const before = text.slice(0, position);
  const found =
    /([A-Za-z_]\w*)\s*(?:==|!=|=~|!~|!?in~?\s*\((?:[^()]*,)?|has|contains)\s*(["'])([^"'\n]*)$/.exec(before);
  if (!found) return [];
  const [, name = "", , typed = ""] = found;
  const values = tables.flatMap(
    ({ columns }) => columns.find((column) => column.name === name)?.values ?? [],
  );
  const from = position - typed.length;
  const rest = /^\w*/.exec(text.slice(position))?.[0].length ?? 0;
  return [...new Set(values)]
    .filter((value) => value.toLowerCase().startsWith(typed.toLowerCase()))
    .map((value) => ({ label: value, kind: "Value", detail: name, apply: value, from, to: position + rest }));
}

function aboutOf({ tables }: DatabaseSchema): Map<string, string> {
  const about = new Map<string, string>([...aboutFunctions, ...aboutOperators]);
  for (const table of tables) {
    about.set(table.name, table.about);
    for (const column of table.columns) if (!about.has(column.name)) about.set(column.name, column.about);
  }
  return about;
}

function globalsOf(
  { Language: { GlobalState, Symbols } }: KustoRuntime,
  schema: DatabaseSchema,
): KustoGlobals {
  const tables = schema.tables.map(({ name, columns }) => {
    const declared = columns.map((column) => `['${column.name}']:${column.type}`).join(", ");
    return Symbols.TableSymbol.From(`(${declared})`).WithName(name);
  });
  const functions = (schema.functions ?? []).map(
    ({ name, parameters, body, about }) =>
      new Symbols.FunctionSymbol.$ctor16(name, parameters, `{ ${body} }`, about),
  );
  return GlobalState.Default.WithDatabase(
    new Symbols.DatabaseSymbol.ctor(schema.name, [...tables, ...functions]),
  );
}
