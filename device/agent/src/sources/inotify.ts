import { agentErrors } from "../errors.js";
import type { FolderNews, FolderWatch } from "./folder-watch.js";
import { type LibCFiles, loadLibCFiles } from "./libc-files.js";

const DONT_WAIT_CLOSED_ON_EXEC = 0x800 | 0x80000;
const ATTRIBUTES = 0x4;
const CLOSE_WRITE = 0x8;
const MOVED_FROM = 0x40;
const MOVED_TO = 0x80;
const CREATED = 0x100;
const DELETED = 0x200;
const ONLY_FOLDERS = 0x0100_0000;
const OVERFLOW = 0x4000;
const IS_FOLDER = 0x4000_0000;
const WANTED = ATTRIBUTES | CLOSE_WRITE | MOVED_FROM | MOVED_TO | CREATED | DELETED | ONLY_FOLDERS;
const HEAD = 16;
const BYTES = 65_536;
const MOST_READS = 512;

/** One event as the kernel wrote it. */
export interface RawInotifyEvent {
  readonly watch: number;
  readonly mask: number;
  readonly name: string;
}

/** Takes what was read apart; what is cut short is left out. */
export function inotifyEventsOf(bytes: Buffer): RawInotifyEvent[] {
  const found: RawInotifyEvent[] = [];
  for (let at = 0; at + HEAD <= bytes.length; ) {
    const length = bytes.readUInt32LE(at + 12);
    const end = at + HEAD + length;
    if (end > bytes.length) break;
    const zero = bytes.indexOf(0, at + HEAD);
    const name = bytes.toString("utf8", at + HEAD, zero < 0 || zero > end ? end : zero);
    found.push({
      watch: bytes.readInt32LE(at),
      mask: bytes.readUInt32LE(at + 4),
      name: length === 0 ? "" : name,
    });
    at = end;
  }
  return found;
}

/** News of folders without saying who made them; needs no right. */
export class Inotify implements FolderWatch {
  readonly name = "inotify";
  readonly #c: LibCFiles = loadLibCFiles();
  readonly #fd: number;
  readonly #folders = new Map<number, string>();
  readonly #bytes = Buffer.alloc(BYTES);
  #lost = 0;

  constructor() {
    this.#fd = this.#c.inotifyInit(DONT_WAIT_CLOSED_ON_EXEC);
    if (this.#fd < 0) throw agentErrors.callFailed({ what: "Opening inotify", errno: this.#c.errno() });
  }

  watch(folder: string): boolean {
    const watch = this.#c.inotifyAdd(this.#fd, folder, WANTED);
    if (watch < 0) return false;
    this.#folders.set(watch, folder);
    return true;
  }

  read(): FolderNews[] {
    const found: FolderNews[] = [];
    for (let reads = 0; reads < MOST_READS; reads += 1) {
      const size = this.#c.read(this.#fd, this.#bytes);
      if (size === 0) return found;
      for (const { watch, mask, name } of inotifyEventsOf(this.#bytes.subarray(0, size))) {
        if (mask & OVERFLOW) this.#lost += 1;
        const folder = this.#folders.get(watch);
        if (folder === undefined) continue;
        const what =
          mask & (DELETED | MOVED_FROM) ? "gone" : mask & (CREATED | MOVED_TO) ? "there" : "changed";
        found.push({ folder, name, isFolder: (mask & IS_FOLDER) !== 0, what });
      }
    }
    return found;
  }

  lost(): number {
    return this.#lost;
  }

  close(): void {
    this.#c.close(this.#fd);
  }
}
