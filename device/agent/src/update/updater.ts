import type { Recorder } from "@picket/kit";
import { messageOf } from "../errors.js";
import { updateRefused, updateTaken } from "../signals.js";
import { fetchUpdate } from "./fetch-update.js";
import type { Versions } from "./versions.js";

/** What an updater works with. */
export interface UpdaterOptions {
  readonly versions: Versions | undefined;
  readonly ca: string | undefined;
  readonly version: string;
  readonly recorder: Recorder;
}

/** Takes updates from where the twin says, each address once. */
export class Updater {
  readonly #options: UpdaterOptions;
  #asked = "";

  constructor(options: UpdaterOptions) {
    this.#options = options;
  }

  /** Answers whether an update was taken and the agent is to start anew. */
  async take(url: string): Promise<boolean> {
    const { versions, ca, recorder } = this.#options;
    if (url === "" || url === this.#asked || !versions) return false;
    this.#asked = url;
    try {
      const version = versions.stage(await fetchUpdate(url, ca));
      updateTaken(recorder, {}, 1, { version });
      return true;
    } catch (error) {
      updateRefused(recorder, {}, 1, { why: messageOf(error) });
      return false;
    }
  }

  /** The agent has been with its hub for a while: what runs is good. */
  prove(): void {
    this.#options.versions?.confirm(this.#options.version);
  }
}
