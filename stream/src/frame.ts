import { crc32 } from "node:zlib";

/**
 * One batch in a segment file, little endian: u32 mark, u32 CRC-32 of all that follows, u32 length of the body,
 * f64 position, f64 instant of appending, body.
 */
export const FRAME_BYTES = 28;

const MARK = Buffer.from("PKT1");
const BODY_LENGTH_AT = 8;

/** A batch found in a segment file. */
export interface Frame {
  readonly position: number;
  readonly appendedAt: number;
  readonly bytes: Uint8Array;
  /** Where it ends in the buffer it was found in. */
  readonly end: number;
}

/** What goes before a body. */
export function frameHeader(position: number, appendedAt: number, body: Uint8Array): Buffer {
  const header = Buffer.allocUnsafe(FRAME_BYTES);
  MARK.copy(header);
  header.writeUInt32LE(body.byteLength, BODY_LENGTH_AT);
  header.writeDoubleLE(position, 12);
  header.writeDoubleLE(appendedAt, 20);
  const ofHeader = crc32(header.subarray(BODY_LENGTH_AT));
  // Zlib starts anew, instead of going on, when there is nothing to add.
  header.writeUInt32LE(body.byteLength === 0 ? ofHeader : crc32(body, ofHeader), 4);
  return header;
}

/** How many bytes the frame at a place says it has; undefined when no frame starts there. */
export function claimedBytes(buffer: Buffer, at: number): number | undefined {
  if (at + FRAME_BYTES > buffer.byteLength || buffer.compare(MARK, 0, 4, at, at + 4) !== 0) return undefined;
  return FRAME_BYTES + buffer.readUInt32LE(at + BODY_LENGTH_AT);
}

/** The whole, undamaged frame at a place, if there is one. */
export function frameAt(buffer: Buffer, at: number): Frame | undefined {
  const bytes = claimedBytes(buffer, at);
  if (bytes === undefined || at + bytes > buffer.byteLength) return undefined;
  const end = at + bytes;
  if (crc32(buffer.subarray(at + BODY_LENGTH_AT, end)) !== buffer.readUInt32LE(at + 4)) return undefined;
  return {
    position: buffer.readDoubleLE(at + 12),
    appendedAt: buffer.readDoubleLE(at + 20),
    bytes: new Uint8Array(buffer.buffer, buffer.byteOffset + at + FRAME_BYTES, bytes - FRAME_BYTES),
    end,
  };
}

/** Where the next undamaged frame starts after a damaged place. */
export function nextFrame(buffer: Buffer, after: number): number | undefined {
  for (let at = buffer.indexOf(MARK, after); at >= 0; at = buffer.indexOf(MARK, at + 1))
    if (frameAt(buffer, at)) return at;
  return undefined;
}
