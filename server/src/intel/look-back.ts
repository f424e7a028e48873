import { IndicatorSet, lookUp, type Observable, observablesOf } from "@picket/pipeline";
import { type Hunt, recordKind } from "@picket/schema";
import type { House } from "../house.js";
import { ask } from "../query/ask.js";
import type { SetStore } from "./set-store.js";

const DAYS = 30;
const MOST_VALUES = 200_000;
const MOST_EVENTS = 2_000;
const system = { name: "picket", role: "admin", kind: "user", mustSetPassword: false } as const;

/** The places of history where indicators are looked for, each as different values by how often they came. */
const places = [
  { field: "RemoteAddress", query: 'RawEventName in ("ConnectionCreate", "Login", "ConnectionTerminate")' },
  { field: "QueryName", query: 'RawEventName == "DnsQuery"' },
  { field: "HashAfter", query: 'RawEventName == "FileChange"' },
  { field: "CommandLine", query: 'RawEventName == "ProcessCreate"' },
] as const;

/** Looks for a new set's indicators in what is stored; what is found becomes back-dated evidence. Answers how many events. */
export async function lookBack(house: House, hash: string, sets: SetStore): Promise<number> {
  const bytes = sets.read(hash);
  if (!bytes) return 0;
  const set = new IndicatorSet(bytes);
  let count = 0;
  for (const place of places) {
    const values = await valuesOf(house, place);
    const found = values.filter((value) => isIn(set, place.field, value));
    for (let from = 0; from < found.length; from += 200)
      count += await tell(house, place.field, found.slice(from, from + 200));
  }
  return count;
}

async function valuesOf(house: House, { field, query }: (typeof places)[number]): Promise<string[]> {
  const text = `SecurityIoTRawEvent | where TimeGenerated > ago(${DAYS}d) and ${query} | summarize Events = count() by Value = tostring(parse_json(EventDetails).${field}) | where isnotempty(Value) | take ${MOST_VALUES} | project Value`;
  const { rowsJson } = await ask(house, system, { query: text, truncate: true });
  const rows: string[][] = JSON.parse(rowsJson);
  return rows.map(([value = ""]) => value);
}

function isIn(set: IndicatorSet, field: string, value: string): boolean {
  const item = { [field]: value };
  const event = { deviceId: "", moduleId: "", name: "ProcessCreate", at: 0, hits: 1, item } as const;
  return observablesOf(event).some((observable: Observable) => lookUp(set, observable) !== undefined);
}

async function tell(house: House, field: string, values: readonly string[]): Promise<number> {
  const list = values.map((value) => JSON.stringify(value)).join(", ");
  const query = `SecurityIoTRawEvent | where TimeGenerated > ago(${DAYS}d) and tostring(parse_json(EventDetails).${field}) in (${list}) | project DeviceId, ModuleId, RawEventName, TimeStamp, TimeGenerated, EventDetails | order by TimeStamp asc | take ${MOST_EVENTS}`;
  const { rowsJson } = await ask(house, system, { query });
  const rows: string[][] = JSON.parse(rowsJson);
  const events: Hunt["events"] = rows.map(
    ([deviceId = "", moduleId = "", name = "", at = "", receivedAt = "", details = "{}"]) => ({
      deviceId,
      moduleId,
      name,
      at: Date.parse(at),
      receivedAt: Date.parse(receivedAt),
      item: JSON.parse(details),
    }),
  );
  if (events.length > 0)
    await house.record(recordKind.hunt, { ruleId: "indicators", actor: "picket", events } satisfies Hunt);
  return events.length;
}
