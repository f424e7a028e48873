import { closeSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { claimedBytes, FRAME_BYTES, type Frame, frameAt, nextFrame } from "./frame.js";

const NAME = /^(\d{16})\.log$/;

/** The file of the segment whose first batch has this position. */
export const segmentPath = (directory: string, first: number): string =>
  join(directory, `${String(first).padStart(16, "0")}.log`);

/** First positions of the segments in a directory, in order. */
export const listSegments = (directory: string): number[] =>
  readdirSync(directory)
    .flatMap((name) => NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((one, other) => one - other);

/** A frame and where it ends in its file. */
export interface Placed extends Frame {
  readonly endsAt: number;
}

/** A segment file open for reading. */
export class SegmentFile {
  readonly first: number;
  readonly #fd: number;

  constructor(directory: string, first: number) {
    this.first = first;
    this.#fd = openSync(segmentPath(directory, first), "r");
  }

  size(): number {
    return fstatSync(this.#fd).size;
  }

  /**
   * Undamaged frames between two places of the file, read in pieces of about `piece` bytes. What is damaged is stepped
   * over; the caller sees it as a gap in the positions.
   */
  *frames(from: number, to: number, piece: number): Generator<Placed> {
    let at = from;
    while (at + FRAME_BYTES <= to) {
      const { frames, next } = this.#piece(at, to, piece);
      yield* frames;
      if (next === undefined) return;
      at = next;
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  #piece(at: number, to: number, piece: number): { frames: Placed[]; next?: number } {
    const buffer = this.#read(at, Math.min(to - at, Math.max(piece, FRAME_BYTES)));
    const frames: Placed[] = [];
    let inside = 0;
    for (let frame = frameAt(buffer, 0); frame; frame = frameAt(buffer, inside)) {
      frames.push({ ...frame, endsAt: at + frame.end });
      inside = frame.end;
    }
    if (frames.length > 0) return { frames, next: at + inside };
    const claimed = claimedBytes(buffer, 0) ?? 0;
    if (claimed > buffer.byteLength && at + claimed <= to) {
      const frame = frameAt(this.#read(at, claimed), 0);
      if (frame) return { frames: [{ ...frame, endsAt: at + claimed }], next: at + claimed };
    }
    const skip = nextFrame(this.#read(at, to - at), 1);
    return skip === undefined ? { frames } : { frames, next: at + skip };
  }

  #read(at: number, bytes: number): Buffer {
    const buffer = Buffer.allocUnsafeSlow(bytes);
    let read = 0;
    while (read < bytes) {
      const more = readSync(this.#fd, buffer, read, bytes - read, at + read);
      if (more === 0) break;
      read += more;
    }
    return buffer.subarray(0, read);
  }
}
