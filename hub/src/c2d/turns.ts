/** Lets one piece of work at a time touch a name, in the order asked. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name);
    const mine = before ? before.then(work, work) : work();
    this.#last.set(name, mine);
    const done = (): void => {
      if (this.#last.get(name) === mine) this.#last.delete(name);
    };
    mine.then(done, done);
    return mine;
  }
}
