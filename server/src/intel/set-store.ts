import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { Indicator, IndicatorSets } from "@picket/pipeline";

/** A set that was written. */
export interface Written {
  readonly hash: string;
  readonly bytes: number;
}

/**
 * Compiled sets of indicators as files named by what is in them: the stream names a set by its hash, so that a replay
 * reads the same indicators that were in force then.
 */
export class SetStore implements IndicatorSets {
  readonly #directory: string;

  constructor(data: string) {
    this.#directory = join(data, "indicators");
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
  }

  /** On disk when it returns; writing the same again changes nothing. */
  write(compiled: Uint8Array, shown: readonly Indicator[]): Written {
    const hash = createHash("sha256").update(compiled).digest("hex").slice(0, 40);
    if (!existsSync(this.#file(hash, "set"))) {
      this.#put(this.#file(hash, "json"), Buffer.from(JSON.stringify(shown)));
      this.#put(this.#file(hash, "set"), compiled);
    }
    return { hash, bytes: compiled.byteLength };
  }

  read(hash: string): Uint8Array | undefined {
    const file = this.#file(hash, "set");
    return /^[0-9a-f]{40}$/.test(hash) && existsSync(file) ? readFileSync(file) : undefined;
  }

  shown(hash: string): readonly Indicator[] {
    const file = this.#file(hash, "json");
    return /^[0-9a-f]{40}$/.test(hash) && existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
  }

  /** Removes sets that are not in force and are older than any record of the stream that could name them. */
  tidy(inForce: ReadonlySet<string>, before: number): void {
    for (const name of readdirSync(this.#directory)) {
      const path = join(this.#directory, name);
      if (!inForce.has(name.slice(0, 40)) && statSync(path).mtimeMs < before) rmSync(path);
    }
  }

  #file(hash: string, ending: string): string {
    return join(this.#directory, `${hash}.${ending}`);
  }

  #put(file: string, bytes: Uint8Array): void {
    const descriptor = openSync(`${file}.new`, "w", 0o600);
    for (let at = 0; at < bytes.byteLength; ) at += writeSync(descriptor, bytes, at);
    fsyncSync(descriptor);
    closeSync(descriptor);
    renameSync(`${file}.new`, file);
  }
}
