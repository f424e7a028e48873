import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { frame, framesIn } from "./frame.js";
import { OpenSegment, PackedSegment, type Segment } from "./segment.js";

const MOST_SEGMENT_BYTES = 262_144;
const LEAST_SEGMENT_BYTES = 4_096;

/** Texts from the head, how many were damaged on the way, and the number that forgets them. */
export interface Head {
  readonly texts: readonly string[];
  readonly damaged: number;
  readonly mark: number;
}

/**
 * Numbered texts in append-only files until they are handed over, and a file that says how far they were. What was appended
 * survives a kill at any moment, what was synced also a power cut.
 */
export class Segments {
  readonly #directory: string;
  readonly #packed: PackedSegment[] = [];
  #open: OpenSegment;
  /** Number of the first text that still waits. */
  #head: number;
  #isHeadKept = true;
  #segmentBytes = MOST_SEGMENT_BYTES;
  #packedBytes = 0;
  #spent = 0;
  /** The head's segment as it was read last: a queue is read message by message. */
  #read: { name: number; first: number; end: number; content: Buffer; offset: number } | undefined;
  /** Whether texts are gathered in memory, so that only compressed ones reach the flash. */
  gathers = false;

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const files = readdirSync(directory);
    for (const file of files.filter((name) => name.endsWith(".new"))) rmSync(join(directory, file));
    for (const file of files) {
      const packed = PackedSegment.named(directory, file);
      if (packed) this.#add(packed);
    }
    this.#packed.sort((a, b) => a.name - b.name);
    const head = this.#readHead();
    this.#head = head ?? 0;
    this.#open = this.#recover(files);
    // A segment that is missing since counts as damaged, unless nobody knows how far the queue was.
    if (head === undefined) this.#head = this.#segments()[0]?.first ?? 0;
    this.#forgetBefore(this.#head);
  }

  /** A segment is the least that is dropped at once, so a small outbox has small ones. */
  set segmentBytes(bytes: number) {
    this.#segmentBytes = Math.min(Math.max(bytes, LEAST_SEGMENT_BYTES), MOST_SEGMENT_BYTES);
  }

  get isEmpty(): boolean {
    return this.waiting === 0;
  }

  /** Texts that wait, those included that will turn out to be damaged. */
  get waiting(): number {
    return this.#open.end - this.#head;
  }

  /** Bytes that they take. */
  get bytes(): number {
    return this.#packedBytes + this.#open.bytes;
  }

  /** Bytes written to the disk since the last call. */
  takeSpent(): number {
    const spent = this.#spent;
    this.#spent = 0;
    return spent;
  }

  /** Throws when the disk does not take them; none of them is kept then. */
  append(texts: readonly string[]): void {
    if (texts.length === 0) return;
    const frames = Buffer.concat(texts.map((text, index) => frame(text, this.#open.end + index)));
    if (this.#open.bytes > 0 && this.#open.bytes + frames.length > this.#segmentBytes) this.#roll();
    this.#open.append(frames, texts.length, this.gathers);
    if (!this.gathers) this.#spent += frames.length;
  }

  /** Brings what was appended to the disk. */
  sync(failed: (error: Error) => void): void {
    try {
      if (this.#open.pendingBytes > LEAST_SEGMENT_BYTES && this.gathers) this.#roll();
      this.#keepHead();
    } catch (error) {
      failed(error instanceof Error ? error : new Error(String(error)));
    }
    this.#open.sync(failed);
  }

  /** The oldest texts, at most so many bytes of them, but one at least. */
  peek(mostBytes: number): Head {
    const texts: string[] = [];
    let taken = 0;
    let damaged = 0;
    let next = this.#head;
    for (const segment of this.#segments()) {
      if (segment.end <= next) continue;
      damaged += Math.max(segment.first - next, 0);
      next = Math.max(segment.first, next);
      for (const { number, text, from, to } of this.#framesOf(segment, next)) {
        if (number < next) continue;
        if (taken + to - from > mostBytes && texts.length > 0)
          return { texts, damaged: damaged + number - next, mark: number };
        damaged += number - next;
        next = number + 1;
        taken += to - from;
        texts.push(text());
      }
      // What the segment had by its name and what was found in it are the two ends of a loss.
      damaged += segment.end - next;
      next = segment.end;
    }
    return { texts, damaged, mark: next };
  }

  /** Forgets everything up to a mark: it was acknowledged. A mark that was overtaken by drops changes nothing. */
  forget(mark: number): void {
    if (mark <= this.#head) return;
    this.#head = mark;
    this.#isHeadKept = false;
    this.#forgetBefore(mark);
  }

  /** Drops the oldest segment and answers how many texts went with it. */
  dropOldest(): number {
    const oldest = this.#segments()[0];
    if (!oldest || this.isEmpty) return 0;
    const dropped = oldest.end - Math.max(this.#head, oldest.first);
    this.forget(oldest.end);
    return dropped;
  }

  /** Number of the next text that is appended. */
  get end(): number {
    return this.#open.end;
  }

  /** Drops what has a lower number and answers how many those were. */
  dropBefore(number: number): number {
    const dropped = Math.max(Math.min(number, this.#open.end) - this.#head, 0);
    this.forget(this.#head + dropped);
    return dropped;
  }

  close(): void {
    try {
      this.#keepHead();
    } finally {
      this.#open.close();
    }
  }

  #segments(): readonly Segment[] {
    return [...this.#packed, this.#open];
  }

  *#framesOf(segment: Segment, next: number) {
    const { name, first, end } = segment;
    const known = this.#read;
    const isKnown = known?.name === name && known.end === end && known.first === first;
    const content = isKnown ? known.content : segment.content();
    let offset = isKnown && next > first ? known.offset : 0;
    const kept = { name, first, end, content, offset };
    this.#read = kept;
    for (const each of framesIn(content, offset)) {
      // Forgotten frames are stepped over once.
      if (each.number < this.#head) kept.offset = each.to;
      offset = each.to;
      yield each;
    }
  }

  #forgetBefore(mark: number): void {
    for (let oldest = this.#packed[0]; oldest && oldest.end <= mark; oldest = this.#packed[0]) {
      this.#packed.shift();
      this.#packedBytes -= oldest.bytes;
      oldest.remove();
    }
    if (this.#packed.length > 0 || this.#open.end > mark) return;
    this.#read = undefined;
    if (this.#open.bytes > 0) this.#open.empty();
  }

  /** Full segments are compressed at once: they wait longest. */
  #roll(): void {
    const full = this.#open;
    const packed = PackedSegment.write(this.#directory, [full.name, full.first, full.end], full.content());
    this.#spent += packed.bytes;
    this.#add(packed);
    full.remove();
    this.#read = undefined;
    this.#open = new OpenSegment(this.#directory, full.name + 1, full.end);
  }

  #add(packed: PackedSegment): void {
    this.#packed.push(packed);
    this.#packedBytes += packed.bytes;
  }

  #recover(files: readonly string[]): OpenSegment {
    const last = this.#packed.at(-1);
    const names = files.flatMap((file) => Number(/^(\d{1,15})\.seg$/.exec(file)?.[1] ?? Number.NaN) || []);
    // One that was packed already was about to be removed.
    for (const name of names.filter((each) => each <= (last?.name ?? 0)))
      rmSync(join(this.#directory, `${name}.seg`));
    const name = Math.max((last?.name ?? 0) + 1, ...names);
    return new OpenSegment(this.#directory, name, Math.max(last?.end ?? 0, this.#head));
  }

  #keepHead(): void {
    if (this.#isHeadKept) return;
    const file = join(this.#directory, "head");
    writeFileSync(`${file}.new`, String(this.#head), { mode: 0o600 });
    renameSync(`${file}.new`, file);
    this.#isHeadKept = true;
  }

  #readHead(): number | undefined {
    try {
      const text = readFileSync(join(this.#directory, "head"), "utf8");
      return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
    } catch {
      return undefined;
    }
  }
}
