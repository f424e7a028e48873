import { agentErrors } from "../errors.js";
import type { FolderNews, FolderWatch } from "./folder-watch.js";
import { handleKey, type LibCFiles, loadLibCFiles } from "./libc-files.js";

const CLOSED_ON_EXEC = 1;
const DONT_WAIT = 2;
const FOLDER_AND_NAME = 0x400 | 0x800;
const READ_ONLY_LARGE = 0o100_000;
const ADD_FOLDER = 1 | 8;
const ATTRIBUTES = 0x4;
const CLOSE_WRITE = 0x8;
const MOVED_FROM = 0x40;
const MOVED_TO = 0x80;
const CREATED = 0x100;
const DELETED = 0x200;
const DELETED_SELF = 0x400;
const OVERFLOW = 0x4000;
const ON_CHILD = 0x0800_0000;
const ON_FOLDER = 0x4000_0000;
const WANTED =
  ATTRIBUTES + CLOSE_WRITE + MOVED_FROM + MOVED_TO + CREATED + DELETED + DELETED_SELF + ON_CHILD + ON_FOLDER;
const HEAD = 24;
const VERSION = 3;
const WITH_NAME = 2;
const BYTES = 65_536;
const MOST_READS = 512;

/** One event as the kernel wrote it: what happened, by whom, in which folder (by its handle), to what. */
export interface RawFileEvent {
  readonly mask: number;
  readonly pid: number;
  readonly handle: string;
  readonly name: string;
}

/** Takes what was read apart; what is cut short or of another version is left out. */
export function fileEventsOf(bytes: Buffer): RawFileEvent[] {
  const found: RawFileEvent[] = [];
  for (let at = 0; at + HEAD <= bytes.length; ) {
    const size = bytes.readUInt32LE(at);
    const head = bytes.readUInt16LE(at + 6);
    if (size < HEAD || at + size > bytes.length) break;
    if (bytes[at + 4] === VERSION && head >= HEAD && head <= size) {
      const mask = bytes.readUInt32LE(at + 8);
      const info = nameIn(bytes.subarray(at + head, at + size));
      if (info || mask & OVERFLOW)
        found.push({
          mask,
          pid: bytes.readInt32LE(at + 20),
          handle: info?.handle ?? "",
          name: info?.name ?? "",
        });
    }
    at += size;
  }
  return found;
}

/** The folder's handle and the name in it, behind an event. */
function nameIn(bytes: Buffer): { handle: string; name: string } | undefined {
  for (let at = 0; at + 4 <= bytes.length; ) {
    const size = bytes.readUInt16LE(at + 2);
    if (size < 20 || at + size > bytes.length) return undefined;
    if (bytes[at] === WITH_NAME) {
      const length = bytes.readUInt32LE(at + 12);
      const end = at + 20 + length;
      if (end > at + size) return undefined;
      const handle = handleKey(bytes.subarray(at + 4, at + 12), bytes.subarray(at + 12, end));
      const name = bytes.subarray(end, at + size);
      const zero = name.indexOf(0);
      return { handle, name: name.toString("utf8", 0, zero < 0 ? name.length : zero) };
    }
    at += size;
  }
  return undefined;
}

/** News of folders with the process that made them; needs a kernel of 5.9 and, for the process, the right to administer. */
export class Fanotify implements FolderWatch {
  readonly name = "fanotify";
  readonly #c: LibCFiles = loadLibCFiles();
  readonly #fd: number;
  readonly #folders = new Map<string, string>();
  readonly #bytes = Buffer.alloc(BYTES);
  #lost = 0;

  constructor() {
    this.#fd = this.#c.fanotifyInit(CLOSED_ON_EXEC | DONT_WAIT | FOLDER_AND_NAME, READ_ONLY_LARGE);
    if (this.#fd < 0) throw agentErrors.callFailed({ what: "Opening fanotify", errno: this.#c.errno() });
  }

  watch(folder: string): boolean {
    const handle = this.#c.handleOf(folder);
    if (handle === undefined) return false;
    if (this.#c.fanotifyMark(this.#fd, ADD_FOLDER, WANTED, folder) !== 0) return false;
    this.#folders.set(handle, folder);
    return true;
  }

  read(): FolderNews[] {
    const found: FolderNews[] = [];
    for (let reads = 0; reads < MOST_READS; reads += 1) {
      const size = this.#c.read(this.#fd, this.#bytes);
      if (size === 0) return found;
      for (const event of fileEventsOf(this.#bytes.subarray(0, size))) {
        if (event.mask & OVERFLOW) this.#lost += 1;
        const news = this.#newsOf(event);
        if (news) found.push(news);
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

  #newsOf({ mask, pid, handle, name }: RawFileEvent): FolderNews | undefined {
    const folder = this.#folders.get(handle);
    if (folder === undefined) return undefined;
    const isItself = name === "." || name === "";
    const isGone = (mask & (DELETED | MOVED_FROM)) !== 0;
    const isThere = (mask & (CREATED | MOVED_TO)) !== 0;
    return {
      folder,
      name: isItself ? "" : name,
      isFolder: (mask & ON_FOLDER) !== 0,
      what: isGone && !isThere ? "gone" : isThere && !isGone ? "there" : "changed",
      ...(pid > 0 ? { pid } : {}),
    };
  }
}
