import { createRequire } from "node:module";
import { agentErrors, messageOf } from "../errors.js";

type Koffi = typeof import("koffi").default;

/** The C library's functions that sources call. */
export interface LibC {
  /** Any system call of three arguments besides its number. */
  syscall(number: number, command: number, attributes: Buffer, size: number): number;
  mmap(address: null, length: number, protection: number, flags: number, fd: number, offset: number): unknown;
  socket(family: number, type: number, protocol: number): number;
  bind(fd: number, address: Buffer, size: number): number;
  send(fd: number, bytes: Buffer, size: number, flags: number): number;
  recv(fd: number, bytes: Buffer, size: number, flags: number): number;
  setsockopt(fd: number, level: number, name: number, value: Buffer, size: number): number;
  close(fd: number): number;
  errno(): number;
  addressOf(bytes: Buffer): bigint;
  view(pointer: unknown, size: number): ArrayBuffer;
}

/** Loads the bridge to C. It may be missing or not loadable, which sources must survive: hence not a plain import. */
export function loadLibC(): LibC {
  const koffi = loadKoffi();
  // The program itself: its C library is loaded already, whichever it is.
  const library = koffi.load(null);
  const find = (declaration: string) => library.func(declaration);
  const syscall = find("long syscall(long, int, void *, uint)");
  const mmap = find("void *mmap(void *, size_t, int, int, int, long)");
  const socket = find("int socket(int, int, int)");
  const bind = find("int bind(int, void *, uint)");
  const send = find("long send(int, void *, size_t, int)");
  const recv = find("long recv(int, void *, size_t, int)");
  const setsockopt = find("int setsockopt(int, int, int, void *, uint)");
  const close = find("int close(int)");
  return {
    syscall: (...given) => Number(syscall(...given)),
    mmap: (...given) => mmap(...given),
    socket: (...given) => socket(...given),
    bind: (...given) => bind(...given),
    send: (...given) => Number(send(...given)),
    recv: (...given) => Number(recv(...given)),
    setsockopt: (...given) => setsockopt(...given),
    close: (fd) => close(fd),
    errno: () => koffi.errno(),
    addressOf: (bytes) => koffi.address(bytes),
    view: (pointer, size) => koffi.view(pointer, size),
  };
}

/** The bridge itself; throws why it cannot be loaded. */
export function loadKoffi(): Koffi {
  try {
    return createRequire(import.meta.url)("koffi");
  } catch (error) {
    throw agentErrors.libraryMissing({ why: messageOf(error).split("\n")[0] ?? "" }, { cause: error });
  }
}
