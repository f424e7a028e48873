import { mkdirSync, rmSync } from "node:fs";
import { streamErrors } from "./errors.js";
import { FRAME_BYTES } from "./frame.js";
import { SegmentReader } from "./segment-reader.js";
import { type Segment, SegmentWriter, sizeOf } from "./segment-writer.js";
import { listSegments, SegmentFile, segmentPath } from "./segments.js";
import { streamFull, streamTrimmed, streamUnwritable } from "./signals.js";
import type { Entry, Stream, StreamOptions, StreamStatus, TrimOptions } from "./stream.js";
import { type Watermark, WatermarkFile } from "./watermark.js";
import { lockForWriting } from "./writer-lock.js";

const LARGEST_SEGMENT = 64 * 1024 * 1024;
const SEGMENTS_AT_CAP = 16;
const GROUP_BYTES = 16 * 1024 * 1024;
const SCAN_PIECE = 4 * 1024 * 1024;

/** Above this share of the cap, batches that readers have done with go before their time. */
const CROWDED = 0.8;

/**
 * The embedded stream: files of frames, each with a checksum, flushed with `fdatasync` before an append resolves.
 * What arrives during a flush shares the next one. Any thread of the process may open it for reading.
 */
export function openStream(options: StreamOptions): Stream {
  return options.readOnly ? new ReadingStream(options) : new WritingStream(options);
}

class ReadingStream implements Stream {
  readonly #options: StreamOptions;
  readonly #watermark: WatermarkFile;
  readonly #reader: SegmentReader;

  constructor(options: StreamOptions) {
    this.#options = options;
    const { directory, recorder } = options;
    try {
      this.#watermark = new WatermarkFile(directory, true);
    } catch (error) {
      throw streamErrors.notReadable({ directory, cause: causeOf(error) }, { cause: error });
    }
    this.#reader = new SegmentReader(directory, recorder, () => this.#watermark.read());
  }

  async append(): Promise<number> {
    throw streamErrors.readOnly({});
  }

  read(after: number, maxBytes: number): readonly Entry[] {
    return this.#reader.read(after, maxBytes);
  }

  first(): number {
    return this.#reader.first();
  }

  last(): number {
    return this.#watermark.read().last;
  }

  async trim(): Promise<number> {
    throw streamErrors.readOnly({});
  }

