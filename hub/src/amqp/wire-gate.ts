import { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";

/** The largest frame that is taken; told to the other side when a connection opens. */
export const MAX_FRAME = 65_536;
const HEADER = Buffer.from("AMQP").readUInt32BE(0);
const HEADERS = 2;
const LINGER_MS = 1_000;

/**
 * Stands between a connection and the AMQP library, which trusts the sizes it is told: whole frames of bounded size pass,
 * anything else ends the connection. What is written in one turn of the event loop goes out together.
 */
export class WireGate extends EventEmitter<{ data: [Buffer]; end: []; error: [Error]; broken: [string] }> {
  readonly #stream: Duplex;
  readonly #id: string;
  #waiting: Buffer[] = [];
  #have = 0;
  #need = 8;
  #headers = 0;
  #isCorked = false;
  #isBroken = false;

  constructor(stream: Duplex, id: string) {
    super();
    this.#stream = stream;
    this.#id = id;
    stream.on("data", (chunk: Buffer) => this.#take(chunk));
    stream.on("error", () => stream.destroy());
    stream.on("close", () => this.emit("end"));
    stream.on("end", () => stream.end());
  }

  /** Bytes that the other side has not fetched yet. */
  get unsent(): number {
    return this.#stream.writableLength;
  }

  /** The library names connections by it. */
  get_id_string(): string {
    return this.#id;
  }

  write(bytes: Buffer): boolean {
    if (this.#stream.destroyed || this.#stream.writableEnded) return false;
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#stream.cork();
      process.nextTick(() => this.#uncork());
    }
    return this.#stream.write(bytes);
  }

  end(): void {
    this.#uncork();
    this.#stream.end();
    setTimeout(() => this.#stream.destroy(), LINGER_MS).unref();
  }

  destroy(): void {
    this.#stream.destroy();
  }

  /** Reads no more until `resume`: who sends too much waits. */
  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    if (this.#stream.isPaused()) this.#stream.resume();
  }

  #uncork(): void {
    if (this.#isCorked) this.#stream.uncork();
    this.#isCorked = false;
  }

  #take(chunk: Buffer): void {
    if (this.#isBroken) return;
    this.#waiting.push(chunk);
    this.#have += chunk.length;
    if (this.#have < this.#need) return;
    const bytes = this.#waiting.length === 1 ? chunk : Buffer.concat(this.#waiting, this.#have);
    const end = this.#wholeUnits(bytes);
    this.#waiting = end < bytes.length ? [bytes.subarray(end)] : [];
    this.#have = bytes.length - end;
    if (end > 0) this.emit("data", bytes.subarray(0, end));
  }

  /** Where the last whole frame or protocol header ends. */
  #wholeUnits(bytes: Buffer): number {
    for (let at = 0; ; ) {
      const left = bytes.length - at;
      this.#need = 8;
      if (left < 8) return at;
      const size = bytes.readUInt32BE(at);
      const isHeader = size === HEADER;
      const unit = isHeader ? 8 : size;
      if (isHeader ? this.#headers >= HEADERS : unit < 8 || unit > MAX_FRAME || this.#headers === 0)
        return this.#refuse(isHeader ? "a third protocol header" : `a frame of ${size} bytes`, at);
      this.#need = unit;
      if (left < unit) return at;
      if (isHeader) this.#headers += 1;
      at += unit;
    }
  }

  #refuse(what: string, at: number): number {
    this.#isBroken = true;
    this.emit("broken", what);
    return at;
  }
}
