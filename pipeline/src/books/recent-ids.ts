/** Remembers which events were taken, as 52-bit hashes; the oldest are forgotten first. */
export class RecentIds {
  #young = new Set<number>();
  #old = new Set<number>();
  readonly #capacity: number;

  /** At least `capacity / 2` ids are remembered. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** True when the id is new; it is remembered either way. */
  isNew(deviceId: string, eventId: string): boolean {
    const hash = hashOf(deviceId, eventId);
    if (this.#young.has(hash) || this.#old.has(hash)) return false;
    this.#young.add(hash);
    if (this.#young.size >= this.#capacity / 2) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    return true;
  }

  save(): Float64Array<ArrayBuffer> {
    return Float64Array.from([...this.#old, ...this.#young]);
  }

  restore(saved: Float64Array): void {
    this.#young = new Set(saved);
  }
}

/** Two multiplicative hashes of 26 bits side by side: exact in a double, no allocation. */
function hashOf(deviceId: string, eventId: string): number {
  let high = 0x811c9dc5;
  let low = 0x9747b28c;
  for (let at = 0; at < deviceId.length; at += 1) {
    high = Math.imul(high ^ deviceId.charCodeAt(at), 0x01000193);
    low = Math.imul(low ^ deviceId.charCodeAt(at), 0x5bd1e995);
  }
  for (let at = 0; at < eventId.length; at += 1) {
    high = Math.imul(high ^ eventId.charCodeAt(at), 0x01000193);
    low = Math.imul(low ^ eventId.charCodeAt(at), 0x5bd1e995) ^ (low >>> 15);
  }
  return (high >>> 6) * 0x4000000 + (low >>> 6);
}
