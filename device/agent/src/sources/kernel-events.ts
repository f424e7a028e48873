import {
  addressOf,
  type Connected,
  type Disconnected,
  type Ends,
  type HostEvent,
  type PortChanged,
  type Started,
} from "./host-events.js";
import { statusOf } from "./wait-status.js";

const EXEC = 1;
const EXIT = 2;
const TCP = 3;
const FORK = 4;
const PORT = 5;
const CLOSED = 6;
const CAME_IN = 1;
const REFUSED = 2;
const UNANSWERED = 4;
const NOBODY = 0xffff_ffff;
const EXEC_DATA = 56;
const AF_INET6 = 10;
const PATHS_KEPT = 2_000;
/** Bytes that an event of a kind has at least. */
const sizes: ReadonlyMap<number, number> = new Map([
  [EXEC, EXEC_DATA],
  [EXIT, 24],
  [TCP, 64],
  [FORK, 12],
  [PORT, 26],
  [CLOSED, 88],
]);

/** Reads the events that picket.bpf.c writes. Paths that come again are kept, since most programs run many times. */
export class KernelEventReader {
  readonly #paths = new Map<string, string>();
  readonly #addresses = new Map<number, string>();
  readonly #wallClock: (monotonicMs: number) => number;
  #args = Buffer.alloc(4_096);

  constructor(wallClock: (monotonicMs: number) => number) {
    this.#wallClock = wallClock;
  }

  /** Answers undefined for a kind it does not know, and for what is shorter than its kind. */
  read(event: Buffer): HostEvent | undefined {
    if (event.length < 8) return undefined;
    const kind = event.readUInt32LE(0);
    if (event.length < (sizes.get(kind) ?? 0)) return undefined;
    const pid = event.readUInt32LE(4);
    switch (kind) {
      case EXEC:
        return this.#exec(event, pid);
      case EXIT:
        return { kind: "exit", at: this.#at(event), pid, status: statusOf(event.readUInt32LE(8)) };
      case FORK:
        return { kind: "fork", pid, parent: event.readUInt32LE(8) };
      case TCP:
        return this.#opened(event, pid);
      case CLOSED:
        return this.#closed(event, pid);
      case PORT:
        return { kind: "port", pid, port: event.readUInt16LE(24) } satisfies PortChanged;
      default:
        return undefined;
    }
  }

  #at(event: Buffer): number {
    return this.#wallClock(wide(event, 16) / 1e6);
  }

  #exec(event: Buffer, pid: number): Started {
    const cwdAt = EXEC_DATA + event.readUInt32LE(24);
    const fileAt = cwdAt + event.readUInt32LE(28);
    const argsAt = fileAt + event.readUInt32LE(32);
    const loginUid = event.readUInt32LE(44);
    return {
      kind: "exec",
      at: this.#at(event),
      pid,
      parent: event.readUInt32LE(8),
      uid: event.readUInt32LE(12),
      executable: this.#path(event, EXEC_DATA, cwdAt),
      directory: this.#path(event, cwdAt, fileAt) || "/",
      calledBy: event.toString("utf8", fileAt, Math.max(fileAt, argsAt - 1)),
      commandLine: this.#commandLine(event, argsAt, argsAt + event.readUInt32LE(36)),
      isCut: event.readUInt32LE(40) !== 0,
      ...(loginUid === NOBODY ? {} : { loginUid }),
      mounts: event.readUInt32LE(48),
    };
  }

  /** Zeros end arguments; the ring itself may not be written, so they are replaced in a copy. */
  #commandLine(event: Buffer, from: number, to: number): string {
    const args = this.#args;
    let size = event.copy(args, 0, from, to);
    while (size > 0 && args[size - 1] === 0) size -= 1;
    for (let at = args.indexOf(0); at >= 0 && at < size; at = args.indexOf(0, at + 1)) args[at] = 32;
    return args.toString("utf8", 0, size);
  }

  /** Names come from a path's end to its root. */
  #path(event: Buffer, from: number, to: number): string {
    if (to <= from) return "";
    const raw = event.toString("latin1", from, to - 1);
    const known = this.#paths.get(raw);
    if (known !== undefined) return known;
    const path = `/${Buffer.from(raw, "latin1").toString("utf8").split("\0").reverse().join("/")}`;
    if (this.#paths.size >= PATHS_KEPT) this.#paths.clear();
    this.#paths.set(raw, path);
    return path;
  }

  #opened(event: Buffer, pid: number): Connected {
    const flags = event.readUInt32LE(28);
    const failure = flags & REFUSED ? "Refused" : flags & UNANSWERED ? "Unanswered" : undefined;
    return { kind: "connect", ...this.#ends(event, pid), ...(failure ? { failure } : {}) };
  }

  #closed(event: Buffer, pid: number): Disconnected {
    return {
      kind: "disconnect",
      ...this.#ends(event, pid),
      sent: wide(event, 64),
      received: wide(event, 72),
      lasted: Math.round(wide(event, 80) / 1e6),
    };
  }

  #ends(event: Buffer, pid: number): Ends {
    const isV6 = event.readUInt32LE(12) === AF_INET6;
    return {
      at: this.#at(event),
      pid,
      uid: event.readUInt32LE(8),
      protocol: "tcp",
      direction: event.readUInt32LE(28) & CAME_IN ? "In" : "Out",
      localPort: event.readUInt16LE(24),
      remotePort: event.readUInt16BE(26),
      localAddress: this.#address(event, 32, isV6),
      remoteAddress: this.#address(event, 48, isV6),
    };
  }

  /** Most connections are with few hosts. */
  #address(event: Buffer, at: number, isV6: boolean): string {
    if (isV6) return addressOf(event.subarray(at, at + 16), true);
    const number = event.readUInt32BE(at);
    const known = this.#addresses.get(number);
    if (known !== undefined) return known;
    const text = addressOf(event.subarray(at, at + 4), false);
    if (this.#addresses.size >= PATHS_KEPT) this.#addresses.clear();
    this.#addresses.set(number, text);
    return text;
  }
}

/** A number of 64 bits; those that come here are exact below 2^53. */
const wide = (event: Buffer, at: number): number =>
  event.readUInt32LE(at) + event.readUInt32LE(at + 4) * 0x1_0000_0000;
