import type { Payload } from "@picket/schema";
import type { Started } from "../sources/host-events.js";
import { ContainerBook } from "./containers.js";
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
  /** Who logged in first; absent when nobody did. */
  readonly loginUid?: number;
  /** Id of its container; absent for the host itself. */
  readonly container?: string;
}

interface Ancestor {
  readonly ProcessId: number;
  readonly Executable: string;
  readonly CommandLine: string;
  readonly UserName: string;
}

/** A process's ancestors, and how events tell them. */
interface Descent {
  readonly chain: readonly Known[];
  readonly text: string;
}

const MOST_DESCENTS = 512;
const MOST_ALIVE = 16_384;
/** Of each of two generations. */
const MOST_ENDED = 2_048;
const LEVELS = 24;
const SHOWN = 240;
const ANCESTRY_BYTES = 3_072;
const SHORT = 60;
const SAME_TIME_MS = 2_000;

/** Processes that run or ran lately, so that what a program descends from is known after its parents have ended. */
export class ProcessTable {
  readonly #alive = new Map<number, Known>();
  // Those that ended, in two generations: forgetting them one by one costs more than forgetting half of them at once.
  #ended = new Map<number, Known>();
  #endedBefore = new Map<number, Known>();
  readonly #reader: ProcessReader;
  readonly #containers: ContainerBook;
  readonly #descents = new Map<number, Descent>();
  #evicted = 0;

  constructor(reader: ProcessReader) {
    this.#reader = reader;
    this.#containers = new ContainerBook(reader);
  }

  /** Processes that were forgotten although they may run still. */
  get evicted(): number {
    return this.#evicted;
  }

  get size(): number {
    return this.#alive.size + this.#ended.size + this.#endedBefore.size;
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
      ...marksOf(known?.loginUid, known?.container),
    });
  }

  /** Notes a program that started in a process. */
  started(event: Started): Known {
    const before = this.#alive.get(event.pid);
    const executable =
      event.executable || (event.isGone ? "" : this.#reader.executable(event.pid)) || event.calledBy;
    const { pid, mounts, at } = event;
    const container = this.#containers.of(pid, mounts, at, before?.container);
    return this.#keep({
      pid: event.pid,
      // Who made it, even when it was handed over to another parent since.
      parent: before?.parent ?? event.parent,
      uid: event.isGone ? (before?.uid ?? 0) : event.uid,
      born: before?.born ?? event.at,
      executable,
      commandLine: event.commandLine,
      ...marksOf(event.loginUid ?? before?.loginUid, container),
    });
  }

  /** Notes a process that ended and answers what it was. */
  ended(pid: number): Known | undefined {
    const known = this.#alive.get(pid);
    if (!known) return undefined;
    this.#alive.delete(pid);
    this.#ended.set(pid, known);
    if (this.#ended.size >= MOST_ENDED) {
      this.#endedBefore = this.#ended;
      this.#ended = new Map();
    }
    return known;
  }

  find(pid: number): Known | undefined {
    if (pid <= 0) return undefined;
    return this.#alive.get(pid) ?? this.#ended.get(pid) ?? this.#endedBefore.get(pid) ?? this.#read(pid);
  }

  /** The payload of a program that started; its file's hash when that is known. */
  payload(event: Started, known: Known, hash?: string): Payload<"ProcessCreate"> {
    const { parent, executable } = known;
    const above = this.#descent(parent, event.at);
    const [nearest] = above.chain;
    const details: Record<string, string> = {};
    if (nearest) {
      details["ParentExecutable"] = nearest.executable;
      details["ParentCommandLine"] = nearest.commandLine;
      details["Ancestry"] = above.text;
    }
    if (event.directory !== "") details["CurrentDirectory"] = event.directory;
    if (event.calledBy !== "" && event.calledBy !== executable) details["CalledBy"] = event.calledBy;
    if (event.isCut) details["CommandLineIsCut"] = "true";
    if (event.isGone) details["CommandLineIsMissing"] = "true";
    if (hash) details["Hash"] = hash;
    Object.assign(details, this.detailsOf(known));
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

  /** Who logged in first, and the container, as events tell them. */
  detailsOf({ loginUid, container }: Known): Record<string, string> {
    return {
      ...(loginUid === undefined
        ? {}
        : { LoginUserId: String(loginUid), LoginUserName: this.#reader.userName(loginUid) }),
      ...(container === undefined ? {} : { ContainerId: container }),
    };
  }

  /** A path of a process as the agent can open it: a container has a file system of its own. */
  openable({ pid, container }: Known, path: string): string {
    return container === undefined ? path : `/proc/${pid}/root${path}`;
  }

  /** Programs that are started one after the other most often have the same parent: its text is made once. */
  #descent(parent: number, bornBefore: number): Descent {
    const chain = this.#above(parent, bornBefore);
    const before = this.#descents.get(parent);
    if (
      before &&
      before.chain.length === chain.length &&
      before.chain.every((each, at) => each === chain[at])
    )
      return before;
    const made = {
      chain,
      text: chain.length === 0 ? "" : ancestryText(chain.map((each) => this.#told(each))),
    };
    if (this.#descents.size >= MOST_DESCENTS) this.#descents.clear();
    this.#descents.set(parent, made);
    return made;
  }

  #above(parent: number, bornBefore: number): Known[] {
    const found: Known[] = [];
    let limit = bornBefore;
    for (let pid = parent; pid > 0 && found.length < LEVELS; ) {
      const known = this.find(pid);
      if (!known || known.born > limit + SAME_TIME_MS) break;
      found.push(known);
      limit = known.born;
      pid = known.parent;
    }
    return found;
  }

  #told({ pid, executable, commandLine, uid }: Known): Ancestor {
    return {
      ProcessId: pid,
      Executable: executable,
      CommandLine: commandLine,
      UserName: this.#reader.userName(uid),
    };
  }

  #read(pid: number): Known | undefined {
    const known = this.#reader.read(pid);
    return known && this.#keep(known);
  }

  #keep(known: Known): Known {
    const kept =
      known.commandLine.length > SHOWN ? { ...known, commandLine: shortened(known.commandLine) } : known;
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

const marksOf = (loginUid: number | undefined, container: string | undefined) => ({
  ...(loginUid === undefined ? {} : { loginUid }),
  ...(container ? { container } : {}),
});

/** Nearest first, up to the first process; when all of them do not fit, the farther ones' command lines are shortened first. */
function ancestryText(above: readonly Ancestor[]): string {
  const text = JSON.stringify(above);
  if (Buffer.byteLength(text) <= ANCESTRY_BYTES) return text;
  const short = above.map((each, index) =>
    index === 0 ? each : { ...each, CommandLine: each.CommandLine.slice(0, SHORT) },
  );
  for (let count = short.length; count > 1; count -= 1) {
    const tried = JSON.stringify(short.slice(0, count));
    if (Buffer.byteLength(tried) <= ANCESTRY_BYTES) return tried;
  }
  return JSON.stringify(short.slice(0, 1));
}
