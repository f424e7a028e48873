/** Hits of one rule, device and entity, with their times. */
interface Window {
  readonly times: number[];
  readonly hits: number[];
}

/** A window as it is kept in a snapshot: key, then times and hits in turn. */
export type SavedWindow = readonly [key: string, ...numbers: number[]];

/** Counts hits within spans of event time, by key. Bounded: the stalest key is forgotten first. */
export class Windows {
  readonly #windows = new Map<string, Window>();
  readonly #capacity: number;
  readonly #evicted: () => void;

  constructor(capacity: number, evicted: () => void) {
    this.#capacity = capacity;
    this.#evicted = evicted;
  }

  /** Adds hits at an instant and answers how many fall within the span that ends there. */
  add(key: string, at: number, hits: number, span: number): number {
    const window = this.#touch(key);
    window.times.push(at);
    window.hits.push(hits);
    return this.#within(window, at, span);
  }

  /** How many hits fall within the span that ends at an instant. */
  count(key: string, at: number, span: number): number {
    const window = this.#windows.get(key);
    return window ? this.#within(window, at, span) : 0;
  }

  clear(key: string): void {
    this.#windows.delete(key);
  }

  save(): SavedWindow[] {
    return [...this.#windows].map(([key, { times, hits }]) => [
      key,
      ...times.flatMap((at, index) => [at, hits[index]!]),
    ]);
  }

  restore(saved: readonly SavedWindow[]): void {
    for (const [key, ...numbers] of saved) {
      const times = numbers.filter((_, index) => index % 2 === 0);
      this.#windows.set(key, { times, hits: numbers.filter((_, index) => index % 2 === 1) });
    }
  }

  #touch(key: string): Window {
    const window = this.#windows.get(key) ?? { times: [], hits: [] };
    this.#windows.delete(key);
    this.#windows.set(key, window);
    if (this.#windows.size > this.#capacity) {
      this.#windows.delete(this.#windows.keys().next().value!);
      this.#evicted();
    }
    return window;
  }

  #within({ times, hits }: Window, at: number, span: number): number {
    while (times.length > 0 && times[0]! < at - span) {
      times.shift();
      hits.shift();
    }
    return hits.reduce((total, each) => total + each, 0);
  }
}
