import type { Recorder } from "@picket/kit";
import { listSegments, SegmentFile } from "./segments.js";
import { batchesLost } from "./signals.js";
import type { Entry } from "./stream.js";
import type { Watermark } from "./watermark.js";

const SMALLEST_PIECE = 64 * 1024;

/** Reads batches in order. It remembers where the last read ended, so that going on costs no search. */
export class SegmentReader {
  readonly #directory: string;
  readonly #recorder: Recorder;
  readonly #reached: () => Watermark;
  #segments: readonly number[];
  #file: SegmentFile | undefined;
  /** Place of the batch after the last one read. */
  #next = { position: 0, segment: 0, offset: 0 };

  constructor(directory: string, recorder: Recorder, reached: () => Watermark) {
    this.#directory = directory;
    this.#recorder = recorder;
    this.#reached = reached;
    this.#segments = listSegments(directory);
  }

  read(after: number, maxBytes: number): readonly Entry[] {
    const reached = this.#reached();
    if (after >= reached.last) return [];
    if (this.#segments.at(-1) !== reached.segment) this.#segments = listSegments(this.#directory);
    const entries: Entry[] = [];
    let bytes = 0;
    for (const frame of this.#from(after + 1, reached, maxBytes)) {
      if (entries.length > 0 && bytes + frame.bytes.byteLength > maxBytes) break;
      bytes += frame.bytes.byteLength;
      this.#tellGap((entries.at(-1)?.position ?? Math.max(after, this.#oldest() - 1)) + 1, frame.position);
      entries.push({ position: frame.position, bytes: frame.bytes });
      this.#next = { position: frame.position + 1, segment: frame.segment, offset: frame.endsAt };
    }
    return entries;
  }

  first(): number {
    this.#segments = listSegments(this.#directory);
    return this.#oldest();
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #oldest(): number {
    return this.#segments[0] ?? 1;
  }

  *#from(position: number, reached: Watermark, maxBytes: number) {
    const holding = this.#segments.findLastIndex((first) => first <= position);
    for (let index = Math.max(0, holding); index < this.#segments.length; index += 1) {
      const segment = this.#segments[index]!;
      const file = this.#open(segment);
      if (!file) continue;
      const isKnown = this.#next.position === position && this.#next.segment === segment;
      const to = segment === reached.segment ? reached.end : file.size();
      const end = Math.min(this.#segments[index + 1] ?? Number.POSITIVE_INFINITY, reached.last + 1);
      const piece = Math.max(SMALLEST_PIECE, Math.min(maxBytes, to));
      for (const frame of file.frames(isKnown ? this.#next.offset : 0, to, piece)) {
        if (frame.position >= end) break;
        if (frame.position >= position) yield { ...frame, segment };
      }
      if (segment >= reached.segment) return;
    }
  }

  /** A segment that was trimmed meanwhile is gone. */
  #open(first: number): SegmentFile | undefined {
    if (this.#file?.first === first) return this.#file;
    this.close();
    try {
      this.#file = new SegmentFile(this.#directory, first);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    }
    return this.#file;
  }

  #tellGap(expected: number, found: number): void {
    if (found > expected)
      batchesLost(this.#recorder, {}, found - expected, { from: expected, to: found - 1 });
  }
}
