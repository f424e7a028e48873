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

/** Takes whole packets from a frame reader; `frame` is a view that is valid during the call only. */
export interface FrameTaker {
  /** `body` is where the variable header begins. Answers false to stop reading. */
  frame(type: number, flags: number, frame: Buffer, body: number): boolean;
  /** The bytes are not MQTT, or too large. */
  broken(why: string): void;
}

/**
 * Cuts a byte stream into MQTT packets. Packets that lie whole in a chunk are handed on without a copy; memory is bounded
 * by the largest packet.
 */
export class FrameReader {
  readonly #taker: FrameTaker;
  #kept: Buffer | undefined;
  #isBroken = false;

  constructor(taker: FrameTaker) {
    this.#taker = taker;
  }

  read(chunk: Buffer): void {
    if (this.#isBroken) return;
    let bytes = this.#kept ? Buffer.concat([this.#kept, chunk]) : chunk;
    this.#kept = undefined;
    while (bytes.length > 0) {
      const size = this.#sizeOf(bytes);
      if (size < 0 || this.#isBroken) return;
      if (size === 0 || size > bytes.length) {
        // A copy, since a view would keep the whole chunk in memory.
        this.#kept = Buffer.from(bytes);
        return;
      }
      const first = bytes[0]!;
      const frame = bytes.subarray(0, size);
      if (!this.#taker.frame(first >> 4, first & 15, frame, headerLength(frame))) {
        this.#isBroken = true;
        return;
      }
      bytes = bytes.subarray(size);
    }
  }

  /** Whole size of the packet that begins here; 0 while its length is not known, -1 when it cannot be one. */
  #sizeOf(bytes: Buffer): number {
    let length = 0;
    for (let at = 1; at <= 4; at += 1) {
      if (at >= bytes.length) return 0;
      const byte = bytes[at]!;
      length += (byte & 127) * 128 ** (at - 1);
      if (byte < 128)
        return length > MAX_PACKET ? this.#broken(`a packet of ${length} bytes`) : at + 1 + length;
    }
    return this.#broken("a length of more than four bytes");
  }

  #broken(why: string): number {
    this.#isBroken = true;
    this.#taker.broken(why);
    return -1;
  }
}

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
export const connack = (code: number): Buffer => Buffer.from([0x20, 2, 0, code]);
