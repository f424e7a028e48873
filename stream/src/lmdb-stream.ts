import { mkdirSync } from "node:fs";
import type { Clock, Recorder } from "@picket/kit";
import { type Database, open } from "lmdb";
import { streamErrors } from "./errors.js";
import { streamFull, streamTrimmed } from "./signals.js";
import type { Entry, Stream, StreamStatus, TrimOptions } from "./stream.js";

export interface LmdbStreamOptions {
  readonly directory: string;
  /** Size cap of all batches kept, bytes. */
  readonly maxBytes: number;
  readonly recorder: Recorder;
  readonly clock: Clock;
  /** Another thread of this process appends; this one only reads. */
  readonly readOnly?: boolean;
}

const STAMP_BYTES = 8;
const TRIM_AT_ONCE = 1_000;

/** Room that LMDB's own pages and a last commit need below the cap. */
const HEADROOM = 1.02;

/**
 * The embedded stream: an LMDB file whose keys are positions. A commit is flushed before it resolves
 * (`overlappingSync` off), and LMDB's writer thread gathers what arrives meanwhile into the next one.
 */
export function openStream(options: LmdbStreamOptions): Stream {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  const root = open<Buffer, number>({
    path: `${options.directory}/stream.mdb`,
    encoding: "binary",
    overlappingSync: false,
    readOnly: options.readOnly ?? false,
    maxReaders: 32,
  });
  return new LmdbStream(root, options);
}

class LmdbStream implements Stream {
  readonly #db: Database<Buffer, number>;
  readonly #options: LmdbStreamOptions;
  /** Newest position handed out, and newest known to be on disk. */
  #given: number;
  #stored: number;
  #bytes: number;
  #closed = false;

  constructor(db: Database<Buffer, number>, options: LmdbStreamOptions) {
    this.#db = db;
    this.#options = options;
    this.#given = this.#newest();
    this.#stored = this.#given;
    this.#bytes = options.readOnly ? 0 : this.#measure();
  }

  async append(batch: Uint8Array): Promise<number> {
    if (this.#closed) throw streamErrors.closed({});
    if (this.#options.readOnly) throw streamErrors.readOnly({});
    if ((this.#bytes + batch.byteLength) * HEADROOM > this.#options.maxBytes)
      throw this.#full("the size cap is reached");
    const position = this.#given + 1;
    this.#given = position;
    this.#bytes += batch.byteLength;
    await this.#put(position, stamped(batch, this.#options.clock.now()));
    this.#stored = Math.max(this.#stored, position);
    return position;
  }

  read(after: number, maxBytes: number): readonly Entry[] {
    const entries: Entry[] = [];
    let bytes = 0;
    for (const { key, value } of this.#db.getRange({ start: after + 1 })) {
      if (entries.length > 0 && bytes + value.byteLength > maxBytes) break;
      bytes += value.byteLength;
      entries.push({ position: key, bytes: Uint8Array.prototype.slice.call(value, STAMP_BYTES) });
    }
    return entries;
  }

  first(): number {
    for (const key of this.#db.getKeys({ limit: 1 })) return key;
    return this.last() + 1;
  }

  last(): number {
    return this.#options.readOnly ? this.#newest() : this.#stored;
  }

  async trim({ through, appendedBefore }: TrimOptions): Promise<number> {
    let removed = 0;
    const removals: Promise<boolean>[] = [];
    const newest = this.last();
    for (const { key, value } of this.#db.getRange({
      end: through + 1,
      limit: TRIM_AT_ONCE,
      snapshot: false,
    })) {
      const isOld = stampOf(value) < appendedBefore;
      const isTooMuch = this.#bytes * HEADROOM > this.#options.maxBytes * 0.8;
      // The newest batch stays, since its position tells the next start where to go on.
      if (!(isOld || isTooMuch) || key >= newest) break;
      this.#bytes -= value.byteLength - STAMP_BYTES;
      removals.push(this.#db.remove(key));
      removed += 1;
    }
    await Promise.all(removals);
    if (removed > 0) streamTrimmed(this.#options.recorder, {}, removed);
    return removed;
  }

  status(): StreamStatus {
    return { first: this.first(), last: this.last(), bytes: this.#bytes, maxBytes: this.#options.maxBytes };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#db.close();
  }

  async #put(position: number, value: Buffer): Promise<void> {
    try {
      await this.#db.put(position, value);
    } catch (error) {
      this.#bytes -= value.byteLength - STAMP_BYTES;
      const cause = error instanceof Error ? error.message : String(error);
      if (/MAP_FULL|ENOSPC|No space/i.test(cause)) throw this.#full(cause, error);
      throw streamErrors.unwritable({ directory: this.#options.directory, cause }, { cause: error });
    }
  }

  #full(cause: string, original?: unknown): Error {
    streamFull(this.#options.recorder, {}, 1, { cause });
    return streamErrors.full({ directory: this.#options.directory, cause }, { cause: original });
  }

  #newest(): number {
    for (const key of this.#db.getKeys({ reverse: true, limit: 1, snapshot: false })) return key;
    return 0;
  }

  #measure(): number {
    let bytes = 0;
    for (const { value } of this.#db.getRange({})) bytes += value.byteLength - STAMP_BYTES;
    return bytes;
  }
}

/** The instant of appending goes before the bytes, so that trimming by age needs no index. */
function stamped(batch: Uint8Array, now: number): Buffer {
  const value = Buffer.allocUnsafe(STAMP_BYTES + batch.byteLength);
  value.writeDoubleLE(now, 0);
  value.set(batch, STAMP_BYTES);
  return value;
}

const stampOf = (value: Buffer): number => value.readDoubleLE(0);
