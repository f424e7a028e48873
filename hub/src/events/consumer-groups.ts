import { hubErrors } from "../errors.js";
import type { KeyValueStore } from "../slots.js";

const PREFIX = "events/group/";
const DEFAULT = "$Default";
const MOST = 20;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$/;

/** The consumer groups of the Event Hub-compatible endpoint; `$Default` is always there. */
export class ConsumerGroups {
  readonly #store: KeyValueStore;

  constructor(store: KeyValueStore) {
    this.#store = store;
  }

  list(): string[] {
    const kept = this.#store.range({ prefix: PREFIX, limit: MOST });
    return [DEFAULT, ...kept.map(({ value }) => Buffer.from(value).toString())];
  }

  has(name: string): boolean {
    return name.toLowerCase() === DEFAULT.toLowerCase() || this.#store.get(keyOf(name)) !== undefined;
  }

  /** Adds a group; one that is there already stays. */
  async add(name: string): Promise<void> {
    if (!NAME.test(name))
      throw hubErrors.argumentInvalid({
        what: "The consumer group",
        why: "its name needs 1 to 50 letters, digits or . _ - and begins with a letter or digit",
      });
    if (this.has(name)) return;
    if (this.list().length >= MOST)
      throw hubErrors.argumentInvalid({ what: "The consumer group", why: `there are at most ${MOST}` });
    await this.#store.write([{ key: keyOf(name), value: Buffer.from(name) }]);
  }

  async remove(name: string): Promise<void> {
    await this.#store.write([{ key: keyOf(name), remove: true }]);
  }
}

const keyOf = (name: string): string => PREFIX + name.toLowerCase();
