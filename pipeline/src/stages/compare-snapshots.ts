import type { SnapshotRule } from "@picket/detections";
import type { Suspicion } from "../books/alert-book.js";

/** Who is told of suspicions. */
interface Suspecting {
  raise(suspicion: Suspicion): void;
}

/** What is remembered of a device's last snapshot of one event. */
export type SavedSnapshot = readonly [key: string, entries: readonly (readonly [string, string])[]];

/** Compares each snapshot of a device with the one before. */
export class SnapshotComparison {
  readonly #rules: readonly SnapshotRule[];
  readonly #last = new Map<string, ReadonlyMap<string, string>>();

  constructor(rules: readonly SnapshotRule[]) {
    this.#rules = rules;
  }

  look(
    deviceId: string,
    snapshot: {
      readonly name: string;
      readonly at: number;
      readonly receivedAt: number;
      readonly items: readonly Record<string, unknown>[];
    },
    book: Suspecting,
  ): void {
    for (const rule of this.#rules) {
      if (rule.reads !== snapshot.name) continue;
      const key = `${rule.id}\n${deviceId}`;
      const before = this.#last.get(key);
      const after = new Map(snapshot.items.map((item) => rule.remember(item)));
      this.#last.set(key, after);
      if (!before) continue;
      const { at, receivedAt } = snapshot;
      for (const { entity, title, reason } of rule.compare(deviceId, before, after)) {
        book.raise({
          rule,
          deviceId,
          moduleId: "",
          entity,
          at,
          receivedAt,
          title,
          reason,
          hits: 1,
          evidence: { Snapshot: snapshot.name, Change: reason },
          next: [],
        });
      }
    }
  }

  save(): SavedSnapshot[] {
    return [...this.#last].map(([key, entries]) => [key, [...entries]]);
  }

  restore(saved: readonly SavedSnapshot[]): void {
    for (const [key, entries] of saved) this.#last.set(key, new Map(entries));
  }
}
