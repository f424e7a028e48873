import { isKnown } from "@picket/kit";
import { depthOf, MAX_BYTES, MAX_DEPTH, type Prepared, prepare } from "./compile.js";
import { withDiscoveries } from "./discover.js";
import type { Place } from "./errors.js";
import { aggregateNames } from "./functions/aggregates.js";
import { functionNames } from "./functions/all.js";
import type { Diagnostic } from "./kusto/diagnostics.js";
import { type ColouredRange, EditorService, type Hover, type SignatureHelp } from "./kusto/editor.js";
import type { KustoRuntime } from "./kusto/runtime.js";
import { type Completion, KustoService } from "./kusto/service.js";
import { clickhouse } from "./print/clickhouse.js";
import { duckdb } from "./print/duckdb.js";
import type { Wanted } from "./print/sql.js";
import type { CompiledQuery, CompileOptions, DatabaseSchema, Parameter } from "./schema.js";

/** The query language over one schema. */
export interface Language {
  /** Compiles a query; throws an error of `kqlErrors` that says the place. */
  compile(text: string, options: CompileOptions): CompiledQuery;
  /** What the parser and binder say; nothing when all is well. */
  diagnose(text: string): readonly Diagnostic[];
  /** What could stand at a place. */
  complete(text: string, position: number): readonly Completion[];
  /** What stands at a place. */
  hover(text: string, position: number): Hover | undefined;
  /** The function whose arguments are being written at a place. */
  signature(text: string, position: number): SignatureHelp | undefined;
  /** The same query, tidy. */
  format(text: string): string;
  /** Which pieces of a text are what, for colours. */
  colours(text: string): readonly ColouredRange[];
}

/** The engines that queries can be compiled for. */
export type Engine = "duckdb" | "clickhouse";

const dialects = { duckdb, clickhouse } as const;
const CACHED = 200;

/** Opens the language over a schema; the runtime is Microsoft's two scripts, loaded. */
export function openLanguage(
  kusto: KustoRuntime,
  schema: DatabaseSchema,
  { engine = "duckdb" }: { readonly engine?: Engine } = {},
): Language {
  const service = new KustoService(kusto, { schema, functions: [...functionNames, ...aggregateNames] });
  const editor = new EditorService(service, schema);
  const isTame = (text: string): boolean => text.length <= MAX_BYTES && depthOf(text) <= MAX_DEPTH;
  const cache = new Map<string, Prepared>();
  const preparedFor = (text: string, mode: { from: boolean; to: boolean }): Prepared => {
    const key = `${Number(mode.from)}${Number(mode.to)}${text}`;
    const known = cache.get(key) ?? prepare(text, { service, schema, dialect: dialects[engine] }, mode);
    cache.delete(key);
    cache.set(key, known);
    if (cache.size > CACHED) cache.delete(cache.keys().next().value!);
    return known;
  };
  return {
    compile: (text, options) => {
      const { from, to } = options.timespan ?? {};
      const { parameters, sql, stages, ...plan } = preparedFor(
        withDiscoveries(text, options.discovered ?? []),
        {
          from: from !== undefined,
          to: to !== undefined,
        },
      );
      const limit = options.maxRows === undefined ? "" : ` LIMIT ${Math.trunc(options.maxRows)}`;
      const given = (wanted: readonly Wanted[]): CompiledQuery["parameters"] =>
        wanted.map((each) => (typeof each === "string" ? parameterValue(each, options) : each));
      return {
        ...plan,
        sql: `${sql}${limit}`,
        parameters: given(parameters),
        stages: stages.map((stage) => ({ ...stage, parameters: given(stage.parameters) })),
      };
    },
    diagnose: (text) => {
      if (!isTame(text)) return refusalOf(() => preparedFor(text, { from: false, to: false }));
      const found = service.analyse(text).diagnostics;
      if (text.trim() === "" || found.some(({ severity }) => severity === "error")) return found;
      return [...found, ...refusalOf(() => preparedFor(text, { from: false, to: false }))];
    },
    complete: (text, position) => (isTame(text) ? service.complete(text, position) : []),
    hover: (text, position) => (isTame(text) ? editor.hover(text, position) : undefined),
    signature: (text, position) => (isTame(text) ? editor.signature(text, position) : undefined),
    format: (text) => (isTame(text) ? editor.format(text) : text),
    colours: (text) => (isTame(text) ? editor.colours(text) : []),
  };
}

/** What we refuse ourselves, though the language service does not: operators and functions that are not there. */
function refusalOf(compile: () => unknown): Diagnostic[] {
  try {
    compile();
    return [];
  } catch (error) {
    if (!isKnown(error)) return [];
    const { from = 0, to = 1, length = 1, line = 1, column = 1 } = error.details as Partial<Place>;
    return [{ severity: "error", code: error.code, message: error.message, from, to, length, line, column }];
  }
}

function parameterValue(name: string, { now, timespan }: CompileOptions): Parameter {
  const at = name === "from" ? timespan?.from : name === "to" ? timespan?.to : now;
  return (at ?? now).toISOString();
}
