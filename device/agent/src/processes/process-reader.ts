import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { commandLineOf, type Started } from "../sources/host-events.js";
import type { Known } from "./process-table.js";

const MOST_COMMAND_BYTES = 4_095;

/** What is read of processes and users; at once, because the process may end the next moment. */
export interface ProcessReader {
  pids(): number[];
  /** Undefined when the process is gone. */
  read(pid: number): Known | undefined;
  executable(pid: number): string;
  userName(uid: number): string;
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
    const name = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
    return {
      pid,
      parent: Number(fields[1] ?? 0),
      uid: Number(/^Uid:\s+(\d+)/m.exec(this.#text(`/proc/${pid}/status`))?.[1] ?? 0),
      born: this.#bootedAt + Number(fields[19] ?? 0) * 10,
      executable: this.executable(pid) || commandLine.split(" ")[0] || `[${name}]`,
      commandLine: commandLine || `[${name}]`,
    };
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
    };
  }

  userName(uid: number): string {
    const now = Date.now();
    if (now - this.#usersCheckedAt > 5_000) {
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
    for (const line of this.#text("/etc/passwd").split("\n")) {
      const [name = "", , id = ""] = line.split(":");
      if (id !== "" && !this.#users.has(Number(id))) this.#users.set(Number(id), name);
    }
  }

  #commandLine(pid: number): string {
    try {
      const bytes = readFileSync(`${this.#root}/proc/${pid}/cmdline`);
      return commandLineOf(bytes.subarray(0, MOST_COMMAND_BYTES));
    } catch {
      return "";
    }
  }

  #text(path: string): string {
    try {
      return readFileSync(`${this.#root}${path}`, "utf8");
    } catch {
      return "";
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
