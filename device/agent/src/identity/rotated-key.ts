import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ConnectionString, openSealedKey } from "@picket/sdk";

/** What is kept of a rotation: the key in use, the seal it came in, and which given key it stands for. */
interface Kept {
  readonly key: string;
  readonly seal: string;
  readonly given: string;
}

/** The key that the twin gave instead of the one from the connection string. A new connection string ends it. */
export class RotatedKey {
  readonly #file: string;
  readonly #given: ConnectionString;
  #kept: Kept | undefined;
  #refused = "";

  constructor(folder: string, given: ConnectionString) {
    this.#file = join(folder, "key.json");
    this.#given = given;
    const kept = readKept(this.#file);
    if (kept?.given === digest(given.sharedAccessKey)) this.#kept = kept;
  }

  /** The connection with the key that holds now. */
  get connection(): ConnectionString {
    return this.#kept ? { ...this.#given, sharedAccessKey: this.#kept.key } : this.#given;
  }

  /** Which seal is in use, by its fingerprint; empty when the given key is. */
  get fingerprint(): string {
    return this.#kept?.seal ?? "";
  }

  /** Whether a seal is neither in use nor known to be unfit. */
  isNew(sealed: string): boolean {
    return sealed !== "" && digest(sealed) !== this.#kept?.seal && digest(sealed) !== this.#refused;
  }

  /** Opens a seal, tries the key, and keeps it when it serves; throws when it does not. */
  async change(sealed: string, use: (key: string) => Promise<void>): Promise<void> {
    try {
      const key = openSealedKey(this.#given, this.connection.sharedAccessKey, sealed);
      await use(key);
      this.#keep({ key, seal: digest(sealed), given: digest(this.#given.sharedAccessKey) });
    } catch (error) {
      this.#refused = digest(sealed);
      throw error;
    }
  }

  #keep(kept: Kept): void {
    this.#kept = kept;
    writeFileSync(`${this.#file}.new`, JSON.stringify(kept), { mode: 0o600, flush: true });
    renameSync(`${this.#file}.new`, this.#file);
  }
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

function readKept(file: string): Kept | undefined {
  try {
    const { key, seal, given } = JSON.parse(readFileSync(file, "utf8"));
    const isGood = [key, seal, given].every((each) => typeof each === "string");
    return isGood ? { key, seal, given } : undefined;
  } catch {
    return undefined;
  }
}
