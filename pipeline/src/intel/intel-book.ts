import type { Recorder } from "@picket/kit";
import { indicatorsMissing } from "../signals.js";
import { compileSet, type Entry, IndicatorSet, wordsOf } from "./compiled-set.js";
import { type Indicator, recognise } from "./indicator.js";
import type { Observable } from "./observables.js";

/** Where compiled sets are kept, by their hash. */
export interface IndicatorSets {
  read(hash: string): Uint8Array | undefined;
  /** The first of its indicators, for the table that shows them. */
  shown(hash: string): readonly Indicator[];
}

/** A set in force. */
export interface SetInForce {
  readonly name: string;
  readonly hash: string;
  /** 0 to 1: how much the source is trusted; a confidence is multiplied by it. */
  readonly trust: number;
  /** Matches below this confidence, times trust, are not told. */
  readonly minConfidence: number;
}

/** An indicator that something matched. */
export interface Match {
  readonly set: string;
  /** The indicator's own value where it is known: the parent domain that matched. */
  readonly matched: string;
  readonly confidence: number;
  readonly entry: Entry;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** Reads a set's setting; undefined when it is none. */
export function readSetInForce(name: string, value: unknown): SetInForce | undefined {
  if (!isRecord(value) || typeof value["hash"] !== "string") return undefined;
  const trust = Number(value["trust"] ?? 1);
  const minConfidence = Number(value["minConfidence"] ?? 0);
  return {
    name,
    hash: value["hash"],
    trust: trust >= 0 && trust <= 1 ? trust : 1,
    minConfidence: minConfidence || 0,
  };
}

/** All indicators in force; an allow-list wins over every one of them. */
export class IntelBook {
  readonly #sets: IndicatorSets | undefined;
  readonly #recorder: Recorder;
  #inForce: { readonly about: SetInForce; readonly set: IndicatorSet }[] = [];
  #allowed: IndicatorSet | undefined;

  constructor(sets: IndicatorSets | undefined, recorder: Recorder) {
    this.#sets = sets;
    this.#recorder = recorder;
  }

  get isEmpty(): boolean {
    return this.#inForce.length === 0;
  }

  /** Takes other sets; those that did not change are not read again. */
  use(sets: readonly SetInForce[]): void {
    const present = new Map(this.#inForce.map(({ about, set }) => [about.hash, set]));
    this.#inForce = sets.flatMap((about) => {
      const set = present.get(about.hash) ?? this.#read(about);
      return set ? [{ about, set }] : [];
    });
  }

  /** Values that are never told, with everything below an allowed domain or within an allowed range. */
  allow(values: readonly string[]): void {
    const indicators = values.flatMap((value) => {
      const found = recognise(value);
      return found ? [{ ...found, confidence: 100, expiresAt: 0, threat: "", description: "" }] : [];
    });
    this.#allowed = indicators.length === 0 ? undefined : new IndicatorSet(compileSet(indicators));
  }

  /** The most confident indicator that names what was seen, unless the allow-list names it too. */
  find(observable: Observable, at: number): Match | undefined {
    let best: Match | undefined;
    for (const { about, set } of this.#inForce) {
      const found = lookUp(set, observable);
      if (!found) continue;
      const { entry } = found;
      if (entry.expiresAt !== 0 && entry.expiresAt <= at) continue;
      const confidence = entry.confidence * about.trust;
      if (confidence < about.minConfidence || (best && best.confidence >= confidence)) continue;
      best = { set: about.name, matched: found.matched, confidence, entry };
    }
    return best && !this.#isAllowed(observable) ? best : undefined;
  }

  /** The first indicators of a set. */
  shown(hash: string): readonly Indicator[] {
    return this.#sets?.shown(hash) ?? [];
  }

  #isAllowed(observable: Observable): boolean {
    if (!this.#allowed) return false;
    if (lookUp(this.#allowed, observable)) return true;
    if (observable.kind !== "url") return false;
    const { hostname } = new URL(observable.value);
    const host = hostname.replace(/^\[|\]$/g, "");
    const kind = wordsOf(host) ? "address" : "domain";
    return lookUp(this.#allowed, { kind, value: host, field: "" }) !== undefined;
  }

  #read(about: SetInForce): IndicatorSet | undefined {
    try {
      const bytes = this.#sets?.read(about.hash);
      if (bytes) return new IndicatorSet(bytes);
      indicatorsMissing(this.#recorder, { set: about.name }, 1, { hash: about.hash });
    } catch (error) {
      indicatorsMissing(this.#recorder, { set: about.name }, 1, { hash: about.hash, error: String(error) });
    }
    return undefined;
  }
}

/** Looks one thing up in one set. */
export function lookUp(
  set: IndicatorSet,
  { kind, type, value }: Observable,
): { entry: Entry; matched: string } | undefined {
  if (kind === "domain") return set.domain(value);
  if (kind === "address") {
    const words = wordsOf(value);
    const entry = words && set.address(value, words);
    return entry && { entry, matched: value };
  }
  const entry = set.text(kind === "url" ? "url" : (type ?? "sha256"), value);
  return entry && { entry, matched: value };
}
