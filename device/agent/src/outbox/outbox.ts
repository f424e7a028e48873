import {
  closeSync,
  existsSync,
  fdatasyncSync,
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
import { crc32 } from "node:zlib";

const SEGMENT_BYTES = 262_144;

/** A place in the outbox. */
export interface Mark {
  readonly segment: number;
  readonly offset: number;
}

/** Entries from the head, and the mark that forgets them. */
export interface Head {
  readonly texts: readonly string[];
  readonly mark: Mark;
}

/**
 * Keeps texts on disk until they are handed over: segment files of lines `crc32 text`, and a file that says how far
 * they were acknowledged. A torn tail is cut off; what was synced survives a kill at any moment.
 */
export class Outbox {
  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #dropped: (texts: number) => void;
  #segments: number[];
  #file: number;
  #size: number;
  #head: Mark;
  #isDirty = false;

  constructor(
    directory: string,
    options: { readonly maxBytes: number; readonly dropped: (texts: number) => void },
  ) {
    this.#directory = directory;
    this.#maxBytes = options.maxBytes;
    this.#dropped = options.dropped;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#segments = readdirSync(directory)
      .flatMap((name) => /^(\d+)\.seg$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
    this.#head = this.#readHead();
    const last = this.#segments.at(-1) ?? this.#head.segment;
    this.#size = this.#mend(last);
    this.#file = openSync(this.#path(last), "a", 0o600);
    if (this.#segments.length === 0) this.#segments = [last];
  }

  /** Whether everything was handed over. */
  get isEmpty(): boolean {
    return this.#head.segment === this.#segments.at(-1) && this.#head.offset >= this.#size;
  }

  get bytes(): number {
    return (
      this.#segments.reduce(
        (total, segment) => total + (statSync(this.#path(segment), { throwIfNoEntry: false })?.size ?? 0),
        0,
      ) - this.#head.offset
    );
  }

  append(texts: readonly string[]): void {
    if (texts.length === 0) return;
    const lines = texts.map((text) => `${crc32(text).toString(16).padStart(8, "0")} ${text}\n`).join("");
    if (this.#size > 0 && this.#size + lines.length > SEGMENT_BYTES) this.#nextSegment();
    this.#size += writeSync(this.#file, lines);
    this.#isDirty = true;
    this.#shrink();
  }

  /** Brings what was appended to the disk. */
  sync(): void {
    if (this.#isDirty) fdatasyncSync(this.#file);
    this.#isDirty = false;
  }

  /** The oldest texts, at most so many bytes of them. */
  peek(maxBytes: number): Head {
    const texts: string[] = [];
    let { segment, offset } = this.#head;
    let taken = 0;
    for (;;) {
      const content = existsSync(this.#path(segment)) ? readFileSync(this.#path(segment)) : Buffer.alloc(0);
      for (let end = content.indexOf(10, offset); end >= 0; end = content.indexOf(10, offset)) {
        const text = textOf(content.toString("utf8", offset, end));
        if (text !== undefined && taken + text.length > maxBytes && texts.length > 0)
          return { texts, mark: { segment, offset } };
        offset = end + 1;
        if (text === undefined) continue;
        taken += text.length;
        texts.push(text);
      }
      const next = this.#segments.find((each) => each > segment);
      if (next === undefined) return { texts, mark: { segment, offset } };
      segment = next;
      offset = 0;
    }
  }

  /** Forgets everything up to a mark: it was acknowledged. */
  forget(mark: Mark): void {
    this.#head = mark;
    const file = join(this.#directory, "head.json");
    writeFileSync(`${file}.new`, JSON.stringify(mark), { mode: 0o600 });
    renameSync(`${file}.new`, file);
    for (const segment of this.#segments.filter((each) => each < mark.segment))
      rmSync(this.#path(segment), { force: true });
    this.#segments = this.#segments.filter((each) => each >= mark.segment);
  }

  close(): void {
    this.sync();
    closeSync(this.#file);
  }

  #nextSegment(): void {
    this.sync();
    closeSync(this.#file);
    const next = (this.#segments.at(-1) ?? 0) + 1;
    this.#segments.push(next);
    this.#file = openSync(this.#path(next), "a", 0o600);
    this.#size = 0;
  }

  /** Over the cap the oldest segment goes, and how much went with it is told. */
  #shrink(): void {
    while (this.#segments.length > 1 && this.bytes > this.#maxBytes) {
      const oldest = this.#segments[0]!;
      const lines =
        readFileSync(this.#path(oldest), "utf8")
          .slice(oldest === this.#head.segment ? this.#head.offset : 0)
          .split("\n").length - 1;
      this.forget({ segment: this.#segments[1]!, offset: 0 });
      this.#dropped(lines);
    }
  }

  #readHead(): Mark {
    const first = this.#segments[0] ?? 1;
    try {
      const { segment, offset } = JSON.parse(readFileSync(join(this.#directory, "head.json"), "utf8"));
      if (Number.isInteger(segment) && Number.isInteger(offset) && segment >= first)
        return { segment, offset };
    } catch {}
    return { segment: first, offset: 0 };
  }

  /** Cuts off a line that was being written when the power went or the process was killed. */
  #mend(segment: number): number {
    const path = this.#path(segment);
    if (!existsSync(path)) return 0;
    const content = readFileSync(path);
    const whole = content.lastIndexOf(10) + 1;
    if (whole < content.length) truncateSync(path, whole);
    return whole;
  }

  #path(segment: number): string {
    return join(this.#directory, `${segment}.seg`);
  }
}

function textOf(line: string): string | undefined {
  const text = line.slice(9);
  return Number.parseInt(line.slice(0, 8), 16) === crc32(text) ? text : undefined;
}
