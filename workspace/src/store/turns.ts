/** Lets so many pieces of work run at once; the others wait in order, a few of them. */
export class Turns {
  readonly #atOnce: number;
  readonly #mayWait: number;
  #running = 0;
  readonly #queue: (() => void)[] = [];

  constructor(atOnce: number, mayWait: number) {
    this.#atOnce = atOnce;
    this.#mayWait = mayWait;
  }

  /** How many run or wait. */
  get length(): number {
    return this.#running + this.#queue.length;
  }

  get isFull(): boolean {
    return this.#running >= this.#atOnce && this.#queue.length >= this.#mayWait;
  }

  /** Resolves true when it is one's turn, which must be ended; false when the signal came first. */
  begin(signal?: AbortSignal): Promise<boolean> {
    if (signal?.aborted) return Promise.resolve(false);
    if (this.#running < this.#atOnce) {
      this.#running += 1;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const leave = (): void => {
        this.#queue.splice(this.#queue.indexOf(enter), 1);
        resolve(false);
      };
      const enter = (): void => {
        signal?.removeEventListener("abort", leave);
        resolve(true);
      };
      this.#queue.push(enter);
      signal?.addEventListener("abort", leave, { once: true });
    });
  }

  /** Hands the turn to whoever waits longest. */
  end(): void {
    const next = this.#queue.shift();
    if (next) next();
    else this.#running -= 1;
  }
}
