import type { FeedFormat } from "@picket/pipeline";
import { set } from "../detection/settings.js";
import { serverErrors } from "../errors.js";
import type { House } from "../house.js";
import type { Fetched } from "./fetch-feed.js";
import { type FeedSource, fetchFeed, type Reach } from "./fetch-feed.js";
import type { SetStore } from "./set-store.js";

/** A feed as it is configured. */
export interface Feed {
  readonly name: string;
  readonly kind: FeedSource["kind"] | "import";
  readonly url: string;
  readonly format: FeedFormat;
  /** Sealed. */
  readonly authorization?: string;
  readonly everyMinutes: number;
  /** 0 to 1. */
  readonly trust: number;
  /** 0 to 100, for indicators without one of their own. */
  readonly confidence: number;
  readonly minConfidence: number;
  /** Days after which indicators without an expiry of their own stop to count; 0 for never. */
  readonly expireDays: number;
  readonly column?: string;
}

/** How a feed does. */
export interface FeedState {
  readonly name: string;
  readonly kind: string;
  readonly url: string;
  readonly everyMinutes: number;
  readonly trust: number;
  readonly indicators: number;
  readonly lastGoodAt?: string;
  readonly lastTriedAt?: string;
  /** Why the last try failed; the last good set stays in force. */
  readonly problem?: string;
  readonly refused: number;
  readonly firstRefused: readonly { readonly line: number; readonly why: string }[];
}

const FEED = "feed/";
const STATE = "feedState/";

/** Feeds of indicators: configured by people, fetched on time, kept on their last good set when they break. */
export class Feeds {
  readonly #house: House;
  readonly #sets: SetStore;
  readonly #reach: Reach;
  readonly #busy = new Set<string>();

  constructor(house: House, sets: SetStore, reach: Reach = fetch) {
    this.#house = house;
    this.#sets = sets;
    this.#reach = reach;
  }

  list(): FeedState[] {
    return this.#house.rooms.store
      .range({ prefix: STATE, limit: 1_000 })
      .map(({ value }) => JSON.parse(Buffer.from(value).toString()));
  }

  /** Configures a feed and fetches it at once. */
  async configure(feed: Feed, actor: string): Promise<FeedState> {
    const { vault, store } = this.#house.rooms;
    const sealed =
      feed.authorization === undefined
        ? {}
        : { authorization: Buffer.from(vault.seal(Buffer.from(feed.authorization))).toString("base64") };
    await store.write([
      { key: `${FEED}${feed.name}`, value: Buffer.from(JSON.stringify({ ...feed, ...sealed })) },
    ]);
    return this.refresh(feed.name, actor);
  }

  /** Takes in what a person brought, such as a bundle from a machine without a network. */
  async bring(feed: Feed, text: string, actor: string): Promise<FeedState> {
    await this.#house.rooms.store.write([
      { key: `${FEED}${feed.name}`, value: Buffer.from(JSON.stringify(feed)) },
    ]);
    return this.#take(feed, async () => [{ format: feed.format, text }], actor);
  }

  /** Fetches a feed now. */
  async refresh(name: string, actor: string): Promise<FeedState> {
    const feed = this.#feed(name);
    if (feed.kind === "import") return this.#state(name);
    const { vault } = this.#house.rooms;
    const { kind, url, format } = feed;
    const authorization =
      feed.authorization === undefined
        ? {}
        : { authorization: Buffer.from(vault.open(Buffer.from(feed.authorization, "base64"))).toString() };
    return this.#take(feed, () => fetchFeed({ kind, url, format, ...authorization }, this.#reach), actor);
  }

  async remove(name: string, actor: string): Promise<void> {
    const { store } = this.#house.rooms;
    this.#feed(name);
    await store.write([
      { key: `${FEED}${name}`, remove: true },
      { key: `${STATE}${name}`, remove: true },
    ]);
    await set(this.#house, { area: "indicatorSet", name, value: null, actor, reason: "" });
  }

  /** Fetches the feeds whose time has come. */
  async tick(): Promise<void> {
    const now = this.#house.rooms.clock.now();
    for (const { value } of this.#house.rooms.store.range({ prefix: FEED, limit: 1_000 })) {
      const feed: Feed = JSON.parse(Buffer.from(value).toString());
      const tried = Date.parse(this.#state(feed.name).lastTriedAt ?? "") || 0;
      if (feed.kind !== "import" && feed.everyMinutes > 0 && now - tried >= feed.everyMinutes * 60_000)
        await this.refresh(feed.name, "picket");
    }
  }

  #feed(name: string): Feed {
    const value = this.#house.rooms.store.get(`${FEED}${name}`);
    if (!value) throw serverErrors.notFound({ what: `The feed ${name}` });
    return JSON.parse(Buffer.from(value).toString());
  }

  #state(name: string): FeedState {
    const value = this.#house.rooms.store.get(`${STATE}${name}`);
    if (value) return JSON.parse(Buffer.from(value).toString());
    return {
      name,
      kind: "",
      url: "",
      everyMinutes: 0,
      trust: 1,
      indicators: 0,
      refused: 0,
      firstRefused: [],
    };
  }

  async #take(feed: Feed, fetched: () => Promise<Fetched[]>, actor: string): Promise<FeedState> {
    const { name, kind, url, everyMinutes, trust } = feed;
    if (this.#busy.has(name)) throw serverErrors.exists({ what: `A fetch of the feed ${name}` });
    this.#busy.add(name);
    const now = new Date(this.#house.rooms.clock.now()).toISOString();
    const head = { ...this.#state(name), name, kind, url, everyMinutes, trust, lastTriedAt: now };
    try {
      const taken = await this.#use(feed, await fetched(), actor);
      const { problem: _, ...good } = head;
      return await this.#keep({ ...good, ...taken, lastGoodAt: now });
    } catch (error) {
      const problem = (error instanceof Error ? error.message : String(error)).slice(0, 500);
      this.#house.rooms.metrics.log(
        "warn",
        "A feed of indicators failed; its last good set stays in force.",
        { feed: name, problem },
      );
      return await this.#keep({ ...head, problem });
    } finally {
      this.#busy.delete(name);
    }
  }

  async #use(
    feed: Feed,
    documents: readonly Fetched[],
    actor: string,
  ): Promise<Pick<FeedState, "indicators" | "refused" | "firstRefused">> {
    const { name, trust, minConfidence, confidence, expireDays, column } = feed;
    const now = this.#house.rooms.clock.now();
    const language = await this.#house.language();
    const built = await language.buildSet(documents, {
      confidence,
      expiresAt: expireDays === 0 ? 0 : now + expireDays * 86_400_000,
      threat: "",
      ...(column === undefined ? {} : { column }),
    });
    if (built.count === 0) throw new Error(`It holds no indicators (${built.refusedCount} refused).`);
    const { hash } = this.#sets.write(built.compiled, built.shown);
    await set(this.#house, {
      area: "indicatorSet",
      name,
      value: { hash, trust, minConfidence, count: built.count },
      actor,
      reason: "",
    });
    void import("./look-back.js")
      .then(({ lookBack }) => lookBack(this.#house, hash, this.#sets))
      .catch((error: unknown) =>
        this.#house.rooms.metrics.log("warn", "Looking back for new indicators failed.", {
          feed: name,
          error: String(error),
        }),
      );
    return { indicators: built.count, refused: built.refusedCount, firstRefused: built.refused };
  }

  async #keep(state: FeedState): Promise<FeedState> {
    await this.#house.rooms.store.write([
      { key: `${STATE}${state.name}`, value: Buffer.from(JSON.stringify(state)) },
    ]);
    return state;
  }
}
