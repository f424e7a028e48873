import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { Payload } from "@picket/schema";
import { commandLineOf, type Started } from "../sources/kernel.js";

interface Known {
  readonly pid: number;
  readonly parent: number;
  readonly executable: string;
  readonly commandLine: string;
  readonly user: string;
}

const CAPACITY = 20_000;
const LEVELS = 6;
const SHOWN = 240;
const MAX_COMMAND = 4_096;

/** Programs that run or ran lately, so that what a program descends from is known after its parents have ended. */
export class ProcessTable {
  readonly #known = new Map<number, Known>();
  readonly #users = new Map<number, string>();

  /** Fills the table with what runs now. */
  seed(): void {
    for (const name of readdirSync("/proc")) if (/^\d+$/.test(name)) this.#remember(Number(name));
  }

  /** Notes a program that started and answers its event. */
  started({ pid, parent, uid, path, commandLine }: Started): Payload<"ProcessCreate"> {
    const user = this.#userName(uid);
    const executable = path.startsWith("/") ? path : (linkOf(`/proc/${pid}/exe`) ?? path);
    this.#keep({ pid, parent, executable, commandLine, user });
    const above = this.#above(parent);
    const [nearest] = above;
    const details: Record<string, string> = {};
    if (nearest) {
      details["ParentExecutable"] = nearest.Executable;
      details["ParentCommandLine"] = nearest.CommandLine;
      details["Ancestry"] = JSON.stringify(above);
    }
    return {
      Executable: executable,
      ProcessId: pid,
      ParentProcessId: parent,
      UserId: String(uid),
      UserName: user,
      CommandLine: commandLine.slice(0, MAX_COMMAND),
      ExtraDetails: details,
    };
  }

  ended(pid: number): string | undefined {
    return this.#known.get(pid)?.executable;
  }

  find(pid: number): Known | undefined {
    return this.#known.get(pid) ?? this.#remember(pid);
  }

  #above(parent: number): { ProcessId: number; Executable: string; CommandLine: string; UserName: string }[] {
    const found = [];
    let pid = parent;
    while (pid > 0 && found.length < LEVELS) {
      const known = this.find(pid);
      if (!known) break;
      found.push({
        ProcessId: pid,
        Executable: known.executable,
        CommandLine: known.commandLine.slice(0, SHOWN),
        UserName: known.user,
      });
      pid = known.parent;
    }
    return found;
  }

  #remember(pid: number): Known | undefined {
    try {
      const status = readFileSync(`/proc/${pid}/stat`, "utf8");
      const parent = Number(status.slice(status.lastIndexOf(")") + 2).split(" ")[1]);
      const uid = Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
      const commandLine = commandLineOf(readFileSync(`/proc/${pid}/cmdline`));
      const executable = linkOf(`/proc/${pid}/exe`) ?? commandLine.split(" ")[0] ?? "";
      return this.#keep({ pid, parent, executable, commandLine, user: this.#userName(uid) });
    } catch {
      return undefined;
    }
  }

  #keep(known: Known): Known {
    this.#known.delete(known.pid);
    this.#known.set(known.pid, known);
    if (this.#known.size > CAPACITY) this.#known.delete(this.#known.keys().next().value!);
    return known;
  }

  #userName(uid: number): string {
    const known = this.#users.get(uid);
    if (known !== undefined) return known;
    const name = new RegExp(`^([^:]*):[^:]*:${uid}:`, "m").exec(passwd())?.[1] ?? String(uid);
    this.#users.set(uid, name);
    return name;
  }
}

const passwd = (): string => {
  try {
    return readFileSync("/etc/passwd", "utf8");
  } catch {
    return "";
  }
};

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** Looks at `/proc` again and again: what remains without any right. Programs that end between two looks are not seen. */
export class ProcessPoll {
  #seen = new Set<string>();
  readonly #timer: NodeJS.Timeout;

  constructor(take: (started: Started) => void, everyMs = 500) {
    for (const pid of pids()) this.#seen.add(pid);
    this.#timer = setInterval(() => this.#look(take), everyMs);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(take: (started: Started) => void): void {
    const now = pids();
    for (const pid of now) {
      if (this.#seen.has(pid)) continue;
      const started = startedOf(pid);
      if (started) take(started);
    }
    this.#seen = new Set(now);
  }
}

const pids = (): string[] => readdirSync("/proc").filter((name) => /^\d+$/.test(name));

function startedOf(pid: string): Started | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const number = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
    const commandLine = commandLineOf(readFileSync(`/proc/${pid}/cmdline`));
    if (commandLine === "") return undefined;
    return {
      kind: "exec",
      pid: Number(pid),
      parent: number("PPid"),
      uid: number("Uid"),
      path: linkOf(`/proc/${pid}/exe`) ?? commandLine.split(" ")[0] ?? "",
      commandLine,
    };
  } catch {
    return undefined;
  }
}