  status(): StreamStatus {
    const first = this.first();
    const last = this.last();
    const bytes = measured(this.#options.directory).reduce((total, segment) => total + segment.bytes, 0);
    return { first, last, batches: last - first + 1, bytes, maxBytes: this.#options.maxBytes };
  }

  async close(): Promise<void> {
    this.#reader.close();
    this.#watermark.close();
  }
}

interface Waiting {
  readonly batch: Uint8Array;
  readonly resolve: (position: number) => void;
  readonly reject: (error: Error) => void;
}

class WritingStream implements Stream {
  readonly #options: StreamOptions;
  readonly #unlock: () => void;
  readonly #watermark: WatermarkFile;
  readonly #reader: SegmentReader;
  readonly #writer: SegmentWriter;
  /** Segments before the one that is written, oldest first. */
  readonly #sealed: Segment[];
  #reached: Watermark;
  #sealedBytes: number;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #flushing: Promise<void> | undefined;
  #closed = false;

  constructor(options: StreamOptions) {
    const { directory, maxBytes, recorder } = options;
    this.#options = options;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#unlock = lockForWriting(directory);
    this.#watermark = new WatermarkFile(directory, false);
    const { segments, last } = recover(directory, this.#watermark.read().last);
    this.#sealed = segments;
    this.#sealedBytes = segments.reduce((total, { bytes }) => total + bytes, 0);
    const segmentBytes = Math.min(LARGEST_SEGMENT, Math.ceil(maxBytes / SEGMENTS_AT_CAP));
    this.#writer = new SegmentWriter(directory, last + 1, segmentBytes);
    const newest = segments.at(-1);
    this.#reached = { last, segment: newest?.first ?? last + 1, end: newest?.bytes ?? 0 };
    this.#watermark.write(this.#reached);
    this.#reader = new SegmentReader(directory, recorder, () => this.#reached);
  }

  append(batch: Uint8Array): Promise<number> {
    if (this.#closed) return Promise.reject(streamErrors.closed({}));
    const bytes = batch.byteLength + FRAME_BYTES;
    if (this.#bytes + this.#waitingBytes + bytes > this.#options.maxBytes)
      return Promise.reject(this.#full("the size cap is reached"));
    this.#waitingBytes += bytes;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  read(after: number, maxBytes: number): readonly Entry[] {
    return this.#reader.read(after, maxBytes);
  }

  first(): number {
    return this.#sealed[0]?.first ?? this.#writer.active.first;
  }

  last(): number {
    return this.#reached.last;
  }

  async trim({ through, appendedBefore }: TrimOptions): Promise<number> {
    let removed = 0;
    for (let segment = this.#sealed[0]; segment; segment = this.#sealed[0]) {
      const next = this.#sealed[1]?.first ?? this.#writer.active.first;
      const isOld = (segment.newestAt ?? 0) < appendedBefore;
      if (next - 1 > through || !(isOld || this.#bytes > this.#options.maxBytes * CROWDED)) break;
      rmSync(segmentPath(this.#options.directory, segment.first), { force: true });
      this.#sealed.shift();
      this.#sealedBytes -= segment.bytes;
      removed += next - segment.first;
    }
    if (removed > 0) streamTrimmed(this.#options.recorder, {}, removed);
    return removed;
  }

  status(): StreamStatus {
    const [first, last] = [this.first(), this.last()];
    const oldestAt = (this.#sealed[0] ?? this.#writer.active).oldestAt;
    const { maxBytes } = this.#options;
    const sizes = { first, last, batches: last - first + 1, bytes: this.#bytes, maxBytes };
    return oldestAt === undefined ? sizes : { ...sizes, oldestAt };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#flushing;
    await this.#writer.close();
    this.#reader.close();
    this.#watermark.close();
    this.#unlock();
  }

  get #bytes(): number {
    return this.#sealedBytes + this.#writer.active.bytes;
  }

  async #flush(): Promise<void> {
    // Appends of the same turn of the event loop share a flush.
    await null;
    while (this.#waiting.length > 0) await this.#store(this.#group());
    this.#flushing = undefined;
  }

  #group(): readonly Waiting[] {
    let count = 0;
    for (let bytes = 0; count < this.#waiting.length && bytes < GROUP_BYTES; count += 1)
      bytes += this.#waiting[count]!.batch.byteLength;
    return this.#waiting.splice(0, count);
  }

  async #store(group: readonly Waiting[]): Promise<void> {
    const from = this.#reached.last + 1;
    const batches = group.map(({ batch }) => batch);
    try {
      this.#roll(from);
      await this.#writer.store(batches, from, this.#options.clock.now());
      const { first, bytes } = this.#writer.active;
      this.#reached = { last: from + group.length - 1, segment: first, end: bytes };
      this.#watermark.write(this.#reached);
      group.forEach(({ resolve }, index) => {
        resolve(from + index);
      });
    } catch (error) {
      const known = this.#refusal(error);
      for (const { reject } of group) reject(known);
    }
    this.#waitingBytes -= sizeOf(batches);
  }

  #roll(from: number): void {
    if (!this.#writer.isDone) return;
    const { active } = this.#writer;
    if (active.bytes > 0) this.#sealed.push(active);
    this.#sealedBytes += active.bytes;
    this.#writer.begin(from);
  }

  #refusal(error: unknown): Error {
    const cause = causeOf(error);
    if (/ENOSPC|EDQUOT|EFBIG/.test(cause)) return this.#full(cause, error);
    streamUnwritable(this.#options.recorder, {}, 1, { cause });
    return streamErrors.unwritable({ directory: this.#options.directory, cause }, { cause: error });
  }

  #full(cause: string, original?: unknown): Error {
    streamFull(this.#options.recorder, {}, 1, { cause });
    return streamErrors.full({ directory: this.#options.directory, cause }, { cause: original });
  }
}

const causeOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Segments with their sizes; instants only as far as the first frame of each tells. */
function measured(directory: string): Segment[] {
  return listSegments(directory).map((first) => {
    const file = new SegmentFile(directory, first);
    try {
      const bytes = file.size();
      const [oldest] = file.frames(0, bytes, FRAME_BYTES);
      return oldest ? { first, bytes, oldestAt: oldest.appendedAt } : { first, bytes };
    } finally {
      file.close();
    }
  });
}

/**
 * What a stream that was closed or killed left behind. The last batches may be cut short: they were never
 * acknowledged. Where the disk lost some that were, `marked` says so, that no position is given twice.
 */
function recover(directory: string, marked: number): { segments: Segment[]; last: number } {
  const found = measured(directory);
  let last = Math.max(marked, (found.at(-1)?.first ?? 1) - 1);
  found.forEach((segment, index) => {
    const next = found[index + 1]?.oldestAt;
    if (next !== undefined) segment.newestAt = next;
  });
  const newest = found.at(-1);
  if (newest?.oldestAt !== undefined) last = Math.max(last, scanNewest(directory, newest));
  return { segments: found.filter(({ first }) => first <= last), last };
}

/** Finds the last whole batch of a segment and where it ends. */
function scanNewest(directory: string, segment: Segment): number {
  const file = new SegmentFile(directory, segment.first);
  let last = segment.first - 1;
  for (const frame of file.frames(0, segment.bytes, SCAN_PIECE)) {
    last = frame.position;
    segment.newestAt = frame.appendedAt;
    segment.bytes = frame.endsAt;
  }
  file.close();
  return last;
}
