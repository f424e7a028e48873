import type { Payload } from "@picket/schema";
import type { Started } from "../sources/host-events.js";
import type { ProcessReader } from "./process-reader.js";

/** A process as the table knows it. */
export interface Known {
  readonly pid: number;
  readonly parent: number;
  readonly uid: number;
  /** Milliseconds since 1970; a parent was born before its children, or its id was given anew. */
  readonly born: number;
  readonly executable: string;
  readonly commandLine: string;
}

interface Ancestor {
  readonly ProcessId: number;
  readonly Executable: string;
  readonly CommandLine: string;
  readonly UserName: string;
}

const MOST_ALIVE = 16_384;
const MOST_ENDED = 4_096;
const LEVELS = 6;
const SHOWN = 240;
const ANCESTRY_BYTES = 2_048;
const SAME_TIME_MS = 2_000;

/** Processes that run or ran lately, so that what a program descends from is known after its parents have ended. */
export class ProcessTable {
  readonly #alive = new Map<number, Known>();
  readonly #ended = new Map<number, Known>();
  readonly #reader: ProcessReader;
  #evicted = 0;

  constructor(reader: ProcessReader) {
    this.#reader = reader;
  }

  /** Processes that were forgotten although they may run still. */
  get evicted(): number {
    return this.#evicted;
  }

  get size(): number {
    return this.#alive.size + this.#ended.size;
  }

  /** Fills the table with what runs now. */
  seed(): void {
    for (const pid of this.#reader.pids()) this.#read(pid);
  }

  /** Notes a process that split off; it runs its parent's program until it starts another. */
  forked(pid: number, parent: number, at: number): void {
    const known = this.find(parent);
    this.#keep({
      pid,
      parent,
      uid: known?.uid ?? 0,
      born: at,
      executable: known?.executable ?? "",
      commandLine: known?.commandLine ?? "",
    });
  }

  /** Notes a program that started in a process. */
  started(event: Started): Known {
    const before = this.#alive.get(event.pid);
    const executable = event.executable || this.#reader.executable(event.pid) || event.calledBy;
    return this.#keep({
      pid: event.pid,
      // Who made it, even when it was handed over to another parent since.
      parent: before?.parent ?? event.parent,
      uid: event.uid,
      born: before?.born ?? event.at,
      executable,
      commandLine: event.commandLine,
    });
  }

  /** Notes a process that ended and answers what it was. */
  ended(pid: number): Known | undefined {
    const known = this.#alive.get(pid);
    if (!known) return undefined;
    this.#alive.delete(pid);
    this.#ended.delete(pid);
    this.#ended.set(pid, known);
    if (this.#ended.size > MOST_ENDED) this.#ended.delete(this.#ended.keys().next().value!);
    return known;
  }

  find(pid: number): Known | undefined {
    if (pid <= 0) return undefined;
    return this.#alive.get(pid) ?? this.#ended.get(pid) ?? this.#read(pid);
  }

  /** The payload of a program that started. */
  payload(event: Started, { parent, executable }: Known): Payload<"ProcessCreate"> {
    const above = this.#above(parent, event.at);
    const [nearest] = above;
    const details: Record<string, string> = {};
    if (nearest) {
      details["ParentExecutable"] = nearest.Executable;
      details["ParentCommandLine"] = nearest.CommandLine;
      details["Ancestry"] = ancestryText(above);
    }
    if (event.directory !== "") details["CurrentDirectory"] = event.directory;
    if (event.calledBy !== "" && event.calledBy !== executable) details["CalledBy"] = event.calledBy;
    if (event.isCut) details["CommandLineIsCut"] = "true";
    return {
      Executable: executable,
      ProcessId: event.pid,
      ParentProcessId: parent,
      UserId: String(event.uid),
      UserName: this.#reader.userName(event.uid),
      CommandLine: event.commandLine,
      ExtraDetails: details,
    };
  }

  #above(parent: number, bornBefore: number): Ancestor[] {
    const found: Ancestor[] = [];
    let limit = bornBefore;
    for (let pid = parent; pid > 0 && found.length < LEVELS; ) {
      const known = this.find(pid);
      if (!known || known.born > limit + SAME_TIME_MS) break;
      found.push({
        ProcessId: pid,
        Executable: known.executable,
        CommandLine: known.commandLine,
        UserName: this.#reader.userName(known.uid),
      });
      limit = known.born;
      pid = known.parent;
    }
    return found;
  }

  #read(pid: number): Known | undefined {
    const known = this.#reader.read(pid);
    return known && this.#keep(known);
  }

  #keep(known: Known): Known {
    const kept =
      known.commandLine.length > SHOWN ? { ...known, commandLine: shortened(known.commandLine) } : known;
    this.#ended.delete(known.pid);
    this.#alive.set(known.pid, kept);
    if (this.#alive.size > MOST_ALIVE) {
      this.#alive.delete(this.#alive.keys().next().value!);
      this.#evicted += 1;
    }
    return kept;
  }
}

/** A copy: a slice would hold the whole line in memory. */
const shortened = (line: string): string => Buffer.from(line.slice(0, SHOWN)).toString("utf8");

/** Nearest first, and as many as fit. */
function ancestryText(above: readonly Ancestor[]): string {
  for (let count = above.length; count > 1; count -= 1) {
    const text = JSON.stringify(above.slice(0, count));
    if (Buffer.byteLength(text) <= ANCESTRY_BYTES) return text;
  }
  return JSON.stringify(above.slice(0, 1));
}
