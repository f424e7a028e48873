import type { KeyValueStore } from "./slots.js";

type Changes = Parameters<KeyValueStore["write"]>[0];
type Entry = ReturnType<KeyValueStore["range"]>[number];

/**
 * A store in which what was written is read at once, before it is on disk: a change that reads, computes and writes
 * without waiting in between never works on an old value.
 */
export class State implements KeyValueStore {
  readonly #store: KeyValueStore;
  /** What is being written; undefined for a key being removed. */
  readonly #pending = new Map<string, Uint8Array | undefined>();

  constructor(store: KeyValueStore) {
    this.#store = store;
  }

  get(key: string): Uint8Array | undefined {
    // Callers put texts of strangers into keys; the store refuses one with a zero byte.
    if (key.includes("\0")) return undefined;
    return this.#pending.has(key) ? this.#pending.get(key) : this.#store.get(key);
  }

  range(options: Parameters<KeyValueStore["range"]>[0]): readonly Entry[] {
    const { prefix, after = "", limit } = options;
    const mine = [...this.#pending.keys()].filter((key) => key.startsWith(prefix) && key > after);
    if (mine.length === 0) return this.#store.range(options);
    const stored = this.#store.range({ ...options, limit: limit + mine.length });
    const kept = stored.filter(({ key }) => !this.#pending.has(key));
    const last = stored.length < limit + mine.length ? undefined : stored.at(-1)?.key;
    for (const key of mine) {
      const value = this.#pending.get(key);
      if (value && (last === undefined || key <= last)) kept.push({ key, value });
    }
    return kept.sort((a, b) => (a.key < b.key ? -1 : 1)).slice(0, limit);
  }

  async write(changes: Changes): Promise<void> {
    const own = changes.map((change) => ("remove" in change ? undefined : change.value));
    for (const [index, { key }] of changes.entries()) this.#pending.set(key, own[index]);
    try {
      await this.#store.write(changes);
    } finally {
      for (const [index, { key }] of changes.entries())
        if (this.#pending.get(key) === own[index]) this.#pending.delete(key);
    }
  }

  /** A value kept as JSON. */
  json<T>(key: string): T | undefined {
    const bytes = this.get(key);
    return bytes && JSON.parse(Buffer.from(bytes).toString());
  }

  /** Values kept as JSON, in order of key. */
  jsons<T>(options: Parameters<KeyValueStore["range"]>[0]): T[] {
    return this.range(options).map(({ value }): T => JSON.parse(Buffer.from(value).toString()));
  }
}

/** A value as it is kept. */
export const asJson = (key: string, value: unknown): { key: string; value: Uint8Array } => ({
  key,
  value: Buffer.from(JSON.stringify(value)),
});
