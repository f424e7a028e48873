import { crc32 } from "node:zlib";

const HEADER = 8;
const MOST_BYTES = 16_777_216;

/** A text as it lies on disk: its length, its CRC-32, its bytes. */
export function frame(text: string): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER + Buffer.byteLength(text));
  bytes.write(text, HEADER);
  bytes.writeUInt32LE(bytes.length - HEADER, 0);
  bytes.writeUInt32LE(crc32(bytes.subarray(HEADER)), 4);
  return bytes;
}

/** One frame; its text is undefined when it is damaged. */
export interface Frame {
  readonly text: string | undefined;
  readonly from: number;
  readonly to: number;
}

/** The frames from an offset on; what is not whole at the end is left out. */
export function* framesIn(bytes: Buffer, offset: number): Generator<Frame> {
  for (let at = offset; at + HEADER <= bytes.length; ) {
    const size = bytes.readUInt32LE(at);
    const to = at + HEADER + size;
    // A file that a power cut left longer than what was written ends in zeros.
    if (size === 0 || size > MOST_BYTES || to > bytes.length) return;
    const content = bytes.subarray(at + HEADER, to);
    const isGood = crc32(content) === bytes.readUInt32LE(at + 4);
    yield { text: isGood ? content.toString("utf8") : undefined, from: at, to };
    at = to;
  }
}
