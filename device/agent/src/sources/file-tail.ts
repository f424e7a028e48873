import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const CHUNK = 65_536;
const AT_ONCE = 16 * CHUNK;

/** Follows a file from its present end, through rotation. */
export class FileTail {
  readonly path: string;
  #inode = 0;
  #offset: number | undefined;
  #skipped = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** Bytes that were left out because too much was written at once. */
  get skipped(): number {
    return this.#skipped;
  }

  /** Bytes that were written since the last call; a megabyte at most, the newest. */
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
    let at = this.#offset ?? size;
    if (size - at > AT_ONCE) {
      this.#skipped += size - at - AT_ONCE;
      at = size - AT_ONCE;
    }
    if (size === at) return Buffer.alloc(0);
    const bytes = Buffer.alloc(size - at);
    const read = readSync(file, bytes, 0, bytes.length, at);
    this.#offset = at + read;
    return bytes.subarray(0, read);
  }
}

/** The same, by lines; a line that is not ended yet waits. */
export class LineTail {
  readonly #tail: FileTail;
  #rest = "";

  constructor(path: string) {
    this.#tail = new FileTail(path);
  }

  read(): string[] {
    const lines = (this.#rest + this.#tail.read().toString("utf8")).split("\n");
    this.#rest = (lines.pop() ?? "").slice(-CHUNK);
    return lines;
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
