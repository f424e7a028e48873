import { crc32 } from "node:zlib";

/** Bytes before a text: a mark, its length, its number, a checksum of these and the text. */
export const HEADER_BYTES = 16;
const MARK = 0x4b50;
const MOST_BYTES = 16_777_216;

/** A text as it lies on disk. Numbers grow by one, so that a gap tells exactly how many are missing. */
export function frame(text: string, number: number): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + Buffer.byteLength(text));
  bytes.write(text, HEADER_BYTES);
  bytes.writeUInt16LE(MARK, 0);
  bytes.writeUInt32LE(bytes.length - HEADER_BYTES, 2);
  bytes.writeUIntLE(number, 6, 6);
  bytes.writeUInt32LE(checksum(bytes), 12);
  return bytes;
}

/** One whole frame. */
export interface Frame {
  readonly text: () => string;
  readonly number: number;
  readonly from: number;
  readonly to: number;
}

/** The whole frames from an offset on. What is damaged is stepped over up to the next frame whose checksum is right. */
export function* framesIn(bytes: Buffer, offset = 0): Generator<Frame> {
  for (let at = offset; at + HEADER_BYTES <= bytes.length; ) {
    const to = endOf(bytes, at);
    if (to === undefined) {
      const next = bytes.indexOf("PK", at + 1, "latin1");
      if (next < 0) return;
      at = next;
      continue;
    }
    const from = at;
    const text = (): string => bytes.toString("utf8", from + HEADER_BYTES, to);
    yield { text, number: bytes.readUIntLE(at + 6, 6), from, to };
    at = to;
  }
}

function endOf(bytes: Buffer, at: number): number | undefined {
  if (at + HEADER_BYTES > bytes.length || bytes.readUInt16LE(at) !== MARK) return undefined;
  const size = bytes.readUInt32LE(at + 2);
  const to = at + HEADER_BYTES + size;
  if (size > MOST_BYTES || to > bytes.length) return undefined;
  return checksum(bytes.subarray(at, to)) === bytes.readUInt32LE(at + 12) ? to : undefined;
}

const checksum = (bytes: Buffer): number => crc32(bytes.subarray(HEADER_BYTES), crc32(bytes.subarray(2, 12)));
