import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { agentErrors } from "../errors.js";
import { isNewer, readUpdate } from "./update-file.js";

const MOST_TRIES = 3;

/** What is known of an update: how often it was tried, and whether it proved itself. */
interface State {
  readonly version: string;
  readonly tries: number;
  readonly isConfirmed: boolean;
  /** Versions that did not prove themselves; they are not tried again. */
  readonly refused: readonly string[];
}

const nothing: State = { version: "", tries: 0, isConfirmed: false, refused: [] };

/**
 * Updates beside the version that was installed. One is tried a few times; when it does not prove itself, the device goes back
 * by itself. The signature is looked at each time before anything of an update is run.
 */
export class Versions {
  readonly #folder: string;
  readonly #installed: string;
  readonly #key: string | undefined;

  /** `installed` is the version of the program that was installed; without a key no update is taken. */
  constructor(data: string, installed: string, key: string | undefined) {
    this.#folder = join(data, "update");
    this.#installed = installed;
    this.#key = key;
  }

  /** Takes an update file; throws why not. It is run at the next start. */
  stage(text: string): string {
    const key = this.#pinned();
    const { version } = readUpdate(text, key);
    const state = this.#state();
    const present =
      state.version !== "" && isNewer(state.version, this.#installed) ? state.version : this.#installed;
    if (!isNewer(version, present))
      throw agentErrors.updateRefused({ why: `${version} is not newer than ${present}` });
    if (state.refused.includes(version))
      throw agentErrors.updateRefused({
        why: `${version} was tried on this device and did not prove itself`,
      });
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    this.#write("update.json", text);
    this.#keep({ ...state, version, tries: 0, isConfirmed: false });
    return version;
  }

  /** The bundle to run instead of the installed one; undefined when there is none, or when it failed too often. */
  choose(program: string): string | undefined {
    const state = this.#state();
    if (state.version === "" || !isNewer(state.version, this.#installed)) return undefined;
    if (!state.isConfirmed && state.tries >= MOST_TRIES) {
      this.#giveUp(state);
      return undefined;
    }
    const { version, bundle } = readUpdate(
      readFileSync(join(this.#folder, "update.json"), "utf8"),
      this.#pinned(),
    );
    if (version !== state.version)
      throw agentErrors.updateRefused({ why: "it is another one than was taken" });
    if (!state.isConfirmed) this.#keep({ ...state, tries: state.tries + 1 });
    return this.#layOut(bundle, program);
  }

  /** The update has proved itself: it reached the hub and stayed up. */
  confirm(version: string): void {
    const state = this.#state();
    if (state.version === version && !state.isConfirmed)
      this.#keep({ ...state, isConfirmed: true, tries: 0 });
  }

  /** Versions that were given up. */
  get refused(): readonly string[] {
    return this.#state().refused;
  }

  #giveUp({ version, refused }: State): void {
    this.#keep({ ...nothing, refused: [...refused, version].slice(-20) });
    rmSync(join(this.#folder, "update.json"), { force: true });
  }

  /** The native library stays where it was installed: the data folder may be mounted noexec. */
  #layOut(bundle: Buffer, program: string): string {
    const path = join(this.#folder, "picket-agent.mjs");
    writeFileSync(path, bundle, { mode: 0o600 });
    const library = join(this.#folder, "node_modules");
    const installed = join(dirname(program), "node_modules");
    if (!existsSync(library) && existsSync(installed)) symlinkSync(installed, library);
    return path;
  }

  /** The key that the device was enrolled with; another one later is not taken. */
  #pinned(): string {
    if (this.#key === undefined)
      throw agentErrors.updateRefused({ why: "this device was enrolled without --update-key-file" });
    const print = createHash("sha256").update(this.#key.trim()).digest("hex");
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const file = join(this.#folder, "key.sha256");
    if (!existsSync(file)) this.#write("key.sha256", print);
    if (readFileSync(file, "utf8") === print) return this.#key;
    throw agentErrors.updateRefused({
      why: `the key of --update-key-file is not the one that was pinned (${file})`,
    });
  }

  #state(): State {
    try {
      const { version, tries, isConfirmed, refused } = JSON.parse(
        readFileSync(join(this.#folder, "state.json"), "utf8"),
      );
      const isGood = typeof version === "string" && Number.isInteger(tries) && Array.isArray(refused);
      return isGood
        ? { version, tries, isConfirmed: isConfirmed === true, refused: refused.map(String) }
        : nothing;
    } catch {
      return nothing;
    }
  }

  #keep(state: State): void {
    this.#write("state.json", JSON.stringify(state));
  }

  #write(name: string, text: string): void {
    const path = join(this.#folder, name);
    writeFileSync(`${path}.new`, text, { mode: 0o600, flush: true });
    renameSync(`${path}.new`, path);
  }
}
