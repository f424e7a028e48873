import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { framesIn } from "./frame.js";

const MOST_INFLATED = 33_554_432;

/** A stretch of numbered texts. */
export interface Segment {
  readonly name: number;
  /** Number of its first text, and the number after its last. */
  readonly first: number;
  readonly end: number;
  /** What it takes on disk, or in memory while it is not there. */
  readonly bytes: number;
  /** Its frames; what cannot be read is left out, and their numbers tell that it was. */
  content(): Buffer;
  remove(): void;
}

/** A segment that is full: compressed, and its numbers are in its name so that they outlive its content. */
export class PackedSegment implements Segment {
  readonly name: number;
  readonly first: number;
  readonly end: number;
  readonly bytes: number;
  readonly #path: string;

  private constructor(directory: string, [name, first, end]: readonly [number, number, number]) {
    this.name = name;
    this.first = first;
    this.end = end;
    this.#path = join(directory, `${name}-${first}-${end}.packed`);
    this.bytes = statSync(this.#path).size;
  }

  /** The one a file name speaks of; undefined when it speaks of something else. */
  static named(directory: string, file: string): PackedSegment | undefined {
    const [, name, first, end] = /^(\d{1,15})-(\d{1,15})-(\d{1,15})\.packed$/.exec(file)?.map(Number) ?? [];
    if (name === undefined || first === undefined || end === undefined || end < first) return undefined;
    return new PackedSegment(directory, [name, first, end]);
  }

  /** Writes frames; the file bears its name only when it is whole and on the disk. */
  static write(directory: string, numbers: readonly [number, number, number], frames: Buffer): PackedSegment {
    const path = join(directory, `${numbers.join("-")}.packed`);
    const file = openSync(`${path}.new`, "w", 0o600);
    try {
      writeFileSync(file, deflateRawSync(frames, { level: 5 }));
      fdatasyncSync(file);
    } catch (error) {
      rmSync(`${path}.new`, { force: true });
      throw error;
    } finally {
      closeSync(file);
    }
    renameSync(`${path}.new`, path);
    return new PackedSegment(directory, numbers);
  }

  content(): Buffer {
    try {
      return inflateRawSync(readFileSync(this.#path), { maxOutputLength: MOST_INFLATED });
    } catch {
      return Buffer.alloc(0);
    }
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }
}

/** The segment that is written: each text at once, or gathered in memory to spare the flash. */
export class OpenSegment implements Segment {
  readonly name: number;
  readonly #path: string;
  #first: number;
  #end: number;
  #file: number | undefined;
  #written = 0;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #isDirty = false;

  /** Opens one that may be there; a text that was being written when the process was killed is cut off. */
  constructor(directory: string, name: number, nextNumber: number) {
    this.name = name;
    this.#path = join(directory, `${name}.seg`);
    this.#first = nextNumber;
    this.#end = nextNumber;
    if (existsSync(this.#path)) this.#recover();
  }

  get first(): number {
    return this.#first;
  }

  get end(): number {
    return this.#end;
  }

  get bytes(): number {
    return this.#written + this.#pendingBytes;
  }

  /** Bytes that are in memory only. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Throws when the disk does not take it; nothing of it is kept then. */
  append(frames: Buffer, texts: number, gather: boolean): void {
    if (gather) {
      this.#pending.push(frames);
      this.#pendingBytes += frames.length;
    } else {
      this.flush();
      this.#write(frames);
    }
    this.#end += texts;
  }

  /** Brings what was gathered into the file. */
  flush(): void {
    if (this.#pendingBytes === 0) return;
    this.#write(Buffer.concat(this.#pending));
    this.#pending = [];
    this.#pendingBytes = 0;
  }

  /** Brings the file to the disk, without waiting for it. */
  sync(failed: (error: Error) => void): void {
    if (!this.#isDirty || this.#file === undefined) return;
    this.#isDirty = false;
    fdatasync(this.#file, (error) => error && error.code !== "EBADF" && failed(error));
  }

  content(): Buffer {
    const file = this.#written > 0 && existsSync(this.#path) ? readFileSync(this.#path) : Buffer.alloc(0);
    return Buffer.concat([file, ...this.#pending]);
  }

  /** Empties it when all of it was handed over: what never had to reach the flash does not. */
  empty(): void {
    if (this.#file !== undefined) ftruncateSync(this.#file, 0);
    else rmSync(this.#path, { force: true });
    this.#written = 0;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#first = this.#end;
    this.#isDirty = false;
  }

  close(): void {
    try {
      this.flush();
      if (this.#isDirty && this.#file !== undefined) fdatasyncSync(this.#file);
    } finally {
      if (this.#file !== undefined) closeSync(this.#file);
      this.#file = undefined;
    }
  }

  remove(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    rmSync(this.#path, { force: true });
  }

  #write(bytes: Buffer): void {
    this.#file ??= openSync(this.#path, "a", 0o600);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    } catch (error) {
      ftruncateSync(this.#file, this.#written);
      throw error;
    }
    this.#written += bytes.length;
    this.#isDirty = true;
  }

  #recover(): void {
    const content = readFileSync(this.#path);
    let isFirst = true;
    for (const { number, to } of framesIn(content)) {
      if (isFirst) this.#first = number;
      isFirst = false;
      this.#end = Math.max(this.#end, number + 1);
      this.#written = to;
    }
    if (this.#written < content.length) truncateSync(this.#path, this.#written);
  }
}
