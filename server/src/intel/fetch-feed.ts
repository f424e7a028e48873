import type { FeedFormat } from "@picket/pipeline";

/** Where a feed comes from. */
export interface FeedSource {
  readonly kind: "taxii" | "misp" | "file";
  /** A TAXII collection's URL, a MISP feed's folder, or a file's URL. */
  readonly url: string;
  readonly format: FeedFormat;
  /** The value of the `authorization` header; kept sealed. */
  readonly authorization?: string;
}

/** The slot through which the server reaches out; nothing does unless a feed is configured. */
export type Reach = (url: string, init: RequestInit) => Promise<Response>;

const MOST_BYTES = 400_000_000;
const MOST_PAGES = 2_000;
const MOST_EVENTS = 5_000;
const TIMEOUT_MS = 60_000;
const TAXII = "application/taxii+json;version=2.1";

/** One document of a feed in a form that the parsers read. */
export interface Fetched {
  readonly format: FeedFormat;
  readonly text: string;
}

/** Fetches a feed whole; throws with what went wrong, so that the last good set stays in force. */
export async function fetchFeed(source: FeedSource, reach: Reach): Promise<Fetched[]> {
  const visit = new Visit(source, reach);
  if (source.kind === "taxii") return visit.taxii();
  return source.kind === "misp"
    ? visit.misp()
    : [{ format: source.format, text: await visit.text(source.url) }];
}

class Visit {
  readonly #source: FeedSource;
  readonly #reach: Reach;
  #bytes = 0;

  constructor(source: FeedSource, reach: Reach) {
    this.#source = source;
    this.#reach = reach;
  }

  /** The pages of a TAXII 2.1 collection: `more` and `next` lead on. */
  async taxii(): Promise<Fetched[]> {
    const pages: Fetched[] = [];
    const base = this.#source.url.replace(/\/+$/, "").replace(/\/objects$/, "");
    let next: string | undefined;
    do {
      const url = new URL(`${base}/objects/`);
      url.searchParams.set("limit", "1000");
      url.searchParams.set("match[type]", "indicator");
      if (next !== undefined) url.searchParams.set("next", next);
      const text = await this.text(url.href, TAXII);
      pages.push({ format: "stix", text });
      const envelope: unknown = JSON.parse(text);
      const following = isRecord(envelope) && envelope["more"] === true ? envelope["next"] : undefined;
      if (following !== undefined && (typeof following !== "string" || following === next))
        throw new Error("The server says that there is more and not where.");
      next = following;
    } while (next !== undefined && pages.length < MOST_PAGES);
    return pages;
  }

  /** A MISP feed: a manifest of events, each in a file of its own. */
  async misp(): Promise<Fetched[]> {
    const base = this.#source.url.replace(/\/(?:manifest\.json)?$/, "");
    const manifest: unknown = JSON.parse(await this.text(`${base}/manifest.json`));
    if (!isRecord(manifest)) throw new Error("The manifest is no map of events.");
    const ids = Object.keys(manifest).filter((id) => /^[0-9a-f-]{36}$/i.test(id));
    const events: Fetched[] = [];
    for (const id of ids.slice(0, MOST_EVENTS))
      events.push({ format: "misp", text: await this.text(`${base}/${id}.json`) });
    return events;
  }

  async text(url: string, accept = "*/*"): Promise<string> {
    const { authorization } = this.#source;
    const answer = await this.#reach(url, {
      headers: { accept, ...(authorization === undefined ? {} : { authorization }) },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      // A redirect to another host would carry the secret there.
      redirect: authorization === undefined ? "follow" : "error",
    });
    if (!answer.ok) throw new Error(`${hostOf(url)} answered ${answer.status}.`);
    return this.#bounded(answer, url);
  }

  async #bounded(answer: Response, url: string): Promise<string> {
    const parts: Uint8Array[] = [];
    for await (const part of answer.body ?? []) {
      this.#bytes += part.byteLength;
      if (this.#bytes > MOST_BYTES) throw new Error(`${hostOf(url)} sends more than ${MOST_BYTES} bytes.`);
      parts.push(part);
    }
    return Buffer.concat(parts).toString("utf8");
  }
}

const hostOf = (url: string): string => new URL(url).host;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
