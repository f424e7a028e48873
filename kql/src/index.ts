export type {
  ColumnSchema,
  CompiledQuery,
  DatabaseSchema,
  Parameter,
  PromotedMember,
  QueryColumn,
  RenderHint,
  TableSchema,
} from "./schema.js";
