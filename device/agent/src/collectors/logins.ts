import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { Payload } from "@picket/schema";

type Login = Payload<"Login">;

const ACCEPTED = /sshd(?:-session)?\[(\d+)\]: Accepted (\S+) for (\S+) from (\S+) port (\d+)/;
const FAILED = /sshd(?:-session)?\[(\d+)\]: Failed (\S+) for (?:invalid user )?(\S*) from (\S+) port (\d+)/;
const CONSOLE =
  /\b(login)\[(\d+)\]: (?:pam_unix\(login:session\): session opened for user (\S+?)(?:\(|\s)|FAILED LOGIN.*FOR '?([^',]+))/;

/** Reads one line of the authentication log; undefined when it is about something else. */
export function loginOf(line: string): Login | undefined {
  for (const [pattern, Result] of [
    [ACCEPTED, "Success"],
    [FAILED, "Fail"],
  ] as const) {
    const found = pattern.exec(line);
    if (!found) continue;
    const [, pid = "0", method = "", user = "", address = "", port = ""] = found;
    return {
      ProcessId: Number(pid),
      Executable: "/usr/sbin/sshd",
      Operation: `ssh:${method}`,
      Result,
      UserName: user,
      RemoteAddress: address,
      RemotePort: port,
      LocalPort: "22",
    };
  }
  const [, , pid = "0", opened, refused] = CONSOLE.exec(line) ?? [];
  const user = opened ?? refused;
  if (user === undefined) return undefined;
  return {
    ProcessId: Number(pid),
    Executable: "/bin/login",
    Operation: "login",
    Result: opened === undefined ? "Fail" : "Success",
    UserName: user,
  };
}

const CHUNK = 65_536;

/** Follows a log file from its present end, through rotation. */
export class LogTail {
  readonly #path: string;
  #inode = 0;
  #offset: number | undefined;
  #rest = "";

  constructor(path: string) {
    this.#path = path;
  }

  /** Lines that were written since the last call. */
  read(): string[] {
    let file: number;
    try {
      file = openSync(this.#path, "r");
    } catch {
      return [];
    }
    try {
      const { ino, size } = fstatSync(file);
      if (this.#offset === undefined) this.#offset = size;
      else if (ino !== this.#inode || size < this.#offset) this.#offset = 0;
      this.#inode = ino;
      return this.#lines(file);
    } finally {
      closeSync(file);
    }
  }

  #lines(file: number): string[] {
    const chunk = Buffer.alloc(CHUNK);
    let text = this.#rest;
    for (
      let read = readSync(file, chunk, 0, CHUNK, this.#offset ?? 0);
      read > 0;
      read = readSync(file, chunk, 0, CHUNK, this.#offset ?? 0)
    ) {
      text += chunk.toString("utf8", 0, read);
      this.#offset = (this.#offset ?? 0) + read;
    }
    const lines = text.split("\n");
    this.#rest = (lines.pop() ?? "").slice(-CHUNK);
    return lines;
  }
}
