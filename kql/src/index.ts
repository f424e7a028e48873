export { kqlErrors, type Place } from "./errors.js";
export type { Diagnostic } from "./kusto/diagnostics.js";
export type { KustoRuntime } from "./kusto/runtime.js";
export type { Completion } from "./kusto/service.js";
export { type Language, openLanguage } from "./language.js";
export type {
  ColumnSchema,
  CompiledQuery,
  CompileOptions,
  DatabaseSchema,
  Parameter,
  PromotedMember,
  QueryColumn,
  RenderHint,
  TableSchema,
} from "./schema.js";
