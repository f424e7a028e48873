/** A window as it is kept in a snapshot: key, then times and hits in turn. */
export type SavedWindow = readonly [key: string, ...numbers: number[]];

const NONE = -1;
/** One window keeps so many marks; past that, new hits count at the time of the newest mark. */
const MARKS = 512;

/**
 * Counts hits within spans of event time, by key. Groups and marks live in columns of numbers, so that a live group
 * costs little memory and a hit no allocation. Bounded: the stalest key is forgotten first. Late hits count as long as
 * their time is within the span that ends at the newest.
 */
export class Windows {
  readonly #slots = new Map<string, number>();
  readonly #capacity: number;
  readonly #evicted: () => void;
  #keys: (string | undefined)[] = [];
  #groups = new Groups(1_024);
  #marks = new Marks(4_096);
  #stalest = NONE;
  #freshest = NONE;

  constructor(capacity: number, evicted: () => void) {
    this.#capacity = capacity;
    this.#evicted = evicted;
  }

  get size(): number {
    return this.#slots.size;
  }

  /** Bytes of the columns, keys not counted. */
  get bytes(): number {
    return this.#groups.bytes + this.#marks.bytes;
  }

  /** Adds hits at an instant and answers how many fall within the span that ends at the newest hit. */
  add(key: string, at: number, hits: number, span: number): number {
    const slot = this.#touch(key);
    this.#place(slot, at, hits, span);
    return this.#within(slot, this.#newest(slot), span);
  }

  /** How many hits fall within the span that ends at an instant, or at the newest hit if that is later. */
  count(key: string, at: number, span: number): number {
    const slot = this.#slots.get(key);
    return slot === undefined ? 0 : this.#within(slot, Math.max(at, this.#newest(slot)), span);
  }

  clear(key: string): void {
    const slot = this.#slots.get(key);
    if (slot !== undefined) this.#drop(slot);
  }

  /** Windows from the stalest to the freshest, so that restoring keeps the order of forgetting. */
  save(): SavedWindow[] {
    const saved: SavedWindow[] = [];
    for (let slot = this.#stalest; slot !== NONE; slot = this.#groups.fresher[slot]!) {
      const numbers: number[] = [];
      for (let mark = this.#groups.first[slot]!; mark !== NONE; mark = this.#marks.next[mark]!)
        numbers.push(this.#marks.at[mark]!, this.#marks.hits[mark]!);
      saved.push([this.#keys[slot]!, ...numbers]);
    }
    return saved;
  }

  restore(saved: readonly SavedWindow[]): void {
    for (const [key, ...numbers] of saved) {
      const slot = this.#touch(key);
      for (let index = 0; index + 1 < numbers.length; index += 2)
        this.#place(slot, numbers[index]!, numbers[index + 1]!, Number.POSITIVE_INFINITY);
    }
  }

  #touch(key: string): number {
    const present = this.#slots.get(key);
    if (present !== undefined) {
      if (present !== this.#freshest) {
        this.#unlink(present);
        this.#link(present);
      }
      return present;
    }
    if (this.#slots.size >= this.#capacity) {
      this.#drop(this.#stalest);
      this.#evicted();
    }
    const slot = this.#groups.take();
    this.#slots.set(key, slot);
    this.#keys[slot] = key;
    this.#link(slot);
    return slot;
  }

  #drop(slot: number): void {
    this.#slots.delete(this.#keys[slot]!);
    this.#keys[slot] = undefined;
    this.#unlink(slot);
    this.#marks.freeAll(this.#groups.first[slot]!);
    this.#groups.free(slot);
  }

  #link(slot: number): void {
    const { fresher, staler } = this.#groups;
    staler[slot] = this.#freshest;
    fresher[slot] = NONE;
    if (this.#freshest === NONE) this.#stalest = slot;
    else fresher[this.#freshest] = slot;
    this.#freshest = slot;
  }

  #unlink(slot: number): void {
    const { fresher, staler } = this.#groups;
    const before = staler[slot]!;
    const after = fresher[slot]!;
    if (before === NONE) this.#stalest = after;
    else fresher[before] = after;
    if (after === NONE) this.#freshest = before;
    else staler[after] = before;
  }

  #newest(slot: number): number {
    const last = this.#groups.last[slot]!;
    return last === NONE ? Number.NEGATIVE_INFINITY : this.#marks.at[last]!;
  }

  /** Puts a mark where its time belongs; nearly always that is the end. */
  #place(slot: number, at: number, hits: number, span: number): void {
    const groups = this.#groups;
    const marks = this.#marks;
    const last = groups.last[slot]!;
    if (last !== NONE) {
      if (at < marks.at[last]! - span) return;
      if (at === marks.at[last] || groups.count[slot]! >= MARKS) {
        marks.hits[last]! += hits;
        if (at > marks.at[last]!) marks.at[last] = at;
        groups.total[slot]! += hits;
        return;
      }
    }
    const mark = marks.take(at, hits);
    groups.count[slot]! += 1;
    groups.total[slot]! += hits;
    if (last === NONE) groups.first[slot] = mark;
    else if (at > marks.at[last]!) marks.next[last] = mark;
    else {
      this.#insert(slot, mark);
      return;
    }
    groups.last[slot] = mark;
  }

