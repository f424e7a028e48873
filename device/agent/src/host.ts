import { execFile } from "node:child_process";
import { lstat, open, readdir, readlink, stat } from "node:fs/promises";
import { agentErrors } from "./errors.js";
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
  /** The text of a file; rejects one that is larger than 32 MB. */
  read(path: string): Promise<string>;
  /** The first bytes of a file. */
  bytes(path: string, most: number): Promise<Buffer>;
  list(path: string): Promise<readonly string[]>;
  link(path: string): Promise<string>;
  /** Undefined when there is no such file. */
  state(path: string): Promise<FileState | undefined>;
  /** The same of a link itself, where `state` answers of what it points to. */
  ownState(path: string): Promise<FileState | undefined>;
  /** Milliseconds since 1970 of the last change; undefined when there is no such file. */
  changedAt(path: string): Promise<number | undefined>;
  /** Sockets that wait for traffic, asked from the kernel; absent where it does not say. */
  readonly sockets?: () => readonly WaitingSocket[];
  /** What a program prints; rejects when it is not there or fails. */
  run(program: string, given: readonly string[]): Promise<string>;
}

const RUN_MS = 10_000;
const RUN_BYTES = 4_000_000;

const MOST_BYTES = 32_000_000;
const FIRST_CHUNK = 8_192;
const CHUNK = 262_144;

/** Files of the kernel do not say how long they are, so they are read to their end; at most so far. */
async function firstBytes(path: string, most: number): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const chunks: Buffer[] = [];
    for (let size = 0; size < most; ) {
      const chunk = Buffer.alloc(Math.min(size === 0 ? FIRST_CHUNK : CHUNK, most - size));
      const { bytesRead } = await file.read(chunk, 0, chunk.length, null);
      if (bytesRead === 0) break;
      chunks.push(chunk.subarray(0, bytesRead));
      size += bytesRead;
    }
    return Buffer.concat(chunks);
  } finally {
    await file.close();
  }
}

/** The machine itself. */
export const thisHost: Host = {
  read: async (path) => {
    const bytes = await firstBytes(path, MOST_BYTES + 1);
    if (bytes.length > MOST_BYTES) throw agentErrors.fileTooLarge({ path, most: MOST_BYTES });
    return bytes.toString("utf8");
  },
  bytes: firstBytes,
  list: (path) => readdir(path),
  link: (path) => readlink(path),
  state: async (path) => {
    const found = await stat(path).catch(() => undefined);
    return found && { ...pick(found), isDirectory: found.isDirectory() };
  },
  ownState: async (path) => {
    const found = await lstat(path).catch(() => undefined);
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
