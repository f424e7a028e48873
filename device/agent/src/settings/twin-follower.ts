import type { Recorder } from "@picket/kit";
import type { SecurityEvent } from "@picket/schema";
import type { HubClient, MethodAnswer } from "@picket/sdk";
import { messageOf } from "../errors.js";
import { settingsApplied, settingsRefused, twinUnread } from "../signals.js";
import type { Applied, Settings } from "./settings.js";

/** What following a twin needs of its surroundings. */
export interface TwinFollowerOptions {
  readonly client: Pick<HubClient, "twin" | "report" | "onDesired" | "onMethod">;
  readonly settings: Settings;
  readonly recorder: Recorder;
  /** Told when other settings are in force. */
  readonly changed: () => void;
  readonly keep: (events: readonly SecurityEvent[]) => void;
  /** What the agent says of itself, beside its settings. */
  readonly about: () => object;
  readonly answer: (name: string, payload: unknown) => Promise<MethodAnswer>;
}

/** Obeys the twin: applies what is desired, reports what is in force, answers methods. */
export class TwinFollower {
  readonly #options: TwinFollowerOptions;
  #isCurrent = false;
  /** What was reported last, part by part, so that only what differs is sent. */
  #reported = new Map<string, string>();

  constructor(options: TwinFollowerOptions) {
    this.#options = options;
    const { client, settings } = options;
    client.onDesired((patch) => {
      // A patch means something only on top of what was read.
      if (this.#isCurrent) void this.#apply(settings.patch(patch));
      else void this.follow();
    });
    client.onMethod((name, payload) => options.answer(name, payload));
  }

  /** Reads the twin, as after each connection: patches may have been missed. */
  async follow(): Promise<void> {
    const { client, settings, recorder } = this.#options;
    try {
      this.#isCurrent = false;
      this.#reported.clear();
      const { desired } = await client.twin();
      this.#isCurrent = true;
      await this.#apply(settings.replace(desired));
    } catch (error) {
      twinUnread(recorder, {}, 1, { why: messageOf(error) });
    }
  }

  /** Says what is in force and how the agent fares, as far as the hub does not know it yet. */
  async report(): Promise<void> {
    const { client, settings, about, recorder } = this.#options;
    const parts = Object.entries({
      ...settings.reported(),
      picket: { ...about(), settings: settings.state },
    });
    const news = parts
      .map(([name, value]) => [name, value, JSON.stringify(value)] as const)
      .filter(([name, , text]) => this.#reported.get(name) !== text);
    if (news.length === 0) return;
    try {
      await client.report(Object.fromEntries(news.map(([name, value]) => [name, value])));
      for (const [name, , text] of news) this.#reported.set(name, text);
    } catch (error) {
      twinUnread(recorder, {}, 1, { why: messageOf(error) });
    }
  }

  async #apply({ refused, events }: Applied): Promise<void> {
    const { recorder, changed, keep } = this.#options;
    if (refused.length === 0) settingsApplied(recorder, {});
    else settingsRefused(recorder, {}, refused.length, { names: refused.map(({ name }) => name) });
    changed();
    keep(events);
    await this.report();
  }
}
