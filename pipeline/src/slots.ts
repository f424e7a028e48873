import type { TableName, TableRow } from "@picket/schema";

/** Where records come from: the stream. */
export interface Inlet {
  /** Batches after a position, oldest first: at least one if there is any, then up to `maxBytes`. */
  read(after: number, maxBytes: number): readonly { readonly position: number; readonly bytes: Uint8Array }[];
  first(): number;
  last(): number;
}

/** Rows of one turn and the position that they bring the tables up to; both become true together. */
export interface Commit {
  readonly position: number;
  readonly rows: readonly { readonly table: TableName; readonly rows: readonly string[] }[];
  readonly snapshot?: { readonly position: number; readonly bytes: Uint8Array };
}

/** Where rows go: the workspace. */
export interface Tables {
  /** Resolves when rows and position are stored; a position that is stored already changes nothing. */
  commit(commit: Commit): Promise<void>;
  position(): Promise<{
    readonly position: number;
    readonly snapshot: { readonly position: number; readonly bytes: Uint8Array } | null;
    readonly rebuilt: boolean;
  }>;
  /** Whole alerts by id. */
  alertRows(ids: readonly string[]): Promise<readonly TableRow<"SecurityAlert">[]>;
}

/** What one turn changed, for whoever shows it live. */
export interface Changes {
  readonly position: number;
  readonly alerts: readonly TableRow<"SecurityAlert">[];
  readonly recommendations: readonly TableRow<"SecurityRecommendation">[];
  readonly rejected: number;
}
