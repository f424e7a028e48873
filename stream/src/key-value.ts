import { mkdirSync } from "node:fs";
import type { Closable } from "@picket/kit";
import { type Database, open } from "lmdb";
import { streamErrors } from "./errors.js";

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
  /** All changes or none, in their order; resolves when they are on disk. */
  write(changes: readonly Change[]): Promise<void>;
}

const LONGEST_KEY = 1_900;

/** The embedded key-value store: one LMDB file. Several threads of a process may open it. */
export function openKeyValueStore({ directory }: { readonly directory: string }): KeyValueStore {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const db = open<Buffer, Buffer>({
    path: `${directory}/state.mdb`,
    encoding: "binary",
    keyEncoding: "binary",
    overlappingSync: false,
    // With it, a commit that fails also fails a promise that nobody can listen to, which ends the process.
    eventTurnBatching: false,
  });
  return {
    get: (key) => copy(db.get(stored(key))),
    range: (options) => range(db, options),
    write: async (changes) => {
      const prepared = changes.map((change) => ({ change, key: stored(change.key) }));
      try {
        await db.transaction(() => {
          for (const { change, key } of prepared) {
            if ("remove" in change) db.removeSync(key);
            else db.putSync(key, Buffer.from(change.value));
          }
        });
      } catch (error) {
        const cause = await causeOf(error);
        throw streamErrors.stateUnwritable({ directory, cause }, { cause: error });
      }
    },
    close: () => db.close(),
  };
}

function range(
  db: Database<Buffer, Buffer>,
  { prefix, after, limit }: Parameters<KeyValueStore["range"]>[0],
): { key: string; value: Uint8Array }[] {
  const found: { key: string; value: Uint8Array }[] = [];
  const from = after === undefined || after < prefix ? prefix : after;
  const start = Buffer.from(from);
  for (const { key: bytes, value } of db.getRange(start.byteLength === 0 ? {} : { start })) {
    const key = bytes.toString();
    if (found.length >= limit || !key.startsWith(prefix)) break;
    if (key !== after) found.push({ key, value: new Uint8Array(value) });
  }
  return found;
}

/** Keys are kept as their UTF-8 bytes, so that order and prefixes are those of the text. */
function stored(key: string): Buffer {
  const bytes = Buffer.from(key);
  if (bytes.byteLength === 0 || bytes.byteLength > LONGEST_KEY || bytes.includes(0))
    throw streamErrors.keyUnusable({ bytes: bytes.byteLength });
  return bytes;
}

/** LMDB hides why a commit failed in a promise of its own. */
async function causeOf(error: unknown): Promise<string> {
  if (!(error instanceof Error)) return String(error);
  if (!("commitError" in error)) return error.message;
  const [inner] = await Promise.allSettled([error.commitError]);
  return inner?.status === "rejected" ? String(inner.reason) : error.message;
}

const copy = (value: Buffer | undefined): Uint8Array | undefined =>
  value === undefined ? undefined : new Uint8Array(value);
