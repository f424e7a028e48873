import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync, statSync } from "node:fs";
import { commandLineOf, type Started } from "../sources/host-events.js";
import type { Known } from "./process-table.js";

const MOST_COMMAND_BYTES = 4_095;
const MOST_TEXT = 65_536;
const NOBODY = 0xffff_ffff;
const USERS_MS = 5_000;

/** Hundreds of small files are read one after the other: into one place. */
const scratch = Buffer.alloc(MOST_TEXT);

/** What is read of processes and users; at once, because the process may end the next moment. */
export interface ProcessReader {
  pids(): number[];
  /** Undefined when the process is gone. */
  read(pid: number): Known | undefined;
  executable(pid: number): string;
  userName(uid: number): string;
  /** The text of `/proc/PID/cgroup`; empty when the process is gone. */
  controlGroup(pid: number): string;
}

/** Reads `/proc` and `/etc/passwd`, or what lies in their place. */
export class FileProcessReader implements ProcessReader {
  readonly #root: string;
  readonly #bootedAt: number;
  #users = new Map<number, string>();
  #usersChangedAt = -1;
  #usersCheckedAt = 0;

  constructor(root = "") {
    this.#root = root;
    this.#bootedAt = Number(/^btime (\d+)/m.exec(this.#text("/proc/stat"))?.[1] ?? 0) * 1000;
  }

  pids(): number[] {
    try {
      return readdirSync(`${this.#root}/proc`).flatMap((name) => (/^\d+$/.test(name) ? Number(name) : []));
    } catch {
      return [];
    }
  }

  read(pid: number): Known | undefined {
    const stat = this.#text(`/proc/${pid}/stat`);
    if (stat === "") return undefined;
    // The name stands in brackets and may hold anything, so fields are counted from its end.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const commandLine = this.#commandLine(pid);
    const loginUid = Number(this.#text(`/proc/${pid}/loginuid`) || NOBODY);
    const name = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
    return {
      pid,
      parent: Number(fields[1] ?? 0),
      uid: Number(/^Uid:\s+(\d+)/m.exec(this.#text(`/proc/${pid}/status`))?.[1] ?? 0),
      born: this.#bootedAt + Number(fields[19] ?? 0) * 10,
      executable: this.executable(pid) || commandLine.split(" ")[0] || `[${name}]`,
      commandLine: commandLine || `[${name}]`,
      ...(loginUid === NOBODY ? {} : { loginUid }),
    };
  }

  controlGroup(pid: number): string {
    return this.#text(`/proc/${pid}/cgroup`);
  }

  executable(pid: number): string {
    return this.#link(`/proc/${pid}/exe`);
  }

  /** A program that started, as far as it can still be read; undefined for kernel threads and what is gone. */
  started(pid: number): Started | undefined {
    const known = this.read(pid);
    if (!known || known.commandLine.startsWith("[")) return undefined;
    return {
      kind: "exec",
      at: Date.now(),
      pid,
      parent: known.parent,
      uid: known.uid,
      executable: known.executable,
      calledBy: "",
      commandLine: known.commandLine,
      directory: this.#link(`/proc/${pid}/cwd`),
      isCut: known.commandLine.length >= MOST_COMMAND_BYTES,
      ...(known.loginUid === undefined ? {} : { loginUid: known.loginUid }),
    };
  }

  userName(uid: number): string {
    const now = Date.now();
    if (now - this.#usersCheckedAt > USERS_MS) {
      this.#usersCheckedAt = now;
      this.#readUsers();
    }
    return this.#users.get(uid) ?? String(uid);
  }

  #readUsers(): void {
    const changedAt = statSync(`${this.#root}/etc/passwd`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (changedAt === this.#usersChangedAt) return;
    this.#usersChangedAt = changedAt;
    this.#users = new Map();
    for (const line of this.#passwd().split("\n")) {
      const [name = "", , id = ""] = line.split(":");
      if (id !== "" && !this.#users.has(Number(id))) this.#users.set(Number(id), name);
    }
  }

  #passwd(): string {
    try {
      return readFileSync(`${this.#root}/etc/passwd`, "utf8");
    } catch {
      return "";
    }
  }

  /** Arguments may take megabytes; no more is read of them than is kept. */
  #commandLine(pid: number): string {
    return commandLineOf(this.#bytes(`/proc/${pid}/cmdline`, MOST_COMMAND_BYTES));
  }

  #text(path: string): string {
    return this.#bytes(path, MOST_TEXT).toString("utf8");
  }

  /** The bytes are valid until the next read. */
  #bytes(path: string, most: number): Buffer {
    let file: number;
    try {
      file = openSync(`${this.#root}${path}`, "r");
    } catch {
      return Buffer.alloc(0);
    }
    try {
      let size = 0;
      for (let read = -1; read !== 0 && size < most; size += read)
        read = readSync(file, scratch, size, most - size, null);
      return scratch.subarray(0, size);
    } catch {
      return Buffer.alloc(0);
    } finally {
      closeSync(file);
    }
  }

  #link(path: string): string {
    try {
      return readlinkSync(`${this.#root}${path}`);
    } catch {
      return "";
    }
  }
}
