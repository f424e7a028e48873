import { mkdirSync } from "node:fs";
import type { Closable } from "@picket/kit";
import { open } from "lmdb";

/** One change of a write: a value set, or a key removed. */
export type Change =
  | { readonly key: string; readonly value: Uint8Array }
  | { readonly key: string; readonly remove: true };

/** Small state by key, kept on disk: identities, twins, accounts. */
export interface KeyValueStore extends Closable {
  get(key: string): Uint8Array | undefined;
  /** Entries whose key starts with `prefix`, in order of key, after `after` if given. */
  range(options: { readonly prefix: string; readonly after?: string; readonly limit: number }): readonly {
    readonly key: string;
    readonly value: Uint8Array;
  }[];
  /** All changes or none; resolves when they are on disk. */
  write(changes: readonly Change[]): Promise<void>;
}

/** The embedded key-value store: one LMDB file. Several threads of a process may open it. */
export function openKeyValueStore({ directory }: { readonly directory: string }): KeyValueStore {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const db = open<Buffer, string>({
    path: `${directory}/state.mdb`,
    encoding: "binary",
    overlappingSync: false,
  });
  return {
    get: (key) => copy(db.get(key)),
    range: ({ prefix, after, limit }) => {
      const start = after === undefined || after < prefix ? prefix : after;
      const found = [];
      for (const { key, value } of db.getRange({ start, end: `${prefix}\uffff` })) {
        if (key === after || !key.startsWith(prefix)) continue;
        found.push({ key, value: Uint8Array.from(value) });
        if (found.length >= limit) break;
      }
      return found;
    },
    write: async (changes) => {
      await db.transaction(() => {
        for (const change of changes) {
          if ("remove" in change) db.remove(change.key);
          else db.put(change.key, Buffer.from(change.value));
        }
      });
    },
    close: () => db.close(),
  };
}

const copy = (value: Buffer | undefined): Uint8Array | undefined =>
  value === undefined ? undefined : Uint8Array.from(value);
