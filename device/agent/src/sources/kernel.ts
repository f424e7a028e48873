import { agentErrors } from "../errors.js";
import { type BpfProgram, bpfPrograms } from "./bpf-programs.js";
import type { Source, Take } from "./host-events.js";
import { KernelEventReader } from "./kernel-events.js";
import { type LibC, loadLibC } from "./libc.js";

const BPF: Readonly<Record<string, number>> = { x64: 321, arm64: 280, arm: 386, riscv64: 280, ia32: 357 };
const MAP_CREATE = 0;
const MAP_LOOKUP = 1;
const MAP_UPDATE = 2;
const PROG_LOAD = 5;
const RAW_TRACEPOINT_OPEN = 17;
const PROG_RAW_TRACEPOINT = 17;
const ARRAY = 2;
const PER_CPU_ARRAY = 6;
const LRU_HASH = 9;
const RING_BUFFER = 27;
const READ = 1;
const READ_WRITE = 3;
const SHARED = 1;
const BUSY = 0x8000_0000;
const DISCARDED = 0x4000_0000;
const SIZE = 0x3fff_ffff;
const RING_BYTES = 2 * 1024 * 1024;
const OFFSETS_BYTES = 64 * 4;
const SCRATCH_BYTES = 56 + 8_192;
const CONNECTIONS = 16_384;
const CONNECTION_BYTES = 24;
const PAGE = 4_096;
const DRAIN_MS = 25;
const IDLE_MS = 100;
const EAGAIN = 11;
const EINVAL = 22;
const MOST_TRIES = 20;

const tracepoints = [
  ["sched_process_exec", "exec"],
  ["sched_process_fork", "fork"],
  ["sched_process_exit", "exit"],
  ["inet_sock_set_state", "tcp"],
  ["tcp_retransmit_skb", "retransmit"],
] as const;

/** Watches programs and connections from within the kernel: nothing races, nothing is polled. */
export class KernelWatch implements Source {
  readonly name = "ebpf";
  readonly #c: LibC;
  readonly #number: number;
  readonly #descriptors: number[] = [];
  readonly #consumer: BigUint64Array;
  readonly #producer: BigUint64Array;
  readonly #ring: Buffer;
  readonly #lost: number;
  #timer: NodeJS.Timeout | undefined;
  #bootedMs = 0;
  readonly #reader: KernelEventReader;
  readonly #take: Take;

  /** Throws when the kernel does not let us: too old, locked down, or not root. */
  constructor(offsets: readonly number[], take: Take) {
    const number = BPF[process.arch];
    if (number === undefined)
      throw agentErrors.kernelUnfit({ why: `there is no number of the call bpf for ${process.arch}` });
    this.#c = loadLibC();
    this.#number = number;
    this.#take = take;
    this.#reader = new KernelEventReader((at) => Math.floor(at + this.#bootedMs));
    try {
      const maps = {
        ring: this.#map([RING_BUFFER, 0, 0, RING_BYTES]),
        offsets: this.#map([ARRAY, 4, OFFSETS_BYTES, 1]),
        lost: this.#map([ARRAY, 4, 8, 1]),
        scratch: this.#map([PER_CPU_ARRAY, 4, SCRATCH_BYTES, 1]),
        conns: this.#map([LRU_HASH, 8, CONNECTION_BYTES, CONNECTIONS]),
      };
      this.#lost = maps.lost;
      this.#setOffsets(maps.offsets, offsets);
      const consumer = this.#mapped(PAGE, READ_WRITE, maps.ring, 0);
      const producer = this.#mapped(PAGE + 2 * RING_BYTES, READ, maps.ring, PAGE);
      this.#consumer = new BigUint64Array(consumer, 0, 1);
      this.#producer = new BigUint64Array(producer, 0, 1);
      this.#ring = Buffer.from(producer, PAGE);
      for (const [tracepoint, program] of tracepoints) this.#attach(tracepoint, bpfPrograms[program], maps);
    } catch (error) {
      this.close();
      throw error;
    }
    this.#wait(DRAIN_MS);
  }

