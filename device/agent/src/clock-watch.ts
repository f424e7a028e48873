const TOLERANCE_MS = 2_000;

/** Tells when the wall clock moved by itself, as it does when a device without a battery learns the time. */
export class ClockWatch {
  readonly #wall: () => number;
  readonly #steady: () => number;
  #offset: number;

  constructor(wall: () => number = Date.now, steady: () => number = () => performance.now()) {
    this.#wall = wall;
    this.#steady = steady;
    this.#offset = wall() - steady();
  }

  /** Milliseconds it jumped since the last look; 0 when it did not. */
  look(): number {
    const offset = this.#wall() - this.#steady();
    const jump = offset - this.#offset;
    this.#offset = offset;
    return Math.abs(jump) > TOLERANCE_MS ? Math.round(jump) : 0;
  }
}
