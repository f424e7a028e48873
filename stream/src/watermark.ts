import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";

/** How far the stream is on disk. */
export interface Watermark {
  /** Newest position that is on disk. */
  readonly last: number;
  /** First position of the segment it is in, and where it ends there. */
  readonly segment: number;
  readonly end: number;
}

const BYTES = 28;
const TRIES = 1_000;

/**
 * A small file in which the writer says how far the flush has come, so that readers in other threads never see a batch
 * that a power cut could still take back. It is written after each flush and need not be flushed itself: an older
 * mark is a safe one, and the writer makes it anew at its start.
 */
export class WatermarkFile {
  readonly #fd: number;
  readonly #bytes = Buffer.alloc(BYTES);

  constructor(directory: string, readOnly: boolean) {
    this.#fd = openSync(join(directory, "watermark"), readOnly ? "r" : "a+");
    if (readOnly) return;
    closeSync(this.#fd);
    this.#fd = openSync(join(directory, "watermark"), "r+");
  }

  write({ last, segment, end }: Watermark): void {
    this.#bytes.writeDoubleLE(last, 0);
    this.#bytes.writeDoubleLE(segment, 8);
    this.#bytes.writeDoubleLE(end, 16);
    this.#bytes.writeUInt32LE(crc32(this.#bytes.subarray(0, 24)), 24);
    writeSync(this.#fd, this.#bytes, 0, BYTES, 0);
  }

  /** The checksum tells a mark that was read while it was written; then it is read again. */
  read(): Watermark {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const read = readSync(this.#fd, this.#bytes, 0, BYTES, 0);
      if (read === 0) break;
      if (read === BYTES && crc32(this.#bytes.subarray(0, 24)) === this.#bytes.readUInt32LE(24)) {
        return {
          last: this.#bytes.readDoubleLE(0),
          segment: this.#bytes.readDoubleLE(8),
          end: this.#bytes.readDoubleLE(16),
        };
      }
    }
    return { last: 0, segment: 1, end: 0 };
  }

  close(): void {
    closeSync(this.#fd);
  }
}
