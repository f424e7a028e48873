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
 * Cuts a byte stream into MQTT packets. Packets that lie whole in a chunk are handed on without a copy; memory is bounded
 * by the largest packet, and is taken as the bytes come, not as their length claims.
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
    let bytes = chunk;
    if (this.#filled > 0) {
      this.#keep(chunk);
      bytes = this.#kept.subarray(0, this.#filled);
      const size = this.#sizeOf(bytes);
      if (size === 0 || size > bytes.length) return;
      // Frames are views of what was kept, which the next partial packet must not overwrite.
      this.#kept = NOTHING;
      this.#filled = 0;
    }
    this.#cut(bytes);
  }

  #cut(given: Buffer): void {
    let bytes = given;
    while (bytes.length > 0 && !this.#isBroken) {
      const size = this.#sizeOf(bytes);
      if (size < 0) return;
      if (size === 0 || size > bytes.length) {
        this.#keep(bytes);
        return;
      }
      const first = bytes[0]!;
      const frame = bytes.subarray(0, size);
      this.#isBroken = !this.#taker.frame(first >> 4, first & 15, frame, headerLength(frame));
      bytes = bytes.subarray(size);
    }
  }

  /** A copy, since a view would keep the whole chunk in memory; room doubles, so that many small chunks cost no more. */
  #keep(bytes: Buffer): void {
    const needed = this.#filled + bytes.length;
    if (needed > this.#kept.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#kept.length * 2));
      this.#kept.copy(larger, 0, 0, this.#filled);
      this.#kept = larger;
    }
    bytes.copy(this.#kept, this.#filled);
    this.#filled = needed;
  }

  /** Whole size of the packet that begins here; 0 while its length is not known, -1 when it cannot be one. */
  #sizeOf(bytes: Buffer): number {
    if (this.#isBroken) return -1;
    let length = 0;
    for (let at = 1; at <= 4; at += 1) {
      if (at >= bytes.length) return 0;
      const byte = bytes[at]!;
      length += (byte & 127) * 128 ** (at - 1);
      if (byte < 128)
        return length > this.limit ? this.#broken(`a packet of ${length} bytes`) : at + 1 + length;
    }
    return this.#broken("a length of more than four bytes");
  }

  #broken(why: string): number {
    this.#isBroken = true;
    this.#kept = NOTHING;
    this.#taker.broken(why);
    return -1;
  }
}

const NOTHING = Buffer.alloc(0);

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
