import koffi from "koffi";
import { type BpfProgram, bpfPrograms } from "./bpf-programs.js";

/** A program that started. */
export interface Started {
  readonly kind: "exec";
  readonly pid: number;
  readonly parent: number;
  readonly uid: number;
  readonly path: string;
  readonly commandLine: string;
}
/** A program that ended. */
export interface Ended {
  readonly kind: "exit";
  readonly pid: number;
  readonly code: number;
}
/** A TCP connection that was opened (`Out`, with its process) or accepted (`In`). */
export interface Connected {
  readonly kind: "tcp";
  readonly pid: number;
  readonly uid: number;
  readonly direction: "In" | "Out";
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}
/** What the kernel tells. */
export type KernelEvent = Started | Ended | Connected;

const BPF: Readonly<Record<string, number>> = { x64: 321, arm64: 280, arm: 386, riscv64: 280, ia32: 357 };
const MAP_CREATE = 0;
const MAP_UPDATE = 2;
const MAP_LOOKUP = 1;
const PROG_LOAD = 5;
const RAW_TRACEPOINT_OPEN = 17;
const PROG_RAW_TRACEPOINT = 17;
const RING_BYTES = 4 * 1024 * 1024;
const PAGE = 4096;
const DRAIN_MS = 40;

/** What the C library is asked for. */
interface LibC {
  syscall(number: number, command: number, attributes: Buffer, size: number): number;
  map(address: null, length: number, protection: number, flags: number, fd: number, offset: number): unknown;
}

function libc(): LibC {
  const library = koffi.load("libc.so.6");
  const syscall = library.func("long syscall(long, int, void *, uint)");
  const map = library.func("void *mmap(void *, size_t, int, int, int, long)");
  return {
    syscall: (number, command, attributes, size) => Number(syscall(number, command, attributes, size)),
    map,
  };
}

/** Watches programs and connections from within the kernel: nothing races, nothing is polled. */
export class KernelWatch {
  readonly #c = libc();
  readonly #number: number;
  readonly #consumer: BigUint64Array<ArrayBuffer>;
  readonly #producer: BigUint64Array<ArrayBuffer>;
  readonly #ring: Buffer;
  readonly #timer: NodeJS.Timeout;
  readonly #lost: number;
  readonly #take: (event: KernelEvent) => void;

  /** Throws when the kernel does not let us: too old, locked down, or not root. */
  constructor(offsets: readonly number[], take: (event: KernelEvent) => void) {
    const number = BPF[process.arch];
    if (number === undefined) throw new Error(`there is no system call number for ${process.arch}`);
    this.#number = number;
    this.#take = take;
    const maps = {
      ring: this.#map(27, 0, 0, RING_BYTES),
      offsets: this.#map(2, 4, 64, 1),
      lost: this.#map(2, 4, 8, 1),
    };
    this.#lost = maps.lost;
    this.#setOffsets(maps.offsets, offsets);
    this.#attach("sched_process_exec", bpfPrograms.exec, maps);
    this.#attach("sched_process_exit", bpfPrograms.exit, maps);
    this.#attach("inet_sock_set_state", bpfPrograms.tcp, maps);
    const consumer = this.#c.map(null, PAGE, 3, 1, maps.ring, 0);
    const producer = this.#c.map(null, PAGE + 2 * RING_BYTES, 1, 1, maps.ring, PAGE);
    this.#consumer = new BigUint64Array(koffi.view(consumer, 8));
    this.#producer = new BigUint64Array(koffi.view(producer, 8));
    this.#ring = Buffer.from(koffi.view(producer, PAGE + 2 * RING_BYTES), PAGE);
    this.#timer = setInterval(() => this.drain(), DRAIN_MS);
  }

