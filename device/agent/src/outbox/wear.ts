const DAY_MS = 86_400_000;

/** How gently the disk is written: everything at once, low events gathered first, or all of them. */
export type Gentleness = "direct" | "gatherLow" | "gatherAll";

/** Watches what is written to a flash in a day, so that an agent that is offline for long does not wear it out. */
export class Wear {
  readonly #now: () => number;
  #since: number;
  #spent = 0;
  /** Bytes that may be written in a day. */
  bytesPerDay: number;

  /** `now` must not jump: milliseconds of a monotonic clock. */
  constructor(bytesPerDay: number, now: () => number) {
    this.bytesPerDay = bytesPerDay;
    this.#now = now;
    this.#since = now();
  }

  get spent(): number {
    return this.#spent;
  }

  spend(bytes: number): Gentleness {
    const now = this.#now();
    if (now - this.#since >= DAY_MS) {
      this.#since = now;
      this.#spent = 0;
    }
    this.#spent += bytes;
    if (this.#spent >= this.bytesPerDay) return "gatherAll";
    return this.#spent >= this.bytesPerDay / 2 ? "gatherLow" : "direct";
  }
}
