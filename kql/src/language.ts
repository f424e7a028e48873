import { isKnown } from "@picket/kit";
import { Compiler, Scope } from "./compile/compiler.js";
import { asWire } from "./compile/expression.js";
import { shownColumns } from "./compile/relation.js";
import { scalar } from "./compile/scalars.js";
import { kqlErrors } from "./errors.js";
import { type Diagnostic, diagnosticsOf } from "./kusto/diagnostics.js";
import { type KustoCode, type KustoGlobals, type KustoRuntime, listOf } from "./kusto/runtime.js";
import { treeOf } from "./kusto/tree.js";
import { finalSelect, rows, statements } from "./operators/rows.js";
import type { CompiledQuery, CompileOptions, DatabaseSchema, Parameter } from "./schema.js";

/** Something that could stand at a place in a query. */
export interface Completion {
  readonly label: string;
  /** Table, Column, ScalarFunction, QueryPrefix and the like. */
  readonly kind: string;
  /** Text to put in the place of `from` to `to`. */
  readonly apply: string;
  readonly from: number;
  readonly to: number;
}

/** The query language over one schema. */
export interface Language {
  /** Compiles a query; throws an error of `kqlErrors` that says the place. */
  compile(text: string, options: CompileOptions): CompiledQuery;
  diagnose(text: string): readonly Diagnostic[];
  complete(text: string, position: number): readonly Completion[];
}

const MAX_CHARACTERS = 65_536;
const CACHED = 200;

/** Opens the language over a schema; the runtime is Microsoft's two scripts, loaded. */
export function openLanguage(kusto: KustoRuntime, schema: DatabaseSchema): Language {
  const globals = globalsOf(kusto, schema);
  const cache = new Map<string, Plan>();
  return {
    compile: (text, options) => {
      const key = `${options.timespan?.from ? 1 : 0}${options.timespan?.to ? 1 : 0}${text}`;
      const plan = cache.get(key) ?? planOf({ kusto, globals, schema }, text, options);
      cache.delete(key);
      cache.set(key, plan);
      if (cache.size > CACHED) cache.delete(cache.keys().next().value!);
      return { ...plan.query, parameters: plan.names.map((name) => parameterOf(name, options)) };
    },
    diagnose: (text) => diagnosticsOf(analysed(kusto, globals, text), text, schema),
    complete: (text, position) => completionsOf(kusto, globals, text, position),
  };
}

interface Plan {
  readonly query: Omit<CompiledQuery, "parameters">;
  readonly names: readonly string[];
}

function parameterOf(name: string, { now, timespan }: CompileOptions): Parameter {
  const at = name === "from" ? timespan?.from : name === "to" ? timespan?.to : now;
  return (at ?? now).toISOString();
}

interface Service {
  readonly kusto: KustoRuntime;
  readonly globals: KustoGlobals;
  readonly schema: DatabaseSchema;
}

function planOf({ kusto, globals, schema }: Service, text: string, options: CompileOptions): Plan {
  if (text.length > MAX_CHARACTERS) throw kqlErrors.tooLarge({ bytes: text.length, limit: MAX_CHARACTERS });
  if (text.replace(/\/\/[^\n]*/g, "").trim() === "") throw kqlErrors.empty({});
  const code = analysed(kusto, globals, text);
  const [problem] = diagnosticsOf(code, text, schema).filter(({ severity }) => severity === "error");
  if (problem) throw refusal(problem);
  const compiler = new Compiler(text, schema, options);
  compiler.rowsOf = rows;
  compiler.scalarOf = scalar;
  try {
    const relation = statements(treeOf(kusto, text, code.Syntax), new Scope(compiler, new Map()));
    if (!relation) throw kqlErrors.empty({});
    const sql = compiler.steps.statement(finalSelect(relation, asWire));
    const render = compiler.render ? { render: compiler.render } : {};
    return {
      query: { sql, columns: shownColumns(relation), tables: [...compiler.tables], ...render },
      names: compiler.parameters.map(({ name }) => name),
    };
  } catch (error) {
    if (isKnown(error)) throw error;
    const what = `this query (${error instanceof Error ? error.message : String(error)})`;
    throw kqlErrors.notSupported({ from: 0, to: 1, line: 1, column: 1, what }, { cause: error });
  }
}

function refusal({ code, message, severity: _, ...place }: Diagnostic): Error {
  const details = { ...place, what: message };
  // The parser's own codes are below a hundred.
  return Number(code.slice(2)) < 100 ? kqlErrors.syntax(details) : kqlErrors.semantic(details);
}

/** The binder throws on some queries it cannot resolve. */
function analysed(kusto: KustoRuntime, globals: KustoGlobals, text: string): KustoCode {
  try {
    return kusto.Language.KustoCode.ParseAndAnalyze(text, globals);
  } catch (error) {
    const what = "this query: the language service could not analyse it";
    throw kqlErrors.notSupported({ from: 0, to: text.length, line: 1, column: 1, what }, { cause: error });
  }
}

function globalsOf(
  { Language: { GlobalState, Symbols } }: KustoRuntime,
  schema: DatabaseSchema,
): KustoGlobals {
  const tables = schema.tables.map(({ name, columns }) => {
    const declared = columns.map((column) => `['${column.name}']:${column.type}`).join(", ");
    return Symbols.TableSymbol.From(`(${declared})`).WithName(name);
  });
  return GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.ctor(schema.name, tables));
}

function completionsOf(
  { Language: { Editor } }: KustoRuntime,
  globals: KustoGlobals,
  text: string,
  position: number,
): Completion[] {
  const kinds = new Map(Object.entries(Editor.CompletionKind).map(([name, kind]) => [kind, name]));
  try {
    const { EditStart, EditLength, Items } = new Editor.KustoCodeService(text, globals).GetCompletionItems(
      position,
    );
    return listOf(Items)
      .slice(0, 400)
      .map(({ DisplayText, Kind, BeforeText, AfterText }) => ({
        label: DisplayText,
        kind: kinds.get(Kind) ?? "Other",
        apply: `${BeforeText ?? DisplayText}${AfterText ?? ""}`,
        from: EditStart,
        to: EditStart + EditLength,
      }));
  } catch {
    return [];
  }
}