  /** Takes what the kernel has told since the last time. */
  drain(): void {
    let at = Number(Atomics.load(this.#consumer, 0));
    const end = Number(Atomics.load(this.#producer, 0));
    while (at < end) {
      const place = at % RING_BYTES;
      const header = this.#ring.readUInt32LE(place);
      // The kernel still writes this one.
      if (header >>> 31 === 1) break;
      const size = header & 0x3fffffff;
      if ((header & 0x40000000) === 0) this.#take(read(this.#ring.subarray(place + 8, place + 8 + size)));
      at += (size + 8 + 7) & ~7;
    }
    Atomics.store(this.#consumer, 0, BigInt(at));
  }

  /** Events that found no room since the start. */
  lost(): number {
    const key = Buffer.alloc(4);
    const value = Buffer.alloc(8);
    const attributes = Buffer.alloc(32);
    attributes.writeUInt32LE(this.#lost, 0);
    attributes.writeBigUInt64LE(koffi.address(key), 8);
    attributes.writeBigUInt64LE(koffi.address(value), 16);
    this.#bpf(MAP_LOOKUP, attributes, "reading the count of lost events");
    return Number(value.readBigUInt64LE(0));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #map(type: number, keyBytes: number, valueBytes: number, entries: number): number {
    const attributes = Buffer.alloc(72);
    for (const [index, value] of [type, keyBytes, valueBytes, entries].entries())
      attributes.writeUInt32LE(value, index * 4);
    return this.#bpf(MAP_CREATE, attributes, "making a map");
  }

  #setOffsets(map: number, offsets: readonly number[]): void {
    const key = Buffer.alloc(4);
    const value = Buffer.alloc(64);
    for (const [index, offset] of offsets.entries()) value.writeUInt32LE(offset, index * 4);
    const attributes = Buffer.alloc(32);
    attributes.writeUInt32LE(map, 0);
    attributes.writeBigUInt64LE(koffi.address(key), 8);
    attributes.writeBigUInt64LE(koffi.address(value), 16);
    this.#bpf(MAP_UPDATE, attributes, "setting offsets");
  }

  #attach(
    tracepoint: string,
    { code, relocations }: BpfProgram,
    maps: Readonly<Record<string, number>>,
  ): void {
    const instructions = Buffer.from(code, "base64");
    for (const { instruction, map } of relocations) {
      // The source register says that the constant is a map.
      instructions[instruction * 8 + 1] = (instructions[instruction * 8 + 1]! & 15) | 16;
      instructions.writeInt32LE(maps[map] ?? -1, instruction * 8 + 4);
    }
    const license = Buffer.from("Dual MIT/GPL\0");
    const log = Buffer.alloc(65_536);
    const attributes = Buffer.alloc(120);
    attributes.writeUInt32LE(PROG_RAW_TRACEPOINT, 0);
    attributes.writeUInt32LE(instructions.length / 8, 4);
    attributes.writeBigUInt64LE(koffi.address(instructions), 8);
    attributes.writeBigUInt64LE(koffi.address(license), 16);
    attributes.writeUInt32LE(1, 24);
    attributes.writeUInt32LE(log.length, 28);
    attributes.writeBigUInt64LE(koffi.address(log), 32);
    const program = this.#bpf(PROG_LOAD, attributes, `loading the program for ${tracepoint}`, log);
    const name = Buffer.from(`${tracepoint}\0`);
    const opened = Buffer.alloc(16);
    opened.writeBigUInt64LE(koffi.address(name), 0);
    opened.writeUInt32LE(program, 8);
    this.#bpf(RAW_TRACEPOINT_OPEN, opened, `attaching to ${tracepoint}`);
  }

  #bpf(command: number, attributes: Buffer, what: string, log?: Buffer): number {
    const result = this.#c.syscall(this.#number, command, attributes, attributes.length);
    if (result >= 0) return result;
    const said = log?.toString("latin1", 0, log.indexOf(0)).trim().split("\n").slice(-3).join("; ") ?? "";
    throw new Error(`${what} failed with error ${koffi.errno()}${said === "" ? "" : `: ${said}`}`);
  }
}

function read(event: Buffer): KernelEvent {
  const kind = event.readUInt32LE(0);
  const pid = event.readUInt32LE(4);
  if (kind === 2) return { kind: "exit", pid, code: event.readUInt32LE(8) >> 8 };
  if (kind === 3) return tcp(event, pid);
  const args = event.subarray(304, 304 + event.readUInt32LE(24));
  const path = event.toString("utf8", 48, 48 + Math.max(0, event.readUInt32LE(28) - 1));
  return {
    kind: "exec",
    pid,
    parent: event.readUInt32LE(8),
    uid: event.readUInt32LE(12),
    path,
    commandLine: commandLineOf(args),
  };
}

/** Arguments are ended by zeros in memory; people read them with blanks between. */
export const commandLineOf = (args: Buffer): string =>
  args.toString("utf8").replace(/\0+$/, "").replaceAll("\0", " ");

function tcp(event: Buffer, pid: number): Connected {
  const family = event.readUInt32LE(12);
  return {
    kind: "tcp",
    pid,
    uid: event.readUInt32LE(8),
    direction: event.readUInt32LE(28) === 1 ? "In" : "Out",
    localPort: event.readUInt16LE(24),
    remotePort: event.readUInt16BE(26),
    localAddress: addressOf(event.subarray(32, 48), family),
    remoteAddress: addressOf(event.subarray(48, 64), family),
  };
}

/** Prints the address of a socket; IPv4 inside IPv6 is shown as IPv4. */
export function addressOf(bytes: Buffer, family: number): string {
  if (family !== 10) return bytes.subarray(0, 4).join(".");
  if (bytes.readBigUInt64BE(0) === 0n && bytes.readUInt32BE(8) === 0xffff)
    return bytes.subarray(12, 16).join(".");
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  const text = groups.join(":");
  const longest = (text.match(/(?:^|:)0(?::0)+(?::|$)/g) ?? []).sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? text : text.replace(longest, "::");
}
