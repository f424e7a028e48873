import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { PrintedEvent } from "./builders.js";
import { type EventQueue, type QueueBounds, type QueueStatus, USUAL_QUEUE_BYTES } from "./queue.js";

/** Where a queue on disk lies, and its bounds. */
export interface DiskQueueOptions extends QueueBounds {
  /** A folder of its own; made when it is not there. */
  readonly folder: string;
}

interface Segment {
  readonly number: number;
  events: number;
  bytes: number;
}

const SEGMENTS = 16;
const PLACE = "place.json";
const NAME = /^(\d{12})\.events$/;

/**
 * A queue on disk: what waits survives the end of the process and of the power. One process at a time uses it. What was sent
 * just before a crash may be sent again; receivers know it by its id.
 */
export function diskQueue(options: DiskQueueOptions): EventQueue {
  return new DiskQueue(options);
}

class DiskQueue implements EventQueue {
  readonly #folder: string;
  readonly #segmentBytes: number;
  readonly #maxBytes: number;
  readonly #segments: Segment[] = [];
  /** Events of the oldest segment that are gone already. */
  #gone = 0;
  #goneBytes = 0;
  #dropped = 0;
  #file: number | undefined;
  #oldestTexts: { readonly number: number; readonly texts: string[] } | undefined;

  constructor({ folder, maxBytes = USUAL_QUEUE_BYTES }: DiskQueueOptions) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#segmentBytes = Math.max(4_096, Math.floor(maxBytes / SEGMENTS));
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#recover();
  }

  add({ text, bytes }: PrintedEvent): void {
    const segment = this.#writable(bytes);
    this.#file ??= openSync(this.#path(segment.number), "a", 0o600);
    writeSync(this.#file, `${text}\n`);
    fsyncSync(this.#file);
    segment.events += 1;
    segment.bytes += bytes;
    if (this.#oldestTexts?.number === segment.number) this.#oldestTexts.texts.push(text);
    this.#makeRoom();
  }

  oldest(maxBytes: number): readonly PrintedEvent[] {
    const events: PrintedEvent[] = [];
    let sum = 0;
    for (const text of this.#texts().slice(this.#gone)) {
      const bytes = Buffer.byteLength(text);
      if (events.length > 0 && sum + bytes > maxBytes) break;
      sum += bytes;
      events.push({ text, bytes });
    }
    return events;
  }

  remove(count: number): void {
    const segment = this.#segments[0];
    if (!segment || count <= 0) return;
    for (const text of this.#texts().slice(this.#gone, this.#gone + count))
      this.#goneBytes += Buffer.byteLength(text);
    this.#gone += count;
    if (this.#gone >= segment.events) this.#forget();
    else this.#keepPlace(segment.number);
  }

  status(): QueueStatus {
    const sum = (of: "events" | "bytes"): number =>
      this.#segments.reduce((total, segment) => total + segment[of], 0);
    return {
      events: sum("events") - this.#gone,
      bytes: sum("bytes") - this.#goneBytes,
      dropped: this.#dropped,
    };
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #writable(bytes: number): Segment {
    const newest = this.#segments.at(-1);
    if (newest && newest.bytes + bytes <= this.#segmentBytes) return newest;
    this.close();
    const segment = { number: (newest?.number ?? 0) + 1, events: 0, bytes: 0 };
    this.#segments.push(segment);
    return segment;
  }

  /** Gives up the oldest segment when there is no more room. */
  #makeRoom(): void {
    while (this.status().bytes > this.#maxBytes && this.#segments.length > 1) {
      this.#dropped += this.#segments[0]!.events - this.#gone;
      this.#forget();
    }
  }

  #forget(): void {
    const segment = this.#segments.shift();
    if (!segment) return;
    if (this.#segments.length === 0) this.close();
    rmSync(this.#path(segment.number), { force: true });
    this.#gone = 0;
    this.#goneBytes = 0;
    this.#oldestTexts = undefined;
    this.#keepPlace(this.#segments[0]?.number ?? segment.number + 1);
  }

  #keepPlace(segment: number): void {
    const path = join(this.#folder, PLACE);
    writeFileSync(`${path}.new`, JSON.stringify({ segment, gone: this.#gone }), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }

  #texts(): string[] {
    const segment = this.#segments[0];
    if (!segment) return [];
    if (this.#oldestTexts?.number !== segment.number)
      this.#oldestTexts = { number: segment.number, texts: lines(this.#path(segment.number)) };
    return this.#oldestTexts.texts;
  }

  #path(number: number): string {
    return join(this.#folder, `${String(number).padStart(12, "0")}.events`);
  }

  /** Takes up what an earlier process left; a line that was cut short by a crash was never promised to anybody. */
  #recover(): void {
    const numbers = readdirSync(this.#folder)
      .flatMap((name) => NAME.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
    for (const number of numbers) {
      const texts = lines(this.#path(number));
      const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
      // What follows a torn line would be read as its end.
      truncateSync(this.#path(number), bytes + texts.length);
      this.#segments.push({ number, events: texts.length, bytes });
    }
    const path = join(this.#folder, PLACE);
    const place: unknown = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
    const first = this.#segments[0];
    if (!first || typeof place !== "object" || place === null) return;
    if (!("segment" in place) || place.segment !== first.number || !("gone" in place)) return;
    const gone = Math.min(Number(place.gone) || 0, first.events);
    this.#goneBytes = lines(this.#path(first.number))
      .slice(0, gone)
      .reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    this.#gone = gone;
    if (this.#gone >= first.events) this.#forget();
  }
}

/** The whole lines of a file. */
const lines = (path: string): string[] => readFileSync(path, "utf8").split("\n").slice(0, -1);
