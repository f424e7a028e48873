import type { SecurityEvent } from "@picket/schema";
import { securityEvent } from "@picket/sdk";
import { type DropReason, type Queue, queues } from "../outbox/outbox.js";

/** Why an event never reached the hub. */
export type LossReason = DropReason | "tooLarge" | "lostInKernel" | "limited";

interface Account {
  made: number;
  sent: number;
  readonly dropped: Partial<Record<LossReason, number>>;
}

const account = (): Account => ({ made: 0, sent: 0, dropped: {} });
const droppedOf = ({ dropped }: Account): number =>
  Object.values(dropped).reduce((total, count) => total + count, 0);
const accounts = (): Record<Queue, Account> => ({
  Operational: account(),
  High: account(),
  Medium: account(),
  Low: account(),
});

/**
 * Where every event went: what was made was sent, was dropped for a reason, or waits. What the kernel lost was never made
 * here, so it counts as made and dropped.
 */
export class Ledger {
  readonly #totals = accounts();
  #told = accounts();
  readonly #messages = { sent: 0, small: 0, failed: 0 };

  made(queue: Queue, events: number): void {
    this.#totals[queue].made += events;
  }

  sent(queue: Queue, events: number): void {
    this.#totals[queue].sent += events;
  }

  dropped(queue: Queue, events: number, reason: LossReason): void {
    const { dropped } = this.#totals[queue];
    dropped[reason] = (dropped[reason] ?? 0) + events;
  }

  message(bytes: number | undefined): void {
    if (bytes === undefined) this.#messages.failed += 1;
    else {
      this.#messages.sent += 1;
      if (bytes < 4_096) this.#messages.small += 1;
    }
  }

  /** Totals since the start; `waiting` answers what the outbox holds. */
  balance(waiting: (queue: Queue) => number) {
    return queues.map((queue) => {
      const { made, sent, dropped } = this.#totals[queue];
      return { queue, made, sent, dropped: { ...dropped }, waiting: waiting(queue) };
    });
  }

  /** What changed since the last call, as the original's two events. Their schema knows High and Low: Medium counts as Low. */
  statistics(): SecurityEvent[] {
    const told = this.#told;
    this.#told = structuredClone(this.#totals);
    const since = (queue: Queue) => ({
      collected: this.#totals[queue].made - told[queue].made,
      dropped: droppedOf(this.#totals[queue]) - droppedOf(told[queue]),
    });
    const reasons = (queue: Queue): [string, number][] =>
      Object.entries(this.#totals[queue].dropped).map(([reason, count]) => [
        reason,
        count - (Object.entries(told[queue].dropped).find(([name]) => name === reason)?.[1] ?? 0),
      ]);
    const row = (name: "High" | "Low", members: readonly Queue[]) => {
      const counts = members.map(since);
      const why = new Map<string, number>();
      for (const [reason, count] of members.flatMap(reasons))
        if (count > 0) why.set(reason, (why.get(reason) ?? 0) + count);
      return {
        Queue: name,
        CollectedEvents: counts.reduce((total, { collected }) => total + collected, 0),
        DroppedEvents: counts.reduce((total, { dropped }) => total + dropped, 0),
        ...(why.size > 0
          ? { ExtraDetails: Object.fromEntries([...why].map(([reason, count]) => [reason, String(count)])) }
          : {}),
      };
    };
    const { sent, small, failed } = this.#messages;
    Object.assign(this.#messages, { sent: 0, small: 0, failed: 0 });
    return [
      securityEvent("DroppedEventsStatistics", [row("High", ["High"]), row("Low", ["Medium", "Low"])]),
      securityEvent("MessageStatistics", [
        { MessagesSent: sent, MessagesUnder4KB: small, TotalFailed: failed },
      ]),
    ];
  }
}
