import type { EventName, Payload, SecurityEvent } from "@picket/schema";
import { securityEvent } from "@picket/sdk";

type Row = Payload<"CollectorHealth">;

/** What one collector last did. */
export interface Done {
  readonly source: string;
  readonly items: number;
  readonly leftOut: number;
  readonly milliseconds: number;
}

/** Where each kind of event comes from and what had to be left out, for whoever asks. */
export class Health {
  readonly #done = new Map<EventName, Done>();

  did(name: EventName, done: Done): void {
    this.#done.set(name, done);
  }

  /** Sources of events by name, in the form `source (why a better one does not serve; what was left out)`. */
  coverage(sources: Readonly<Partial<Record<EventName, string>>>): Partial<Record<EventName, string>> {
    const own = [...this.#done].map(([name, { source, leftOut, items }]): [EventName, string] => [
      name,
      leftOut > 0 ? `${source} (${leftOut} of ${items} left out)` : source,
    ]);
    return { ...Object.fromEntries(own), ...sources };
  }

  /** The same as an event. */
  event(sources: Readonly<Partial<Record<EventName, string>>>): SecurityEvent {
    const rows = Object.entries(this.coverage(sources)).map(([name, text]): Row => {
      const [, source = text, reason = ""] = /^(.*?)(?: \((.*)\))?$/s.exec(text) ?? [];
      const done = this.#done.get(name as EventName);
      return {
        Collector: name,
        Source: source,
        Reason: reason,
        ...(done
          ? { Items: done.items, LeftOut: done.leftOut, DurationMs: Math.round(done.milliseconds) }
          : {}),
      };
    });
    return securityEvent("CollectorHealth", rows);
  }
}
