/** Packet types of MQTT 3.1.1. */
export const packetType = {
  connect: 1,
  publish: 3,
  puback: 4,
  subscribe: 8,
  unsubscribe: 10,
  pingreq: 12,
  disconnect: 14,
} as const;

/** Room for a message of 256 KB, its topic with properties, and the header. */
export const MAX_PACKET = 262_144 + 65_536;

/** Room for a CONNECT with a will. */
export const MAX_CONNECT = 65_536;

/** Takes whole packets from a frame reader; `frame` is a view that is valid during the call only. */
export interface FrameTaker {
  /** `body` is where the variable header begins. Answers false to stop reading. */
  frame(type: number, flags: number, frame: Buffer, body: number): boolean;
  /** The bytes are not MQTT, or too large. */
  broken(why: string): void;
}

/**
 * Cuts a byte stream into MQTT packets. Packets that lie whole in a chunk are handed on without a copy; one that does not
 * is gathered in a buffer of a pool. Memory is bounded by the largest packet, and is taken as the bytes come, not as their
 * length claims.
 */
export class FrameReader {
  /** The largest packet taken; less is enough while nobody knows who speaks. */
  limit: number;
  readonly #taker: FrameTaker;
  #kept: Buffer = NOTHING;
  #filled = 0;
  #isBroken = false;

  constructor(taker: FrameTaker, limit = MAX_PACKET) {
    this.#taker = taker;
    this.limit = limit;
  }

  read(chunk: Buffer): void {
    let at = 0;
    while (this.#filled > 0 && at < chunk.length && !this.#isBroken) at = this.#complete(chunk, at);
    if (at < chunk.length && !this.#isBroken) this.#cut(at === 0 ? chunk : chunk.subarray(at));
  }

  /** Gives the buffer of a packet that will not be completed back. */
  close(): void {
    this.#isBroken = true;
    this.#release();
  }

  /** Adds to the packet that is gathered what it lacks; answers where the rest of the chunk begins. */
  #complete(chunk: Buffer, at: number): number {
    const size = this.#sizeOf(this.#kept, this.#filled);
    if (size < 0) return chunk.length;
    const lacking = size === 0 ? 1 : size - this.#filled;
    const end = Math.min(at + lacking, chunk.length);
    this.#keep(chunk, at, end, size);
    // The byte that was added may be the one that tells the size, and the last.
    const known = size === 0 ? this.#sizeOf(this.#kept, this.#filled) : size;
    if (this.#filled === known) {
      this.#hand(this.#kept.subarray(0, known));
      this.#release();
    }
    return end;
  }

  #cut(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !this.#isBroken) {
      const bytes = at === 0 ? chunk : chunk.subarray(at);
      const size = this.#sizeOf(bytes, bytes.length);
      if (size < 0) return;
      if (size === 0 || size > bytes.length) {
        // A copy, since a view would keep the whole chunk in memory.
        this.#keep(bytes, 0, bytes.length, size);
        return;
      }
      this.#hand(bytes.subarray(0, size));
      at += size;
    }
  }

  #hand(frame: Buffer): void {
    const first = frame[0]!;
    if (!this.#taker.frame(first >> 4, first & 15, frame, headerLength(frame))) this.#isBroken = true;
  }

  #keep(bytes: Buffer, from: number, to: number, size: number): void {
    const needed = this.#filled + to - from;
    if (needed > this.#kept.length) {
      const larger = pool.take(size > 0 && size <= needed * 2 ? size : needed);
      this.#kept.copy(larger, 0, 0, this.#filled);
      pool.give(this.#kept);
      this.#kept = larger;
    }
    bytes.copy(this.#kept, this.#filled, from, to);
    this.#filled = needed;
  }

  #release(): void {
    pool.give(this.#kept);
    this.#kept = NOTHING;
    this.#filled = 0;
  }

  /** Whole size of the packet that begins here; 0 while its length is not known, -1 when it cannot be one. */
  #sizeOf(bytes: Buffer, end: number): number {
    let length = 0;
    for (let at = 1; at <= 4; at += 1) {
      if (at >= end) return 0;
      const byte = bytes[at]!;
      length += (byte & 127) * 128 ** (at - 1);
      if (byte < 128)
        return length > this.limit ? this.#broken(`a packet of ${length} bytes`) : at + 1 + length;
    }
    return this.#broken("a length of more than four bytes");
  }

  #broken(why: string): number {
    this.close();
    this.#taker.broken(why);
    return -1;
  }
}

const NOTHING = Buffer.alloc(0);

/** Buffers of powers of two that lie ready for packets that come in parts. */
class Pool {
  readonly #free = new Map<number, Buffer[]>();
  #bytes = 0;

  take(bytes: number): Buffer {
    const size = 2 ** Math.ceil(Math.log2(Math.max(bytes, SMALLEST)));
    const ready = this.#free.get(size)?.pop();
    if (!ready) return Buffer.allocUnsafeSlow(size);
    this.#bytes -= size;
    return ready;
  }

  give(buffer: Buffer): void {
    if (buffer.length === 0 || this.#bytes + buffer.length > MOST_FREE) return;
    const list = this.#free.get(buffer.length);
    if (list) list.push(buffer);
    else this.#free.set(buffer.length, [buffer]);
    this.#bytes += buffer.length;
  }
}

const SMALLEST = 256;
const MOST_FREE = 8_388_608;
const pool = new Pool();

function headerLength(frame: Buffer): number {
  let at = 1;
  while (frame[at]! >= 128) at += 1;
  return at + 1;
}

/** A PUBACK for each id, in one buffer. */
export function pubacks(ids: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(ids.length * 4);
  for (let index = 0; index < ids.length; index += 1) {
    const id = ids[index]!;
    const at = index * 4;
    bytes[at] = 0x40;
    bytes[at + 1] = 2;
    bytes[at + 2] = id >> 8;
    bytes[at + 3] = id & 255;
  }
  return bytes;
}

/** The answer to a ping. */
export const PINGRESP = Buffer.from([0xd0, 0]);

/** The answer to CONNECT. */
export const connack = (code: number, isResumed = false): Buffer =>
  Buffer.from([0x20, 2, isResumed ? 1 : 0, code]);
