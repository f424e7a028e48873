import type { MatchRule, Rule, RuleEvent } from "@picket/detections";
import type { Recorder } from "@picket/kit";
import { ruleBroke, stateEvicted } from "../signals.js";
import { LiteralIndex } from "./literal-index.js";
import { type SavedWindow, Windows } from "./windows.js";

/** A rule that fired on an event. */
export interface Hit {
  readonly rule: MatchRule;
  readonly event: RuleEvent;
  readonly matched: string;
  /** How many happenings it stands for; with a threshold, those within the span. */
  readonly hits: number;
}

const CAPACITY = 100_000;
const MINUTE_MS = 60_000;

/** The rules of one event name: those that are always asked, and those whose literals must occur first. */
class Route {
  readonly #always: readonly MatchRule[];
  readonly #fields: readonly {
    readonly field: string;
    readonly index: LiteralIndex;
    readonly rules: readonly MatchRule[];
  }[];
  readonly #found = new Set<number>();

  constructor(rules: readonly MatchRule[]) {
    this.#always = rules.filter(({ witness }) => witness === undefined);
    const fields = new Set(rules.flatMap(({ witness }) => (witness ? [witness.field] : [])));
    this.#fields = [...fields].map((field) => {
      const some = rules.filter(({ witness }) => witness?.field === field);
      return { field, rules: some, index: new LiteralIndex(some.map(({ witness }) => witness?.anyOf ?? [])) };
    });
  }

  candidates(event: RuleEvent, ask: (rule: MatchRule) => void): void {
    for (const rule of this.#always) ask(rule);
    for (const { field, index, rules } of this.#fields) {
      const text = event.item[field];
      if (typeof text !== "string") continue;
      this.#found.clear();
      index.search(text, this.#found);
      for (const owner of this.#found) ask(rules[owner]!);
    }
  }
}

/** Asks the rules about events; the only state is the windows of rules with a threshold. */
export class Engine {
  readonly #routes = new Map<string, Route>();
  readonly #windows: Windows;
  readonly #recorder: Recorder;

  constructor(rules: readonly Rule[], recorder: Recorder) {
    const matching = rules.filter((rule) => rule.kind === "match");
    for (const name of new Set(matching.map(({ reads }) => reads))) {
      this.#routes.set(name, new Route(matching.filter(({ reads }) => reads === name)));
    }
    this.#recorder = recorder;
    this.#windows = new Windows(CAPACITY, () => stateEvicted(recorder, { state: "windows" }));
  }

  /** Calls `fire` for each rule that fires on the event. */
  ask(event: RuleEvent, fire: (hit: Hit) => void): void {
    this.#routes.get(event.name)?.candidates(event, (rule) => {
      try {
        const hit = this.#decide(rule, event);
        if (hit) fire(hit);
      } catch (error) {
        ruleBroke(this.#recorder, { rule: rule.id }, 1, { error: String(error) });
      }
    });
  }

  save(): SavedWindow[] {
    return this.#windows.save();
  }

  restore(saved: readonly SavedWindow[]): void {
    this.#windows.restore(saved);
  }

  #decide(rule: MatchRule, event: RuleEvent): Hit | undefined {
    const matched = rule.matches(event);
    const { threshold } = rule;
    if (!threshold) return matched === undefined ? undefined : { rule, event, matched, hits: event.hits };
    const key = `${rule.id}\n${event.deviceId}\n${rule.entity(event)}`;
    const span = threshold.minutes * MINUTE_MS;
    if (rule.completes) {
      if (matched !== undefined) this.#windows.add(key, event.at, event.hits, span);
      return rule.completes(event) ? this.#completed(rule, event, key) : undefined;
    }
    if (matched === undefined) return undefined;
    const hits = this.#windows.add(key, event.at, event.hits, span);
    if (hits < threshold.count) return undefined;
    this.#windows.clear(key);
    return { rule, event, matched, hits };
  }

  #completed(rule: MatchRule, event: RuleEvent, key: string): Hit | undefined {
    const { count, minutes } = rule.threshold!;
    const hits = this.#windows.count(key, event.at, minutes * MINUTE_MS);
    if (hits < count) return undefined;
    this.#windows.clear(key);
    return { rule, event, matched: rule.entity(event) || "this device", hits };
  }
}
