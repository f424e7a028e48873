import type { ProcessReader } from "../processes/process-reader.js";
import type { HostEvent, Source, Started, Take } from "./host-events.js";
import { family, Netlink } from "./netlink.js";
import { statusOf } from "./wait-status.js";

const DONE = 3;
const PROCESSES = 1;
const LISTEN = 1;
const IGNORE = 2;
const HEADER = 20;
const FORK = 1;
const EXEC = 2;
const EXIT = 0x8000_0000;
const DRAIN_MS = 10;
const RECEIVE_BYTES = 4 * 1024 * 1024;
const MOST_ROUNDS = 20_000;

/** What the kernel says of a process: its number and what happened, nothing of the program. */
export type ProcessNews =
  | { readonly kind: "fork"; readonly pid: number; readonly parent: number }
  | { readonly kind: "exec"; readonly pid: number }
  | { readonly kind: "exit"; readonly pid: number; readonly status: number };

/** Reads one message of the connector; undefined for threads, other news, and what is cut short. */
export function processNews(body: Buffer): ProcessNews | undefined {
  if (body.length < HEADER + 24) return undefined;
  const what = body.readUInt32LE(HEADER);
  const at = (index: number): number => body.readUInt32LE(HEADER + 16 + index * 4);
  if (what === EXEC) return { kind: "exec", pid: at(1) };
  if (what === EXIT && body.length >= HEADER + 28)
    return at(0) === at(1) ? { kind: "exit", pid: at(1), status: statusOf(at(2)) } : undefined;
  if (what === FORK && body.length >= HEADER + 32)
    return at(2) === at(3) ? { kind: "fork", pid: at(3), parent: at(1) } : undefined;
  return undefined;
}

/** Programs by the process connector: each is told, but what it is must be read from `/proc` before it ends. */
export class ProcConnector implements Source {
  readonly name = "proc connector";
  readonly #netlink: Netlink;
  readonly #reader: Pick<ProcessReader, "executable"> & { started(pid: number): Started | undefined };
  readonly #take: Take;
  readonly #timer: NodeJS.Timeout;

  constructor(
    reader: Pick<ProcessReader, "executable"> & { started(pid: number): Started | undefined },
    take: Take,
  ) {
    this.#netlink = new Netlink(family.connector, { groups: PROCESSES, receiveBytes: RECEIVE_BYTES });
    this.#reader = reader;
    this.#take = take;
    try {
      this.#tell(LISTEN);
    } catch (error) {
      this.#netlink.close();
      throw error;
    }
    this.#timer = setInterval(() => this.drain(), DRAIN_MS);
  }

  drain(): void {
    for (let rounds = 0; rounds < MOST_ROUNDS; rounds += 1) {
      const messages = this.#netlink.receive();
      if (messages.length === 0) return;
      for (const { body } of messages) {
        const news = processNews(body);
        if (news) this.#take(this.#eventOf(news));
      }
    }
  }

  lost(): number {
    return this.#netlink.overflows;
  }

  close(): void {
    clearInterval(this.#timer);
    try {
      this.#tell(IGNORE);
    } finally {
      this.#netlink.close();
    }
  }

  #eventOf(news: ProcessNews): HostEvent {
    if (news.kind === "fork") return news;
    const at = Date.now();
    if (news.kind === "exit") return { ...news, at };
    return this.#reader.started(news.pid) ?? gone(news.pid, at);
  }

  #tell(operation: number): void {
    const body = Buffer.alloc(HEADER + 4);
    body.writeUInt32LE(PROCESSES, 0);
    body.writeUInt32LE(PROCESSES, 4);
    body.writeUInt16LE(4, 16);
    body.writeUInt32LE(operation, HEADER);
    this.#netlink.send(DONE, 0, body);
  }
}

/** A program that had ended before it could be read. */
const gone = (pid: number, at: number): Started => ({
  kind: "exec",
  at,
  pid,
  parent: 0,
  uid: 0,
  executable: "",
  calledBy: "",
  commandLine: "",
  directory: "",
  isCut: false,
  isGone: true,
});
