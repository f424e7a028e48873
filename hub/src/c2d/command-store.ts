import type { KeyValueStore } from "../slots.js";
import type { Command, CommandHead } from "./command.js";
import type { Change } from "./feedback.js";

const HEADS = "c2d/queue/";
const BODIES = "c2d/body/";
const SEQUENCE = "c2d/sequence";

const name = (deviceId: string, sequence: number): string =>
  `${deviceId}|${sequence.toString(16).padStart(14, "0")}`;
const parsed = (value: Uint8Array): CommandHead => JSON.parse(Buffer.from(value).toString());

/** How commands lie in the store: heads apart from bodies, so that looking for old ones does not read what they carry. */
export class CommandStore {
  readonly #store: KeyValueStore;
  #sequence: number;

  constructor(store: KeyValueStore) {
    this.#store = store;
    this.#sequence = Number(Buffer.from(store.get(SEQUENCE) ?? []).toString() || 0);
  }

  /** The next command's number. */
  next(): number {
    this.#sequence += 1;
    return this.#sequence;
  }

  /** Commands of a device, oldest first. */
  heads(deviceId: string, limit: number): CommandHead[] {
    return this.#store.range({ prefix: `${HEADS}${deviceId}|`, limit }).map(({ value }) => parsed(value));
  }

  /** A page of the commands of all devices, with where the next page begins; the last page has none. */
  page(after: string, limit: number): { readonly heads: CommandHead[]; readonly after: string } {
    const entries = this.#store.range({ prefix: HEADS, after: after || HEADS, limit });
    return {
      heads: entries.map(({ value }) => parsed(value)),
      after: entries.length < limit ? "" : entries.at(-1)!.key,
    };
  }

  body({ deviceId, sequence }: CommandHead): Uint8Array {
    return this.#store.get(BODIES + name(deviceId, sequence)) ?? new Uint8Array();
  }

  add({ body, ...head }: Command): Promise<void> {
    return this.#store.write([
      { key: SEQUENCE, value: Buffer.from(String(this.#sequence)) },
      { key: BODIES + name(head.deviceId, head.sequence), value: body },
      ...this.changed(head),
    ]);
  }

  write(changes: readonly Change[]): Promise<void> {
    return this.#store.write(changes);
  }

  changed(head: CommandHead): Change[] {
    return [{ key: HEADS + name(head.deviceId, head.sequence), value: Buffer.from(JSON.stringify(head)) }];
  }

  removed({ deviceId, sequence }: CommandHead): Change[] {
    return [
      { key: HEADS + name(deviceId, sequence), remove: true },
      { key: BODIES + name(deviceId, sequence), remove: true },
    ];
  }
}
