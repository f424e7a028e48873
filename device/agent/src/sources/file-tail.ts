import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const CHUNK = 65_536;
const AT_ONCE = 16 * CHUNK;

/** Follows a file from its present end, through rotation. */
export class FileTail {
  readonly path: string;
  #inode = 0;
  #offset: number | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** Bytes that were written since the last call; a megabyte at most, what is beyond waits for the next. */
  read(): Buffer {
    let file: number;
    try {
      file = openSync(this.path, "r");
    } catch {
      this.#offset ??= 0;
      return Buffer.alloc(0);
    }
    try {
      const { ino, size } = fstatSync(file);
      if (this.#offset === undefined) this.#offset = size;
      else if ((this.#inode !== 0 && ino !== this.#inode) || size < this.#offset) this.#offset = 0;
      this.#inode = ino;
      return this.#from(file, size);
    } finally {
      closeSync(file);
    }
  }

  #from(file: number, size: number): Buffer {
    const at = this.#offset ?? size;
    if (size === at) return Buffer.alloc(0);
    const bytes = Buffer.alloc(Math.min(size - at, AT_ONCE));
    const read = readSync(file, bytes, 0, bytes.length, at);
    this.#offset = at + read;
    return bytes.subarray(0, read);
  }
}

/** The same, by lines; a line that is not ended yet waits. */
export class LineTail {
  readonly #tail: FileTail;
  #rest: Buffer = Buffer.alloc(0);

  constructor(path: string) {
    this.#tail = new FileTail(path);
  }

  read(): string[] {
    const bytes = Buffer.concat([this.#rest, this.#tail.read()]);
    const end = bytes.lastIndexOf(10) + 1;
    // A line without an end is forgotten from its start, so that it cannot fill the memory.
    this.#rest = Buffer.from(bytes.subarray(Math.max(end, bytes.length - CHUNK)));
    return end === 0 ? [] : bytes.toString("utf8", 0, end - 1).split("\n");
  }
}

/** The same, by records of one size. */
export class RecordTail {
  readonly #tail: FileTail;
  readonly #size: number;
  #rest: Buffer = Buffer.alloc(0);

  constructor(path: string, size: number) {
    this.#tail = new FileTail(path);
    this.#size = size;
  }

  read(): Buffer[] {
    const bytes = Buffer.concat([this.#rest, this.#tail.read()]);
    const whole = Math.floor(bytes.length / this.#size);
    this.#rest = Buffer.from(bytes.subarray(whole * this.#size));
    return Array.from({ length: whole }, (_, index) =>
      bytes.subarray(index * this.#size, (index + 1) * this.#size),
    );
  }
}
