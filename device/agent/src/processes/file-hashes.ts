import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";

/** A file's SHA-256 as `sha256:hex`, known now or soon; undefined when it cannot be known. */
export type Hash = string | undefined | Promise<string | undefined>;

interface Remembered {
  readonly file: string;
  readonly at: number;
}

const MOST_FILES = 4_096;
const MOST_BYTES = 128_000_000;
const MOST_WAITING = 256;
const AT_ONCE = 2;
const CHUNK = 262_144;
const FRESH_MS = 1_000;

/**
 * Hashes of files, each made once for as long as its file stays as it is: known by device, inode, size and time of change.
 * They are made piece by piece beside everything else, two at a time.
 */
export class FileHashes {
  readonly #byFile = new Map<string, Hash>();
  readonly #byPath = new Map<string, Remembered>();
  readonly #waiting: (() => void)[] = [];
  readonly #now: () => number;
  #running = 0;
  #refused = 0;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Files that were not hashed because too many waited, since the start. */
  get refused(): number {
    return this.#refused;
  }

  get size(): number {
    return this.#byFile.size;
  }

  /** The hash of the file that lies at a path now. */
  of(path: string): Hash {
    const file = this.#fileAt(path);
    if (file === undefined) return undefined;
    const known = this.#byFile.get(file);
    if (known !== undefined || this.#byFile.has(file)) return known;
    if (this.#waiting.length >= MOST_WAITING) {
      this.#refused += 1;
      return undefined;
    }
    const made = this.#made(path, file);
    this.#keep(file, made);
    return made;
  }

  /** What tells the file of one moment from that of another; asked of the disk at most once a second for each path. */
  #fileAt(path: string): string | undefined {
    const now = this.#now();
    const kept = this.#byPath.get(path);
    if (kept && now - kept.at < FRESH_MS) return kept.file === "" ? undefined : kept.file;
    const file = identity(path);
    this.#byPath.delete(path);
    this.#byPath.set(path, { file: file ?? "", at: now });
    if (this.#byPath.size > MOST_FILES) this.#byPath.delete(this.#byPath.keys().next().value!);
    return file;
  }

  async #made(path: string, file: string): Promise<string | undefined> {
    if (this.#running >= AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
    try {
      const hash = await sha256(path);
      // Another file may have come to lie there meanwhile.
      const found = identity(path) === file ? hash : undefined;
      if (this.#byFile.has(file)) this.#byFile.set(file, found);
      return found;
    } catch {
      this.#byFile.delete(file);
      return undefined;
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  #keep(file: string, hash: Hash): void {
    this.#byFile.set(file, hash);
    if (this.#byFile.size > MOST_FILES) this.#byFile.delete(this.#byFile.keys().next().value!);
  }
}

function identity(path: string): string | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found?.isFile() || found.size === 0 || found.size > MOST_BYTES) return undefined;
    return `${found.dev}:${found.ino}:${found.size}:${found.mtimeMs}:${found.ctimeMs}`;
  } catch {
    return undefined;
  }
}

/** Reads a file to its end, a piece at a time. */
export async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) hash.update(chunk);
  return `sha256:${hash.digest("hex")}`;
}
