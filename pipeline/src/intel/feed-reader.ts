import { type Indicator, type IndicatorType, normalise, recognise } from "./indicator.js";

/** Forms that indicators come in. */
export const feedFormats = ["stix", "misp", "list", "csv", "jsonl"] as const;
/** One of the forms. */
export type FeedFormat = (typeof feedFormats)[number];

/** How a source is read, where it does not say itself. */
export interface FeedOptions {
  readonly format: FeedFormat;
  /** 0 to 100, for indicators without a confidence of their own. */
  readonly confidence: number;
  /** When indicators without an expiry of their own stop to count; 0 for never. */
  readonly expiresAt: number;
  readonly threat: string;
  /** For CSV: the column of values, by name or number from 0. */
  readonly column?: string | number;
}

/** What was read, and what was not and why. */
export interface FeedReading {
  readonly indicators: Indicator[];
  /** The first of what was refused. */
  readonly refused: { readonly line: number; readonly why: string }[];
  readonly refusedCount: number;
}

const MOST_SHOWN = 100;
/** More than any feed that is worth its memory. */
export const MOST_INDICATORS = 6_000_000;

/** Gathers indicators and refusals; bounded. */
export class FeedReader {
  readonly indicators: Indicator[] = [];
  readonly refused: { line: number; why: string }[] = [];
  #refusedCount = 0;
  readonly options: FeedOptions;

  constructor(options: FeedOptions) {
    this.options = options;
  }

  /** Takes a value of a known or a recognised type. */
  take(value: string, line: number, more: Partial<Indicator> = {}): void {
    const { type } = more;
    const found = type === undefined ? recognise(value) : typed(type, value);
    if (!found) {
      this.refuse(
        line,
        `${JSON.stringify(value.slice(0, 100))} is no ${type ?? "address, domain, URL or hash"}`,
      );
      return;
    }
    if (this.indicators.length >= MOST_INDICATORS) {
      this.refuse(line, `more than ${MOST_INDICATORS} indicators`);
      return;
    }
    const { confidence, expiresAt, threat } = this.options;
    this.indicators.push({ confidence, expiresAt, threat, description: "", ...more, ...found });
  }

  refuse(line: number, why: string): void {
    this.#refusedCount += 1;
    if (this.refused.length < MOST_SHOWN) this.refused.push({ line, why });
  }

  reading(): FeedReading {
    return { indicators: this.indicators, refused: this.refused, refusedCount: this.#refusedCount };
  }
}

const typed = (type: IndicatorType, value: string): { type: IndicatorType; value: string } | undefined => {
  const normal = normalise(type, value);
  return normal === undefined ? undefined : { type, value: normal };
};
