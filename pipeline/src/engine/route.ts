import { disguises, type RuleEvent, readingOf } from "@picket/detections";
import type { EventView } from "../conditions/fields.js";
import type { EngineRule } from "./engine-rule.js";
import { LiteralIndex } from "./literal-index.js";

/** A rule with its test made ready for an engine's view. */
export interface Bound {
  readonly rule: EngineRule;
  readonly matches: (event: RuleEvent) => string | undefined;
}

/** The field of which a shell may make another text, that is searched as well. */
const COMMAND = "CommandLine";
/** Owner of the signs that quotes, escapes or encodings hide literals. */
const DISGUISE = -1;

interface FieldIndex {
  readonly place: number;
  readonly index: LiteralIndex;
  readonly owners: readonly number[];
}

/** Literals of one field by owner, those that count only as whole words apart. */
interface FieldLiterals {
  readonly literals: (readonly string[])[];
  readonly words: (readonly string[])[];
  readonly owners: number[];
}

/** The rules of one event name: those that are always asked, and those whose literals must occur first. */
export class Route {
  readonly #always: readonly Bound[];
  readonly #watched: readonly Bound[];
  readonly #fields: readonly FieldIndex[];
  /** The turn a rule was last a candidate in, so that each is asked once however many literals occur. */
  readonly #askedAt: Float64Array;
  readonly #found: number[] = [];
  #turn = 0;

  constructor(rules: readonly EngineRule[], view: EventView) {
    const bound = rules.map((rule) => ({ rule, matches: rule.bind(view) }));
    this.#always = bound.filter(({ rule }) => !rule.witness);
    this.#watched = bound.filter(({ rule }) => rule.witness);
    this.#askedAt = new Float64Array(this.#watched.length);
    const byField = new Map<string, FieldLiterals>();
    for (const [owner, { rule }] of this.#watched.entries()) {
      for (const { field, anyOf, words = [] } of rule.witness ?? []) {
        const entry = byField.get(field) ?? { literals: [], words: [], owners: [] };
        byField.set(field, entry);
        entry.literals.push(anyOf);
        entry.words.push(words);
        entry.owners.push(owner);
      }
    }
    const commands = byField.get(COMMAND);
    commands?.literals.push(disguises);
    commands?.owners.push(DISGUISE);
    this.#fields = [...byField].map(([field, { literals, words, owners }]) => ({
      place: view.placeOf(field),
      index: new LiteralIndex(literals, words),
      owners,
    }));
  }

  find(ruleId: string): Bound | undefined {
    return [...this.#always, ...this.#watched].find(({ rule }) => rule.id === ruleId);
  }

  candidates(view: EventView, ask: (bound: Bound) => void): void {
    const always = this.#always;
    for (let index = 0; index < always.length; index += 1) ask(always[index]!);
    this.#turn += 1;
    const turn = this.#turn;
    const found = this.#found;
    for (const { place, index, owners } of this.#fields) {
      const text = view.text(place);
      if (text === undefined || text === "") continue;
      found.length = 0;
      index.collect(text, found);
      let isPlain = false;
      for (let at = 0; at < found.length; at += 1) {
        const owner = owners[found[at]!]!;
        if (owner === DISGUISE) {
          if (!isPlain) index.collect(readingOf(view.event).plain, found);
          isPlain = true;
          continue;
        }
        if (this.#askedAt[owner] === turn) continue;
        this.#askedAt[owner] = turn;
        ask(this.#watched[owner]!);
      }
    }
  }
}
