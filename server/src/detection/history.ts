import { type Hunt, recordKind } from "@picket/schema";
import type { House } from "../house.js";
import { ask } from "../query/ask.js";
import type { Caller } from "../security/accounts.js";

/** A span of what is stored. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** How often a rule would have fired. */
export interface Found {
  readonly id: string;
  readonly title: string;
  readonly hits: number;
  readonly devices: number;
  readonly first?: string;
  readonly last?: string;
  readonly problem?: string;
}

/** A rule by its query. */
export interface Queried {
  readonly id: string;
  readonly title: string;
  readonly kql: string;
  /** False when the query finds candidates, and the rule itself is asked about each. */
  readonly isExact: boolean;
}

const SUMMARY =
  "summarize Hits = count(), Devices = dcount(DeviceId), First = min(TimeGenerated), Last = max(TimeGenerated)";
const MOST_EVENTS = 5_000;

/** Asks how often rules hold for what is stored; one that cannot be asked says why. */
export async function backtest(
  house: House,
  caller: Caller,
  rules: readonly Queried[],
  span: Span,
): Promise<Found[]> {
  const found: Found[] = [];
  // One after the other: a back-test of a whole pack must not take the store from everybody else.
  for (const rule of rules) found.push(await backtestOne(house, caller, rule, span));
  return found.sort((one, other) => other.hits - one.hits);
}

async function backtestOne(house: House, caller: Caller, rule: Queried, span: Span): Promise<Found> {
  const { id, title } = rule;
  const nothing = { id, title, hits: 0, devices: 0 };
  try {
    if (!rule.isExact) {
      const language = await house.language();
      return { ...nothing, ...(await language.replay(id, await eventsOf(house, caller, rule, span))) };
    }
    const { rowsJson } = await ask(house, caller, { query: `${rule.kql}\n| ${SUMMARY}`, ...span });
    const [[hits, devices, first, last] = []]: (string | number | null)[][] = JSON.parse(rowsJson);
    if (!hits) return nothing;
    return {
      ...nothing,
      hits: Number(hits),
      devices: Number(devices),
      first: String(first),
      last: String(last),
    };
  } catch (error) {
    return { ...nothing, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Gives what rules find in history to the pipeline, which makes back-dated alerts of it. */
export async function hunt(
  house: House,
  caller: Caller,
  rules: readonly Queried[],
  span: Span,
): Promise<number> {
  let count = 0;
  for (const rule of rules) {
    const events = await eventsOf(house, caller, rule, span);
    if (events.length === 0) continue;
    count += events.length;
    const body: Hunt = { ruleId: rule.id, actor: caller.name, events };
    await house.rooms.analysis.reached(await house.record(recordKind.hunt, body));
  }
  return count;
}

async function eventsOf(house: House, caller: Caller, rule: Queried, span: Span): Promise<Hunt["events"]> {
  const query = `${rule.kql}\n| project DeviceId, ModuleId, RawEventName, TimeStamp, TimeGenerated, EventDetails\n| order by TimeStamp asc\n| take ${MOST_EVENTS}`;
  const { rowsJson } = await ask(house, caller, { query, ...span });
  const rows: string[][] = JSON.parse(rowsJson);
  return rows.map(([deviceId = "", moduleId = "", name = "", at = "", receivedAt = "", details = "{}"]) => ({
    deviceId,
    moduleId,
    name,
    at: Date.parse(at),
    receivedAt: Date.parse(receivedAt),
    item: JSON.parse(details),
  }));
}
