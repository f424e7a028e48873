import { closeSync, fsyncSync, openSync } from "node:fs";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { FRAME_BYTES, frameHeader } from "./frame.js";
import { segmentPath } from "./segments.js";

/** A segment as its writer knows it. */
export interface Segment {
  readonly first: number;
  bytes: number;
  /** When its oldest and newest batches were appended; absent when it has none. */
  oldestAt?: number;
  newestAt?: number;
}

/** Writes frames to the newest segment file and flushes them. */
export class SegmentWriter {
  readonly #directory: string;
  readonly #segmentBytes: number;
  #handle: FileHandle | undefined;
  #isTrusted = true;
  active: Segment;

  constructor(directory: string, first: number, segmentBytes: number) {
    this.#directory = directory;
    this.#segmentBytes = segmentBytes;
    this.active = { first, bytes: 0 };
  }

  /** True when the next batch begins a new file. */
  get isDone(): boolean {
    return this.active.bytes >= this.#segmentBytes || !this.#isTrusted;
  }

  begin(first: number): void {
    void this.#handle?.close().catch(() => {});
    this.#handle = undefined;
    this.#isTrusted = true;
    this.active = { first, bytes: 0 };
  }

  /** Resolves when the batches are on disk, all of them; on failure none counts. */
  async store(batches: readonly Uint8Array[], from: number, now: number): Promise<void> {
    const { active } = this;
    const handle = await this.#file();
    const parts = batches.flatMap((batch, index) => [frameHeader(from + index, now, batch), batch]);
    try {
      await writeAll(handle, parts, active.bytes);
    } catch (error) {
      await handle.truncate(active.bytes).catch(() => {});
      throw error;
    }
    try {
      await handle.datasync();
    } catch (error) {
      // After a failed flush the kernel may forget what it could not write: this file is not trusted again.
      this.#isTrusted = false;
      await handle.truncate(active.bytes).catch(() => {});
      throw error;
    }
    active.bytes += sizeOf(batches);
    active.oldestAt ??= now;
    active.newestAt = now;
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
    if (this.active.bytes === 0)
      await unlink(segmentPath(this.#directory, this.active.first)).catch(() => {});
  }

  async #file(): Promise<FileHandle> {
    if (!this.#handle) {
      this.#handle = await open(segmentPath(this.#directory, this.active.first), "w", 0o600);
      syncDirectory(this.#directory);
    }
    return this.#handle;
  }
}

/** What batches take on disk. */
export const sizeOf = (batches: readonly Uint8Array[]): number =>
  batches.reduce((total, { byteLength }) => total + byteLength + FRAME_BYTES, 0);

async function writeAll(handle: FileHandle, parts: Uint8Array[], at: number): Promise<void> {
  const total = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const { bytesWritten } = await handle.writev(parts, at);
  if (bytesWritten >= total) return;
  const rest = Buffer.concat(parts).subarray(bytesWritten);
  let written = 0;
  while (written < rest.byteLength) {
    const more = await handle.write(rest, written, rest.byteLength - written, at + bytesWritten + written);
    written += more.bytesWritten;
  }
}

/** A new file survives a power cut only when its directory is flushed too. */
function syncDirectory(directory: string): void {
  const fd = openSync(directory, "r");
  fsyncSync(fd);
  closeSync(fd);
}
