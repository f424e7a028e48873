import { agentErrors } from "../errors.js";
import { loadKoffi } from "./libc.js";

/** The C library's functions by which the kernel tells of files. */
export interface LibCFiles {
  fanotifyInit(flags: number, eventFlags: number): number;
  fanotifyMark(fd: number, flags: number, mask: number, path: string): number;
  inotifyInit(flags: number): number;
  inotifyAdd(fd: number, path: string, mask: number): number;
  /** Reads what is there; 0 when there is nothing. */
  read(fd: number, into: Buffer): number;
  close(fd: number): number;
  errno(): number;
  /** What names a folder in events of fanotify: its file system and its handle. */
  handleOf(path: string): string | undefined;
}

const HANDLE_BYTES = 128;
const STATFS_BYTES = 256;
const FSID_AT = 56;
const HERE = -100;
const EAGAIN = 11;
const EINTR = 4;

/** Loads them; throws when this C library lacks one. */
export function loadLibCFiles(): LibCFiles {
  const koffi = loadKoffi();
  const library = koffi.load(null);
  const find = (declaration: string) => library.func(declaration);
  const init = find("int fanotify_init(uint, uint)");
  const mark = find("int fanotify_mark(int, uint, uint64_t, int, const char *)");
  const notify = find("int inotify_init1(int)");
  const add = find("int inotify_add_watch(int, const char *, uint)");
  const read = find("long read(int, void *, size_t)");
  const close = find("int close(int)");
  const toHandle = find("int name_to_handle_at(int, const char *, void *, void *, int)");
  const statfs = find("int statfs(const char *, void *)");
  return {
    fanotifyInit: (flags, eventFlags) => init(flags, eventFlags),
    fanotifyMark: (fd, flags, mask, path) => mark(fd, flags, mask, HERE, path),
    inotifyInit: (flags) => notify(flags),
    inotifyAdd: (fd, path, mask) => add(fd, path, mask),
    read: (fd, into) => {
      const size = Number(read(fd, into, into.length));
      if (size >= 0) return size;
      const errno = koffi.errno();
      if (errno === EAGAIN || errno === EINTR) return 0;
      throw agentErrors.callFailed({ what: "Reading news of files", errno });
    },
    close: (fd) => close(fd),
    errno: () => koffi.errno(),
    handleOf: (path) => {
      const handle = Buffer.alloc(8 + HANDLE_BYTES);
      handle.writeUInt32LE(HANDLE_BYTES, 0);
      const system = Buffer.alloc(STATFS_BYTES);
      if (toHandle(HERE, path, handle, Buffer.alloc(8), 0) !== 0 || statfs(path, system) !== 0)
        return undefined;
      const size = handle.readUInt32LE(0);
      return handleKey(system.subarray(FSID_AT, FSID_AT + 8), handle.subarray(0, 8 + size));
    },
  };
}

/** A file system and a handle as one text. */
export const handleKey = (fsid: Buffer, handle: Buffer): string =>
  `${fsid.toString("hex")}:${handle.toString("hex")}`;
