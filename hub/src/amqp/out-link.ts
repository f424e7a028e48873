import type { Delivery, EventContext, Message, Sender } from "rhea";
import { creditOf } from "./guards.js";

/** How the other side ended a message. */
export type Outcome = "accepted" | "rejected" | "released";

interface Queued {
  readonly message: Message;
  readonly ended: ((outcome: Outcome) => void) | undefined;
}

const QUEUE = 256;

/** A link that the hub sends on: messages wait for credit, so that one slow link holds up no other of its session. */
export class OutLink {
  readonly sender: Sender;
  readonly #queue: Queued[] = [];
  readonly #unsettled = new Map<Delivery, (outcome: Outcome) => void>();
  readonly #onRoom: (() => void)[] = [];
  #unprocessed = 0;

  constructor(sender: Sender) {
    this.sender = sender;
    for (const event of ["sendable", "sender_flow"] as const) sender.on(event, () => this.#flush());
    for (const outcome of ["accepted", "rejected", "released"] as const)
      sender.on(outcome, ({ delivery }: EventContext) => this.#end(delivery, outcome));
    sender.on("modified", ({ delivery }: EventContext) => this.#end(delivery, "released"));
    sender.on("settled", ({ delivery }: EventContext) => this.#end(delivery, "released"));
  }

  /** Messages that may be sent now. */
  get room(): number {
    if (!this.sender.is_open() || this.#queue.length > 0) return 0;
    return Math.max(0, creditOf(this.sender) - this.#unprocessed);
  }

  /** Calls when there may be room again. */
  whenRoom(call: () => void): void {
    this.#onRoom.push(call);
  }

  /** Sends now or when there is credit; false when too many wait already. */
  send(message: Message, ended?: (outcome: Outcome) => void): boolean {
    if (this.sender.is_closed() || this.#queue.length >= QUEUE) return false;
    this.#queue.push({ message, ended });
    this.#flush();
    return true;
  }

  /** Gives back what was sent or waits and was not answered, when the link is gone. */
  release(): void {
    for (const { ended } of this.#queue.splice(0)) ended?.("released");
    const open = [...this.#unsettled.values()];
    this.#unsettled.clear();
    for (const ended of open) ended("released");
  }

  #flush(): void {
    while (this.#queue.length > 0 && creditOf(this.sender) > this.#unprocessed && this.sender.sendable()) {
      const { message, ended } = this.#queue.shift()!;
      this.#unprocessed += 1;
      const delivery = this.sender.send(message);
      if (ended) this.#unsettled.set(delivery, ended);
    }
    // The library takes credit off when it writes, which is after this turn.
    if (this.#unprocessed > 0) setImmediate(() => this.#processed());
    else if (this.room > 0) this.#told();
  }

  #processed(): void {
    const hadSent = this.#unprocessed > 0;
    this.#unprocessed = 0;
    if (!hadSent) return;
    if (this.#queue.length > 0) this.#flush();
    else if (this.room > 0) this.#told();
  }

  #told(): void {
    for (const call of this.#onRoom) call();
  }

  #end(delivery: Delivery | undefined, outcome: Outcome): void {
    const ended = delivery && this.#unsettled.get(delivery);
    if (!ended) return;
    this.#unsettled.delete(delivery);
    ended(outcome);
  }
}
