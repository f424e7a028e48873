import { readdir, readFile, readlink, stat } from "node:fs/promises";

/** What a collector may touch. Tests hand in text; nothing else reaches the host. */
export interface Host {
  read(path: string): Promise<string>;
  list(path: string): Promise<readonly string[]>;
  link(path: string): Promise<string>;
  /** Milliseconds since 1970 of the last change; undefined when there is no such file. */
  changedAt(path: string): Promise<number | undefined>;
}

/** The machine itself. */
export const thisHost: Host = {
  read: (path) => readFile(path, "utf8"),
  list: (path) => readdir(path),
  link: (path) => readlink(path),
  changedAt: async (path) => (await stat(path).catch(() => undefined))?.mtimeMs,
};
