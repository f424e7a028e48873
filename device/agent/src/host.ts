import { execFile } from "node:child_process";
import { readdir, readFile, readlink, stat } from "node:fs/promises";
import { SockDiag, type WaitingSocket } from "./sources/sock-diag.js";

/** A file's rights. */
export interface FileState {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly isDirectory: boolean;
}

/** What a collector may touch. Tests hand in text; nothing else reaches the host. */
export interface Host {
  read(path: string): Promise<string>;
  list(path: string): Promise<readonly string[]>;
  link(path: string): Promise<string>;
  /** Undefined when there is no such file. */
  state(path: string): Promise<FileState | undefined>;
  /** Milliseconds since 1970 of the last change; undefined when there is no such file. */
  changedAt(path: string): Promise<number | undefined>;
  /** Sockets that wait for traffic, asked from the kernel; absent where it does not say. */
  readonly sockets?: () => readonly WaitingSocket[];
  /** What a program prints; rejects when it is not there or fails. */
  run(program: string, given: readonly string[]): Promise<string>;
}

const RUN_MS = 10_000;
const RUN_BYTES = 4_000_000;

/** The machine itself. */
export const thisHost: Host = {
  read: (path) => readFile(path, "utf8"),
  list: (path) => readdir(path),
  link: (path) => readlink(path),
  state: async (path) => {
    const found = await stat(path).catch(() => undefined);
    return found && { ...pick(found), isDirectory: found.isDirectory() };
  },
  changedAt: async (path) => (await stat(path).catch(() => undefined))?.mtimeMs,
  run: (program, given) =>
    new Promise((resolve, reject) => {
      execFile(
        program,
        [...given],
        { timeout: RUN_MS, maxBuffer: RUN_BYTES, env: { LC_ALL: "C" } },
        (error, out) => (error ? reject(error) : resolve(out)),
      );
    }),
};

const pick = ({ mode, uid, gid, size }: { mode: number; uid: number; gid: number; size: number }) => ({
  mode,
  uid,
  gid,
  size,
});

/** The machine with the kernel's answers about sockets, where it gives them. */
export function hostWithSockets(): { host: Host; close: () => void; problem?: unknown } {
  try {
    const diag = new SockDiag();
    diag.waiting();
    return { host: { ...thisHost, sockets: () => diag.waiting() }, close: () => diag.close() };
  } catch (problem) {
    return { host: thisHost, close: () => {}, problem };
  }
}
