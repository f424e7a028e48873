import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { frame, framesIn } from "./frame.js";

const MOST_SEGMENT_BYTES = 262_144;

/** A place in the segments. */
export interface Mark {
  readonly segment: number;
  readonly offset: number;
}

/** Texts from the head, how many were damaged on the way, and the mark that forgets them. */
export interface Head {
  readonly texts: readonly string[];
  readonly damaged: number;
  readonly mark: Mark;
}

interface Segment {
  readonly number: number;
  bytes: number;
  texts: number;
}

/**
 * Texts in append-only files until they are handed over, and a file that says how far they were. What was appended survives
 * a kill at any moment, what was synced also a power cut; a torn tail is cut off.
 */
export class Segments {
  readonly #directory: string;
  #segments: Segment[];
  #file: number;
  #head: Mark;
  #isDirty = false;
  #segmentBytes = MOST_SEGMENT_BYTES;

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#segments = readdirSync(directory)
      .flatMap((name) => /^(\d+)\.seg$/.exec(name)?.[1] ?? [])
      .map((number) => this.#read(Number(number)))
      .sort((a, b) => a.number - b.number);
    this.#head = this.#readHead();
    for (const { number } of this.#segments.filter((each) => each.number < this.#head.segment))
      rmSync(this.#path(number), { force: true });
    this.#segments = this.#segments.filter(({ number }) => number >= this.#head.segment);
    if (this.#segments.length === 0) this.#segments = [{ number: this.#head.segment, bytes: 0, texts: 0 }];
    this.#file = openSync(this.#path(this.#last.number), "a", 0o600);
  }

  /** A segment is the least that is dropped at once, so a small outbox has small ones. */
  set segmentBytes(bytes: number) {
    this.#segmentBytes = Math.min(Math.max(bytes, 4_096), MOST_SEGMENT_BYTES);
  }

  get isEmpty(): boolean {
    return this.#head.segment === this.#last.number && this.#head.offset >= this.#last.bytes;
  }

  /** Bytes that wait. */
  get bytes(): number {
    return this.#segments.reduce((total, { bytes }) => total + bytes, 0) - this.#head.offset;
  }

  /** Throws when the disk does not take it; nothing of it is kept then. */
  append(texts: readonly string[]): void {
    if (texts.length === 0) return;
    const bytes = Buffer.concat(texts.map(frame));
    if (this.#last.bytes > 0 && this.#last.bytes + bytes.length > this.#segmentBytes) this.#roll();
    const segment = this.#last;
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    } catch (error) {
      ftruncateSync(this.#file, segment.bytes);
      throw error;
    }
    segment.bytes += bytes.length;
    segment.texts += texts.length;
    this.#isDirty = true;
  }

  /** Brings what was appended to the disk, without waiting for it. */
  sync(failed: (error: Error) => void): void {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    fdatasync(this.#file, (error) => error && error.code !== "EBADF" && failed(error));
  }

  /** The oldest texts, at most so many bytes of them, but one at least. */
  peek(mostBytes: number): Head {
    const texts: string[] = [];
    let { segment, offset } = this.#head;
    let taken = 0;
    let damaged = 0;
    for (;;) {
      const bytes = this.#content(segment);
      for (const { text, from, to } of framesIn(bytes, offset)) {
        const size = to - from;
        if (taken + size > mostBytes && texts.length > 0)
          return { texts, damaged, mark: { segment, offset } };
        offset = to;
        if (text === undefined) damaged += 1;
        else {
          texts.push(text);
          taken += size;
        }
      }
      const whole = this.#segments.find(({ number }) => number === segment)?.bytes ?? offset;
      // A damaged length hides what follows it in the file.
      if (offset < whole) damaged += 1;
      offset = Math.max(offset, whole);
      const next = this.#segments.find(({ number }) => number > segment);
      if (next === undefined) return { texts, damaged, mark: { segment, offset } };
      segment = next.number;
      offset = 0;
    }
  }

  /** Forgets everything up to a mark: it was acknowledged. A mark that was overtaken by drops changes nothing. */
  forget(mark: Mark): void {
    const { segment, offset } = this.#head;
    if (mark.segment < segment || (mark.segment === segment && mark.offset < offset)) return;
    this.#head = mark;
    const file = join(this.#directory, "head.json");
    writeFileSync(`${file}.new`, JSON.stringify(mark), { mode: 0o600 });
    renameSync(`${file}.new`, file);
    for (const { number } of this.#segments.filter((each) => each.number < mark.segment))
      rmSync(this.#path(number), { force: true });
    this.#segments = this.#segments.filter(({ number }) => number >= mark.segment);
  }

  /** Drops the oldest segment and answers how many texts went with it. */
  dropOldest(): number {
    const [oldest] = this.#segments;
    if (!oldest || this.isEmpty) return 0;
    if (this.#segments.length === 1) this.#roll();
    const sent = [...framesIn(this.#content(oldest.number).subarray(0, this.#head.offset), 0)].length;
    this.forget({ segment: this.#segments[1]?.number ?? oldest.number, offset: 0 });
    return oldest.texts - sent;
  }

  close(): void {
    try {
      if (this.#isDirty) fdatasyncSync(this.#file);
    } finally {
      closeSync(this.#file);
    }
  }

  get #last(): Segment {
    return this.#segments.at(-1)!;
  }

  #roll(): void {
    fdatasyncSync(this.#file);
    closeSync(this.#file);
    const number = this.#last.number + 1;
    this.#file = openSync(this.#path(number), "a", 0o600);
    this.#segments.push({ number, bytes: 0, texts: 0 });
    this.#isDirty = false;
  }

  /** Cuts off a text that was being written when the process was killed. */
  #read(number: number): Segment {
    const content = this.#content(number);
    let whole = 0;
    let texts = 0;
    for (const { to } of framesIn(content, 0)) {
      whole = to;
      texts += 1;
    }
    if (whole < content.length) truncateSync(this.#path(number), whole);
    return { number, bytes: whole, texts };
  }

  #readHead(): Mark {
    const first = { segment: this.#segments[0]?.number ?? 1, offset: 0 };
    try {
      const { segment, offset } = JSON.parse(readFileSync(join(this.#directory, "head.json"), "utf8"));
      if (!Number.isInteger(segment) || !Number.isInteger(offset) || segment < first.segment) return first;
      const bytes = statSync(this.#path(segment), { throwIfNoEntry: false })?.size ?? 0;
      return { segment, offset: Math.min(offset, bytes) };
    } catch {
      return first;
    }
  }

  #content(number: number): Buffer {
    const path = this.#path(number);
    return existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  }

  #path(number: number): string {
    return join(this.#directory, `${number}.seg`);
  }
}
