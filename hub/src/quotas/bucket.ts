import type { Rate } from "./tiers.js";

/** A token bucket that may go into debt; the debt says how long to wait. */
export class Bucket {
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #at: number;

  constructor({ perSecond, burst = perSecond * 10 }: Rate, now: number) {
    this.#perMs = perSecond / 1_000;
    this.#burst = Math.max(burst, 1);
    this.#tokens = this.#burst;
    this.#at = now;
  }

  /** Takes so many tokens; answers after how many milliseconds they will have come in. */
  take(cost: number, now: number): number {
    this.#fill(now);
    this.#tokens -= cost;
    return this.#tokens >= 0 ? 0 : Math.ceil(-this.#tokens / this.#perMs);
  }

  /** Gives back what was taken for something that was refused. */
  refund(cost: number): void {
    this.#tokens = Math.min(this.#tokens + cost, this.#burst);
  }

  /** True when nothing would be remembered that a new bucket does not say. */
  isFull(now: number): boolean {
    this.#fill(now);
    return this.#tokens >= this.#burst;
  }

  #fill(now: number): void {
    if (now > this.#at) this.#tokens = Math.min(this.#tokens + (now - this.#at) * this.#perMs, this.#burst);
    this.#at = now;
  }
}
