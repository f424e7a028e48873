/** What happened in a folder that is watched. */
export interface FolderNews {
  readonly folder: string;
  /** Empty for the folder itself. */
  readonly name: string;
  readonly isFolder: boolean;
  /** Whether something is there now that was not before, or the other way; both when it was too fast to tell. */
  readonly what: "there" | "gone" | "changed";
  /** Process that did it, when the source knows. */
  readonly pid?: number;
}

/** A source of news about folders. */
export interface FolderWatch {
  readonly name: string;
  /** Watches a folder, not those below it; answers whether it could. */
  watch(folder: string): boolean;
  read(): FolderNews[];
  /** Times that news were lost since the start; whoever hears of it must look for himself. */
  lost(): number;
  close(): void;
}
