/** What a round is told to. */
export interface RoundsOptions {
  readonly failed: (what: string, error: unknown) => void;
}

interface Round {
  readonly milliseconds: number;
  readonly run: () => Promise<void>;
  /** Whether it may be made rarer when the agent must do less. */
  readonly isPatient: boolean;
  timer: NodeJS.Timeout;
}

/** Work that comes round, each kind never twice at once; by a clock that does not jump. */
export class Rounds {
  readonly #failed: RoundsOptions["failed"];
  readonly #rounds: Round[] = [];
  readonly #soon = new Map<string, NodeJS.Timeout>();
  #isStopped = false;

  constructor({ failed }: RoundsOptions) {
    this.#failed = failed;
  }

  /** Does something now and then again and again. */
  every(milliseconds: number, work: () => Promise<void> | void, isPatient = false): void {
    const run = this.#alone("agent", work);
    this.#rounds.push({ milliseconds, run, isPatient, timer: setInterval(run, milliseconds) });
    void run();
  }

  /** Makes patient rounds so many times rarer. */
  slowDown(factor: number): void {
    if (this.#isStopped) return;
    for (const round of this.#rounds.filter(({ isPatient }) => isPatient)) {
      clearInterval(round.timer);
      round.timer = setInterval(round.run, round.milliseconds * factor);
    }
  }

  /** Does something once in a moment, however often it is asked for until then. */
  soon(name: string, milliseconds: number, work: () => Promise<void> | void): void {
    if (this.#soon.has(name) || this.#isStopped) return;
    const run = this.#alone(name, work);
    const timer = setTimeout(() => {
      this.#soon.delete(name);
      void run();
    }, milliseconds);
    this.#soon.set(name, timer);
  }

  stop(): void {
    this.#isStopped = true;
    for (const { timer } of this.#rounds) clearInterval(timer);
    for (const timer of this.#soon.values()) clearTimeout(timer);
    this.#soon.clear();
  }

  #alone(name: string, work: () => Promise<void> | void): () => Promise<void> {
    let isBusy = false;
    return async () => {
      if (isBusy) return;
      isBusy = true;
      try {
        await work();
      } catch (error) {
        this.#failed(name, error);
      } finally {
        isBusy = false;
      }
    };
  }
}
