export { compiledWith } from "./discover.js";
export { kqlErrors, type Place } from "./errors.js";
export type { Surroundings } from "./host/all.js";
export { type AskEngine, runStages, STEP_ROWS } from "./host/stages.js";
export type { Diagnostic, Fix } from "./kusto/diagnostics.js";
export type { ColouredRange, Hover, SignatureHelp } from "./kusto/editor.js";
export type { KustoRuntime } from "./kusto/runtime.js";
export type { Completion } from "./kusto/service.js";
export { type Engine, type Language, openLanguage } from "./language.js";
export type {
  ColumnSchema,
  CompiledQuery,
  CompileOptions,
  DatabaseSchema,
  Discover,
  Discovery,
  Parameter,
  PromotedMember,
  QueryColumn,
  RenderHint,
  SavedFunction,
  Stage,
  StageRows,
  TableSchema,
} from "./schema.js";
