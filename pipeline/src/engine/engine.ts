import type { RuleEvent } from "@picket/detections";
import type { Recorder } from "@picket/kit";
import { EventView } from "../conditions/fields.js";
import { ruleBroke, ruleSlow, stateEvicted } from "../signals.js";
import { type Correlation, Correlations, type SavedCorrelations } from "./correlations.js";
import type { EngineRule } from "./engine-rule.js";
import { type Bound, Route } from "./route.js";
import { type SavedWindow, Windows } from "./windows.js";

/** A rule that fired on an event. */
export interface Hit {
  readonly rule: EngineRule;
  readonly event: RuleEvent;
  readonly matched: string;
  /** How many happenings it stands for; with a threshold, those within the span. */
  readonly hits: number;
}

/** What is wrong with a rule that threw or was slow. */
export interface Trouble {
  readonly ruleId: string;
  readonly errors: number;
  readonly lastError: string;
  readonly slowCalls: number;
  readonly worstMs: number;
}

/** What the engine keeps in a snapshot. */
export interface SavedEngine {
  readonly windows: readonly SavedWindow[];
  readonly correlations: SavedCorrelations;
}

/** What the engine watches for. */
export interface RuleSet {
  readonly rules: readonly EngineRule[];
  readonly correlations: readonly Correlation[];
}

const CAPACITY = 100_000;
const MINUTE_MS = 60_000;
const SLOW_MS = 50;

/** Asks the rules about events; the only state is the windows of thresholds and the groups of correlations. */
export class Engine {
  readonly #windows: Windows;
  readonly #correlations: Correlations;
  readonly #recorder: Recorder;
  #routes = new Map<string, Route>();
  #view = new EventView();
  readonly #troubles = new Map<string, Trouble>();
  #event!: RuleEvent;
  #fire: (hit: Hit) => void = () => {};
  readonly #ask = (bound: Bound): void => this.#asked(bound);

  constructor(set: RuleSet, recorder: Recorder) {
    this.#recorder = recorder;
    this.#windows = new Windows(CAPACITY, () => stateEvicted(recorder, { state: "windows" }));
    this.#correlations = new Correlations(CAPACITY, () => stateEvicted(recorder, { state: "correlations" }));
    this.use(set);
  }

  /** Watches for other rules from here on; windows and groups of rules that stay go on. */
  use({ rules, correlations }: RuleSet): void {
    const view = new EventView();
    const byEvent = new Map<string, EngineRule[]>();
    for (const rule of rules) {
      const some = byEvent.get(rule.reads);
      if (some) some.push(rule);
      else byEvent.set(rule.reads, [rule]);
    }
    this.#routes = new Map([...byEvent].map(([name, some]) => [name, new Route(some, view)]));
    this.#view = view;
    this.#correlations.use(correlations);
    const kept = new Set(rules.map(({ id }) => id));
    for (const id of this.#troubles.keys()) if (!kept.has(id)) this.#troubles.delete(id);
  }

  /** Calls `fire` for each rule that fires on the event. */
  ask(event: RuleEvent, fire: (hit: Hit) => void): void {
    const route = this.#routes.get(event.name);
    if (!route) return;
    this.#event = event;
    this.#fire = fire;
    route.candidates(this.#view.turnTo(event), this.#ask);
  }

  /** Asks one rule only, for events of the past. */
  askOne(ruleId: string, event: RuleEvent, fire: (hit: Hit) => void): void {
    const bound = this.#routes.get(event.name)?.find(ruleId);
    if (!bound) return;
    this.#event = event;
    this.#fire = fire;
    this.#view.turnTo(event);
    this.#asked(bound);
  }

  /** Rules that threw or were slow since they were loaded. */
  troubles(): Trouble[] {
    return [...this.#troubles.values()];
  }

  save(): SavedEngine {
    return {
      windows: this.#windows.save(),
      correlations: this.#correlations.save(),
    };
  }

  /** The first version of a snapshot kept nothing but windows. */
  restore({ windows, correlations }: Partial<SavedEngine>): void {
    this.#windows.restore(windows ?? []);
    if (correlations) this.#correlations.restore(correlations);
  }

  #asked(bound: Bound): void {
    const { rule } = bound;
    const event = this.#event;
    if (rule.isFor && !rule.isFor(event.deviceId)) return;
    const isOurs = rule.origin.form === "builtIn";
    const started = isOurs ? 0 : performance.now();
    try {
      const hit = this.#decide(bound, event);
      if (hit && !rule.isQuiet) this.#fire(hit);
    } catch (error) {
      ruleBroke(this.#recorder, { rule: rule.id }, 1, { error: String(error) });
      this.#note(rule.id, { lastError: String(error).slice(0, 300) });
    }
    if (isOurs) return;
    const spent = performance.now() - started;
    if (spent < SLOW_MS) return;
    ruleSlow(this.#recorder, { rule: rule.id }, 1, { milliseconds: Math.round(spent) });
    this.#note(rule.id, { spent });
  }

  #note(ruleId: string, { lastError, spent }: { lastError?: string; spent?: number }): void {
    const before = this.#troubles.get(ruleId) ?? {
      ruleId,
      errors: 0,
      lastError: "",
      slowCalls: 0,
      worstMs: 0,
    };
    this.#troubles.set(ruleId, {
      ruleId,
      errors: before.errors + (lastError === undefined ? 0 : 1),
      lastError: lastError ?? before.lastError,
      slowCalls: before.slowCalls + (spent === undefined ? 0 : 1),
      worstMs: Math.max(before.worstMs, spent ?? 0),
    });
  }

  #decide({ rule, matches }: Bound, event: RuleEvent): Hit | undefined {
    const matched = matches(event);
    if (matched !== undefined) this.#correlate(rule.id, event, matched);
    const { threshold } = rule;
    if (!threshold) return matched === undefined ? undefined : { rule, event, matched, hits: event.hits };
    if (matched === undefined && !rule.completes) return undefined;
    const key = `${rule.id}\n${rule.isFleetWide ? "" : event.deviceId}\n${rule.entity(event)}`;
    const span = threshold.minutes * MINUTE_MS;
    if (rule.completes) {
      if (matched !== undefined) this.#windows.add(key, event.at, event.hits, span);
      return rule.completes(event) ? this.#completed(rule, event, key) : undefined;
    }
    const hits = threshold.distinct
      ? this.#distinct(key, threshold.distinct(event), event.at, span)
      : this.#windows.add(key, event.at, event.hits, span);
    if (hits < threshold.count) return undefined;
    this.#windows.clear(key);
    return { rule, event, matched: matched ?? "", hits };
  }

  /** How many different values were first seen within the span. */
  #distinct(key: string, value: string, at: number, span: number): number {
    const own = `${key}\n${value}`;
    const isNew = this.#windows.count(own, at, span) === 0;
    this.#windows.add(own, at, 1, span);
    return isNew ? this.#windows.add(key, at, 1, span) : this.#windows.count(key, at, span);
  }

  #completed(rule: EngineRule, event: RuleEvent, key: string): Hit | undefined {
    const { count, minutes } = rule.threshold!;
    const hits = this.#windows.count(key, event.at, minutes * MINUTE_MS);
    if (hits < count) return undefined;
    this.#windows.clear(key);
    return { rule, event, matched: rule.entity(event) || "this device", hits };
  }

  #correlate(ruleId: string, event: RuleEvent, matched: string): void {
    this.#correlations.feed(ruleId, event, ({ rule }, hits) => {
      if (!rule.isQuiet) this.#fire({ rule, event, matched, hits });
    });
  }
}
