import {
  compileSet,
  type FeedOptions,
  type FeedReading,
  type Indicator,
  parseFeed,
  SHOWN_INDICATORS,
} from "@picket/pipeline";
import type { Fetched } from "./fetch-feed.js";

/** A set made of a feed's documents, ready to be written. */
export interface Built {
  readonly compiled: Uint8Array;
  readonly shown: readonly Indicator[];
  readonly count: number;
  readonly refused: FeedReading["refused"];
  readonly refusedCount: number;
}

/** Reads a feed's documents and lays their indicators out. Throws when a document cannot be read at all. */
export function buildSet(documents: readonly Fetched[], options: Omit<FeedOptions, "format">): Built {
  const readings = documents.map(({ format, text }) => parseFeed(text, { ...options, format }));
  const byValue = new Map<string, Indicator>();
  for (const { indicators } of readings) for (const each of indicators) byValue.set(each.value, each);
  const indicators = [...byValue.values()];
  return {
    compiled: compileSet(indicators),
    shown: indicators.slice(0, SHOWN_INDICATORS),
    count: indicators.length,
    refused: readings.flatMap(({ refused }) => refused).slice(0, 100),
    refusedCount: readings.reduce((total, { refusedCount }) => total + refusedCount, 0),
  };
}
