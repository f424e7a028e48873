import type { Level } from "@picket/kit";
import type { SecurityEvent } from "@picket/schema";
import { securityEvent } from "@picket/sdk";

const severities = { warn: "Warning", error: "Error" } as const;
const AGAIN_MS = 600_000;
const MOST_TEXT = 500;
const MOST_KINDS = 100;

/** Turns the agent's own warnings and errors into events; the same one at most every ten minutes. */
export class Diagnostics {
  readonly #now: () => number;
  readonly #toldAt = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  eventOf(level: Level, message: string, fields: object): SecurityEvent | undefined {
    if (level !== "warn" && level !== "error") return undefined;
    const now = this.#now();
    if (now - (this.#toldAt.get(message) ?? Number.NEGATIVE_INFINITY) < AGAIN_MS) return undefined;
    if (this.#toldAt.size >= MOST_KINDS) this.#toldAt.clear();
    this.#toldAt.set(message, now);
    const rest = Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : "";
    return securityEvent(
      "Diagnostic",
      [
        {
          Severity: severities[level],
          Message: `${message}${rest}`.slice(0, MOST_TEXT),
          ProcessId: process.pid,
          ThreadId: process.pid,
        },
      ],
      { at: now },
    );
  }
}
