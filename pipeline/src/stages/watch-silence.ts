import type { SilenceRule } from "@picket/detections";
import type { Suspicion } from "../books/alert-book.js";

const HOUR_MS = 3_600_000;

/** Who is told of suspicions. */
interface Suspecting {
  raise(suspicion: Suspicion): void;
}

/** Devices by when they were last heard; told of silence by ticks. */
export class SilenceWatch {
  readonly #rules: readonly SilenceRule[];
  readonly #lastHeard = new Map<string, number>();

  constructor(rules: readonly SilenceRule[]) {
    this.#rules = rules;
  }

  heard(deviceId: string, at: number): void {
    this.#lastHeard.set(deviceId, at);
  }

  forget(deviceId: string): void {
    this.#lastHeard.delete(deviceId);
  }

  /** Raises an alert once for each silence; the device is watched again when it speaks. */
  tick(now: number, book: Suspecting): void {
    for (const rule of this.#rules) {
      for (const [deviceId, at] of this.#lastHeard) {
        const hours = Math.floor((now - at) / HOUR_MS);
        if (hours < rule.hours) continue;
        this.#lastHeard.delete(deviceId);
        const evidence = { LastMessage: new Date(at).toISOString(), Hours: hours };
        const title = rule.title(deviceId);
        book.raise({
          rule,
          deviceId,
          moduleId: "",
          entity: "",
          at: now,
          receivedAt: now,
          title,
          reason: rule.reason(deviceId, hours),
          hits: 1,
          evidence,
          next: [],
        });
      }
    }
  }

  save(): (readonly [string, number])[] {
    return [...this.#lastHeard];
  }

  restore(saved: readonly (readonly [string, number])[]): void {
    for (const [deviceId, at] of saved) this.#lastHeard.set(deviceId, at);
  }
}
