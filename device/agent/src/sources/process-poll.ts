import type { FileProcessReader } from "../processes/process-reader.js";
import type { Source, Take } from "./host-events.js";

const EVERY_MS = 500;

/** Looks at `/proc` again and again: what remains without any right. Programs that end between two looks are not seen. */
export class ProcessPoll implements Source {
  readonly name = "polling";
  readonly #reader: FileProcessReader;
  readonly #take: Take;
  readonly #timer: NodeJS.Timeout;
  #seen = new Map<number, string>();

  constructor(reader: FileProcessReader, take: Take) {
    this.#reader = reader;
    this.#take = take;
    for (const pid of reader.pids()) this.#seen.set(pid, reader.executable(pid));
    this.#timer = setInterval(() => this.drain(), EVERY_MS);
  }

  drain(): void {
    const now = new Map<number, string>();
    for (const pid of this.#reader.pids()) {
      const executable = this.#reader.executable(pid);
      now.set(pid, executable);
      // The same process with another program has started one.
      if (this.#seen.get(pid) === executable) continue;
      const started = this.#reader.started(pid);
      if (started) this.#take(started);
    }
    for (const pid of this.#seen.keys())
      if (!now.has(pid)) this.#take({ kind: "exit", at: Date.now(), pid, status: undefined });
    this.#seen = now;
  }

  lost(): number {
    return 0;
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