  #insert(slot: number, mark: number): void {
    const { next, at } = this.#marks;
    let before = NONE;
    let after = this.#groups.first[slot]!;
    while (at[after]! <= at[mark]!) {
      before = after;
      after = next[after]!;
    }
    next[mark] = after;
    if (before === NONE) this.#groups.first[slot] = mark;
    else next[before] = mark;
  }

  #within(slot: number, end: number, span: number): number {
    const { first, last, total, count } = this.#groups;
    const marks = this.#marks;
    for (let mark = first[slot]!; mark !== NONE && marks.at[mark]! < end - span; ) {
      const next = marks.next[mark]!;
      total[slot]! -= marks.hits[mark]!;
      count[slot]! -= 1;
      marks.free(mark);
      first[slot] = next;
      if (next === NONE) last[slot] = NONE;
      mark = next;
    }
    return total[slot]!;
  }
}

/** Columns of the groups; free slots are chained through `fresher`. */
class Groups {
  first: Int32Array;
  last: Int32Array;
  fresher: Int32Array;
  staler: Int32Array;
  count: Uint16Array;
  total: Float64Array;
  #used = 0;
  #freed = NONE;

  constructor(room: number) {
    this.first = new Int32Array(room);
    this.last = new Int32Array(room);
    this.fresher = new Int32Array(room);
    this.staler = new Int32Array(room);
    this.count = new Uint16Array(room);
    this.total = new Float64Array(room);
  }

  get bytes(): number {
    return this.first.length * (4 * 4 + 2 + 8);
  }

  take(): number {
    let slot = this.#freed;
    if (slot !== NONE) this.#freed = this.fresher[slot]!;
    else {
      slot = this.#used;
      this.#used += 1;
      if (slot >= this.first.length) this.#grow();
    }
    this.first[slot] = NONE;
    this.last[slot] = NONE;
    this.count[slot] = 0;
    this.total[slot] = 0;
    return slot;
  }

  free(slot: number): void {
    this.fresher[slot] = this.#freed;
    this.#freed = slot;
  }

  #grow(): void {
    const room = this.first.length * 2;
    this.first = larger(this.first, new Int32Array(room));
    this.last = larger(this.last, new Int32Array(room));
    this.fresher = larger(this.fresher, new Int32Array(room));
    this.staler = larger(this.staler, new Int32Array(room));
    this.count = larger(this.count, new Uint16Array(room));
    this.total = larger(this.total, new Float64Array(room));
  }
}

/** Columns of the marks, each the hits at one instant; free ones are chained through `next`. */
class Marks {
  at: Float64Array;
  hits: Float64Array;
  next: Int32Array;
  #used = 0;
  #freed = NONE;

  constructor(room: number) {
    this.at = new Float64Array(room);
    this.hits = new Float64Array(room);
    this.next = new Int32Array(room);
  }

  get bytes(): number {
    return this.at.length * (8 + 8 + 4);
  }

  take(at: number, hits: number): number {
    let mark = this.#freed;
    if (mark !== NONE) this.#freed = this.next[mark]!;
    else {
      mark = this.#used;
      this.#used += 1;
      if (mark >= this.at.length) this.#grow();
    }
    this.at[mark] = at;
    this.hits[mark] = hits;
    this.next[mark] = NONE;
    return mark;
  }

  free(mark: number): void {
    this.next[mark] = this.#freed;
    this.#freed = mark;
  }

  freeAll(first: number): void {
    for (let mark = first; mark !== NONE; ) {
      const next = this.next[mark]!;
      this.free(mark);
      mark = next;
    }
  }

  #grow(): void {
    const room = this.at.length * 2;
    this.at = larger(this.at, new Float64Array(room));
    this.hits = larger(this.hits, new Float64Array(room));
    this.next = larger(this.next, new Int32Array(room));
  }
}

function larger<T extends Int32Array | Uint16Array | Float64Array>(from: T, into: T): T {
  into.set(from);
  return into;
}
