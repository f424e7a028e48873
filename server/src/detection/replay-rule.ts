import { type RuleEvent, rules } from "@picket/detections";
import { silent } from "@picket/kit";
import { Engine, fromMatchRule } from "@picket/pipeline";
import type { Hunt } from "@picket/schema";

/** What a replay of one rule found. */
export interface Replayed {
  readonly hits: number;
  readonly devices: number;
  readonly first?: string;
  readonly last?: string;
}

/** Asks one rule of the product about events of the past in their order, with a window of its own. */
export function replayRule(ruleId: string, events: Hunt["events"]): Replayed {
  const matching = rules.filter((rule) => rule.kind === "match").filter(({ id }) => id === ruleId);
  const engine = new Engine({ rules: matching.map(fromMatchRule), correlations: [] }, silent);
  const fired: RuleEvent[] = [];
  for (const { deviceId, moduleId, name, at, item } of events) {
    const event = { deviceId, moduleId, name: name as RuleEvent["name"], at, hits: hitsOf(item), item };
    engine.ask(event, () => fired.push(event));
  }
  const times = fired.map(({ at }) => at).sort((one, other) => one - other);
  return {
    hits: fired.length,
    devices: new Set(fired.map(({ deviceId }) => deviceId)).size,
    ...(times.length === 0
      ? {}
      : { first: new Date(times[0]!).toISOString(), last: new Date(times.at(-1)!).toISOString() }),
  };
}

function hitsOf(item: Readonly<Record<string, unknown>>): number {
  const hits = Number(Reflect.get(Object(item["ExtraDetails"]), "HitCount"));
  return Number.isFinite(hits) && hits >= 1 ? hits : 1;
}
