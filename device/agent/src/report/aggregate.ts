import { type AggregatedEvent, type Payload, printLocal, type SecurityEvent } from "@picket/schema";
import { securityEvent } from "@picket/sdk";

interface Folded {
  readonly name: AggregatedEvent;
  readonly item: Record<string, unknown>;
  hits: number;
  readonly since: number;
  last: number;
}

const CAPACITY = 5_000;
const keyFields: Readonly<Record<AggregatedEvent, readonly string[]>> = {
  ProcessCreate: ["CommandLine", "Executable", "UserName", "UserId"],
  ConnectionCreate: [
    "CommandLine",
    "Executable",
    "UserId",
    "Direction",
    "LocalAddress",
    "RemoteAddress",
    "Protocol",
  ],
  ProcessTerminate: ["Executable", "ExitStatus"],
};

/** Folds repeats of an event: the first of each kind goes out as it is, what follows within the interval is counted. */
export class Aggregation {
  readonly #folded = new Map<string, Folded>();

  /** The event to send at once; undefined when it was counted. */
  take<N extends AggregatedEvent>(name: N, item: Payload<N>, at: number): SecurityEvent | undefined {
    const key = keyOf(name, { ...item });
    const known = this.#folded.get(key);
    if (known) {
      known.hits += 1;
      known.last = at;
      return undefined;
    }
    // A full table sends what it cannot fold: nothing is lost for want of room.
    if (this.#folded.size < CAPACITY)
      this.#folded.set(key, { name, item: { ...item }, hits: 0, since: at, last: at });
    return securityEvent(name, [item], { at });
  }

  /** Events of what was folded longer than its interval. */
  flush(now: number, intervalMs: (name: AggregatedEvent) => number): SecurityEvent[] {
    const events: SecurityEvent[] = [];
    for (const [key, folded] of this.#folded) {
      if (now - folded.since < intervalMs(folded.name)) continue;
      this.#folded.delete(key);
      if (folded.hits > 0) events.push(eventOf(folded, now));
    }
    return events;
  }
}

/** Which end's port tells connections apart depends on who opened them. */
function keyOf(name: AggregatedEvent, item: Record<string, unknown>): string {
  const fields =
    name === "ConnectionCreate"
      ? [...keyFields[name], item["Direction"] === "In" ? "LocalPort" : "RemotePort"]
      : keyFields[name];
  return JSON.stringify([name, ...fields.map((field) => item[field])]);
}

/** As the original wrote it: ids blanked, and the count and span in the details. */
function eventOf({ name, item, hits, since, last }: Folded, now: number): SecurityEvent {
  const offset = -new Date(now).getTimezoneOffset();
  const details = {
    ...(item["ExtraDetails"] as Record<string, string> | undefined),
    HitCount: String(hits),
    StartTimeLocal: printLocal(since, offset),
    StartTimeUtc: new Date(since).toISOString(),
    EndTimeLocal: printLocal(last, offset),
    EndTimeUtc: new Date(last).toISOString(),
  };
  const blanked: Record<string, unknown> = { ...item, ProcessId: 0, ExtraDetails: details };
  if (name === "ProcessCreate") blanked["ParentProcessId"] = 0;
  if (name === "ConnectionCreate") blanked[item["Direction"] === "In" ? "RemotePort" : "LocalPort"] = "0";
  return securityEvent(name, [blanked as Payload<typeof name>], {
    at: now,
    category: "Aggregated",
  });
}
