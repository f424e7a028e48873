import { lstat, readdir } from "node:fs/promises";
import { sha256 } from "../processes/file-hashes.js";

/** A file as it was last seen. */
export interface Seen {
  readonly hash: string | undefined;
  readonly mode: number;
  readonly owner: string;
  readonly size: number;
  readonly changedAt: number;
  readonly isFolder: boolean;
}

/** What is watched. */
export interface Places {
  /** Files and folders, full paths. */
  readonly paths: readonly string[];
  /** Whether folders below the watched ones are watched too. */
  readonly isRecursive: boolean;
}

const MOST_FILES = 20_000;
const MOST_FOLDERS = 4_096;
const MOST_HASHED = 16_000_000;
const AT_ONCE = 64;

/** What lies in the watched places, so that a change can be told with what was before. */
export class FileIndex {
  readonly #files = new Map<string, Seen>();
  readonly #folders = new Set<string>();
  readonly #single = new Set<string>();
  readonly #isRecursive: boolean;
  readonly #paths: readonly string[];
  #leftOut = 0;

  constructor({ paths, isRecursive }: Places) {
    this.#paths = paths.map((path) => (path.length > 1 ? path.replace(/\/+$/, "") : path));
    this.#isRecursive = isRecursive;
  }

  get folders(): ReadonlySet<string> {
    return this.#folders;
  }

  get size(): number {
    return this.#files.size;
  }

  /** Files and folders that there was no room for. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** Looks at everything for the first time. */
  async fill(): Promise<void> {
    for (const path of this.#paths) {
      const seen = await look(path);
      if (seen?.isFolder) await this.addFolder(path);
      else {
        this.#single.add(path);
        this.#folders.add(parentOf(path));
        if (seen) this.#keep(path, seen);
      }
    }
  }

  /** Takes a folder with what lies in it, and those below it; answers what was not known before. */
  async addFolder(folder: string): Promise<string[]> {
    const added: string[] = [];
    const waiting = [folder];
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (this.#folders.has(next)) continue;
      if (this.#folders.size >= MOST_FOLDERS) {
        this.#leftOut += 1;
        continue;
      }
      this.#folders.add(next);
      for (const [path, seen] of await lookInto(next)) {
        if (!this.#files.has(path)) added.push(path);
        this.#keep(path, seen);
        if (seen.isFolder && this.#isRecursive) waiting.push(path);
      }
    }
    return added;
  }

  isWatched(folder: string, name: string): boolean {
    const path = joined(folder, name);
    if (this.#single.has(path)) return true;
    return (
      this.#folders.has(folder) &&
      this.#paths.some((each) => folder === each || folder.startsWith(`${each}/`))
    );
  }

  get isRecursive(): boolean {
    return this.#isRecursive;
  }

  get(path: string): Seen | undefined {
    return this.#files.get(path);
  }

  set(path: string, seen: Seen | undefined): void {
    if (seen) this.#keep(path, seen);
    else {
      this.#files.delete(path);
      this.#folders.delete(path);
    }
  }

  /** Paths whose file is another than was seen, by a look at each; for when news were lost, and where there are none. */
  async differing(): Promise<string[]> {
    const found = new Set<string>();
    const there = new Set<string>();
    for (const folder of [...this.#folders])
      for (const name of await readdir(folder).catch(() => [])) {
        const path = joined(folder, name);
        if (!this.isWatched(folder, name)) continue;
        there.add(path);
        const known = this.#files.get(path);
        const state = await lstat(path).catch(() => undefined);
        if (!state) continue;
        if (!known || known.changedAt !== state.ctimeMs || known.size !== state.size) found.add(path);
      }
    for (const path of this.#files.keys())
      if (!there.has(path) && !this.#paths.includes(path)) found.add(path);
    return [...found];
  }

  #keep(path: string, seen: Seen): void {
    if (!this.#files.has(path) && this.#files.size >= MOST_FILES) {
      this.#leftOut += 1;
      return;
    }
    this.#files.set(path, seen);
  }
}

export const joined = (folder: string, name: string): string =>
  name === "" ? folder : folder === "/" ? `/${name}` : `${folder}/${name}`;
const parentOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf("/"), 1));

/** A file as it is now; undefined when it is not there. */
export async function look(path: string): Promise<Seen | undefined> {
  const state = await lstat(path).catch(() => undefined);
  if (!state) return undefined;
  const isHashed = state.isFile() && state.size <= MOST_HASHED;
  return {
    hash: isHashed ? await sha256(path).catch(() => undefined) : undefined,
    mode: state.mode & 0o7777,
    owner: `${state.uid}:${state.gid}`,
    size: state.size,
    changedAt: state.ctimeMs,
    isFolder: state.isDirectory(),
  };
}

async function lookInto(folder: string): Promise<[string, Seen][]> {
  const names = await readdir(folder).catch(() => []);
  const found: [string, Seen][] = [];
  for (let at = 0; at < names.length; at += AT_ONCE) {
    const part = names.slice(at, at + AT_ONCE).map(async (name): Promise<[string, Seen | undefined]> => {
      const path = joined(folder, name);
      return [path, await look(path)];
    });
    for (const [path, seen] of await Promise.all(part)) if (seen) found.push([path, seen]);
  }
  return found;
}