  /** Looks soon again when something happened and less often when nothing did: idling costs next to nothing. */
  #wait(milliseconds: number): void {
    this.#timer = setTimeout(() => {
      const before = this.#consumer[0];
      this.drain();
      if (this.#descriptors.length > 0) this.#wait(this.#consumer[0] === before ? IDLE_MS : DRAIN_MS);
    }, milliseconds);
  }

  drain(): void {
    let at = Number(Atomics.load(this.#consumer, 0));
    const end = Number(Atomics.load(this.#producer, 0));
    if (at >= end) return;
    // The kernel stamps events by the clock that hrtime reads; the wall clock may have jumped since the last time.
    this.#bootedMs = Date.now() - Number(process.hrtime.bigint()) / 1e6;
    while (at < end) {
      const place = at % RING_BYTES;
      const header = this.#ring.readUInt32LE(place);
      if (header >= BUSY) break;
      const size = header & SIZE;
      const event =
        (header & DISCARDED) === 0
          ? this.#reader.read(this.#ring.subarray(place + 8, place + 8 + size))
          : undefined;
      if (event) this.#take(event);
      at += (size + 8 + 7) & ~7;
    }
    Atomics.store(this.#consumer, 0, BigInt(at));
  }

  lost(): number {
    const key = Buffer.alloc(4);
    const value = Buffer.alloc(8);
    this.#bpf(MAP_LOOKUP, this.#element(this.#lost, key, value), "Reading the count of lost events");
    return Number(value.readBigUInt64LE(0));
  }

  /** The programs leave the kernel with their last descriptor. */
  close(): void {
    clearTimeout(this.#timer);
    for (const descriptor of this.#descriptors.splice(0)) this.#c.close(descriptor);
  }

  #map(numbers: readonly number[]): number {
    const attributes = Buffer.alloc(72);
    for (const [index, value] of numbers.entries()) attributes.writeUInt32LE(value, index * 4);
    return this.#opened(this.#bpf(MAP_CREATE, attributes, "Making a map for BPF"));
  }

  #mapped(size: number, protection: number, fd: number, offset: number): ArrayBuffer {
    const pointer = this.#c.mmap(null, size, protection, SHARED, fd, offset);
    return this.#c.view(pointer, size);
  }

  #setOffsets(map: number, offsets: readonly number[]): void {
    const value = Buffer.alloc(OFFSETS_BYTES);
    for (const [index, offset] of offsets.entries()) value.writeUInt32LE(offset, index * 4);
    this.#bpf(MAP_UPDATE, this.#element(map, Buffer.alloc(4), value), "Setting the offsets");
  }

  #element(map: number, key: Buffer, value: Buffer): Buffer {
    const attributes = Buffer.alloc(32);
    attributes.writeUInt32LE(map, 0);
    attributes.writeBigUInt64LE(this.#c.addressOf(key), 8);
    attributes.writeBigUInt64LE(this.#c.addressOf(value), 16);
    return attributes;
  }

  #attach(tracepoint: string, program: BpfProgram, maps: Readonly<Record<string, number>>): void {
    const loaded = this.#load(tracepoint, program, maps);
    const name = Buffer.from(`${tracepoint}\0`);
    const opened = Buffer.alloc(16);
    opened.writeBigUInt64LE(this.#c.addressOf(name), 0);
    opened.writeUInt32LE(loaded, 8);
    this.#opened(this.#bpf(RAW_TRACEPOINT_OPEN, opened, `Attaching to ${tracepoint}`));
  }

  #load(
    tracepoint: string,
    { code, relocations }: BpfProgram,
    maps: Readonly<Record<string, number>>,
  ): number {
    const instructions = Buffer.from(code, "base64");
    for (const { instruction, map } of relocations) {
      // The source register says that the constant is a map.
      instructions[instruction * 8 + 1] = (instructions[instruction * 8 + 1]! & 15) | 16;
      instructions.writeInt32LE(maps[map] ?? -1, instruction * 8 + 4);
    }
    const license = Buffer.from("Dual MIT/GPL\0");
    const attributes = Buffer.alloc(120);
    attributes.writeUInt32LE(PROG_RAW_TRACEPOINT, 0);
    attributes.writeUInt32LE(instructions.length / 8, 4);
    attributes.writeBigUInt64LE(this.#c.addressOf(instructions), 8);
    attributes.writeBigUInt64LE(this.#c.addressOf(license), 16);
    try {
      return this.#opened(this.#bpf(PROG_LOAD, attributes, `Loading the program for ${tracepoint}`));
    } catch (error) {
      const said = this.#why(attributes);
      if (said === "") throw error;
      throw agentErrors.callFailed({ what: `Loading the program for ${tracepoint}`, errno: EINVAL, said });
    }
  }

  /** What the kernel's verifier says about a program it refused; asked only then, because the answer takes time. */
  #why(attributes: Buffer): string {
    const log = Buffer.alloc(262_144);
    attributes.writeUInt32LE(1, 24);
    attributes.writeUInt32LE(log.length, 28);
    attributes.writeBigUInt64LE(this.#c.addressOf(log), 32);
    const result = this.#c.syscall(this.#number, PROG_LOAD, attributes, attributes.length);
    if (result >= 0) this.#c.close(result);
    return log.toString("latin1", 0, log.indexOf(0)).trim().split("\n").slice(-3).join(" | ");
  }

  #opened(descriptor: number): number {
    this.#descriptors.push(descriptor);
    return descriptor;
  }

  #bpf(command: number, attributes: Buffer, what: string): number {
    for (let tries = 1; ; tries += 1) {
      const result = this.#c.syscall(this.#number, command, attributes, attributes.length);
      if (result >= 0) return result;
      const errno = this.#c.errno();
      // The kernel gives up when a signal comes while it looks at a program.
      if (errno !== EAGAIN || tries >= MOST_TRIES) throw agentErrors.callFailed({ what, errno });
    }
  }
}
