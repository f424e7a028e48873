import { randomUUID } from "node:crypto";
import type { Clock, Recorder } from "@picket/kit";
import type { OperationCause } from "@picket/schema";
import { hubErrors } from "../errors.js";
import type { Registry } from "../identity/registry.js";
import type { OperationLog } from "../operations/operation-log.js";
import type { Throttles } from "../quotas/throttles.js";
import { commandEnded, doorBroke } from "../signals.js";
import type { KeyValueStore } from "../slots.js";
import {
  type CommandCaller,
  type CommandDraft,
  type CommandHead,
  type CommandLimits,
  checked,
  commandLimits,
  type Delivery,
} from "./command.js";
import { CommandStore } from "./command-store.js";
import { type CommandEnd, FeedbackQueue } from "./feedback.js";
import { Turns } from "./turns.js";

/** How a device answers a command. */
export type Answer = "complete" | "reject" | "abandon";

interface Lock {
  readonly token: string;
  readonly until: number;
}

const SWEEP_MS = 1_000;
const SWEEP_PAGE = 500;
const nobody: CommandCaller = { protocol: "Https", ipAddress: "" };
const keyOf = ({ deviceId, sequence }: CommandHead): string => `${deviceId}|${sequence}`;

const ends: Readonly<Record<CommandEnd, { readonly operation: string; readonly cause: OperationCause }>> = {
  Success: { operation: "complete", cause: "" },
  Rejected: { operation: "reject", cause: "messageRejected" },
  Expired: { operation: "messageExpired", cause: "messageExpired" },
  DeliveryCountExceeded: { operation: "deliveryCountExceeded", cause: "deliveryCountExceeded" },
  Purged: { operation: "purge", cause: "" },
};

/**
 * Cloud-to-device messages, one queue on disk per device. A command is handed to its device in order and locked until the
 * device completes, rejects or abandons it or the lock runs out; one that is not answered comes again, at most ten times.
 * Locks are forgotten at a restart, which makes what was locked come again.
 */
export class CommandQueues {
  /** What the senders who asked for it are told. */
  readonly feedback: FeedbackQueue;
  readonly limits: CommandLimits;
  readonly #commands: CommandStore;
  readonly #registry: Registry;
  readonly #operations: OperationLog;
  readonly #clock: Clock;
  readonly #recorder: Recorder;
  readonly #throttles: Throttles | undefined;
  readonly #locks = new Map<string, Lock>();
  readonly #watchers = new Map<string, Set<() => void>>();
  readonly #turns = new Turns();
  readonly #timer: NodeJS.Timeout;
  #sweptTo = "";

  constructor(around: {
    readonly store: KeyValueStore;
    readonly registry: Registry;
    readonly operations: OperationLog;
    readonly clock: Clock;
    readonly recorder: Recorder;
    readonly limits?: Partial<CommandLimits>;
    readonly throttles?: Throttles;
  }) {
    this.#throttles = around.throttles;
    this.limits = { ...commandLimits, ...around.limits };
    this.feedback = new FeedbackQueue(around);
    this.#commands = new CommandStore(around.store);
    this.#registry = around.registry;
    this.#operations = around.operations;
    this.#clock = around.clock;
    this.#recorder = around.recorder;
    this.#timer = setInterval(() => void this.#swept(), SWEEP_MS);
    this.#timer.unref();
  }

  /** Queues a command; resolves when it is on disk. Throws when the device is unknown, its queue full or the command too large. */
  async send(deviceId: string, draft: CommandDraft, caller: CommandCaller): Promise<CommandHead> {
    await this.#throttles?.pass("commands", deviceId);
    return this.#turns.take(deviceId, async () => {
      const { generationId } = this.#registry.get(deviceId);
      const size = checked(draft, this.limits);
      await this.#end(this.#overdue(deviceId), "Expired", nobody);
      if (this.pending(deviceId) >= this.limits.pending) {
        const full = hubErrors.queueFull({ id: deviceId, most: this.limits.pending });
        this.#tell({
          deviceId,
          ...caller,
          operationName: "send",
          cause: "queueFull",
          resultDescription: full.message,
        });
        throw full;
      }
      const now = this.#clock.now();
      const { body, ...rest } = draft;
      const head: CommandHead = {
        ...rest,
        messageId: draft.messageId || randomUUID(),
        ack: draft.ack ?? "none",
        properties: draft.properties ?? {},
        expiresAt: Math.min(
          draft.expiresAt ?? now + this.limits.timeToLive,
          now + this.limits.longestTimeToLive,
        ),
        sequence: this.#commands.next(),
        deviceId,
        generationId,
        enqueuedAt: now,
        deliveryCount: 0,
        size,
        sentOver: caller.protocol,
      };
      await this.#commands.add({ ...head, body });
      this.#tellOf(head, "send", caller);
      this.#wake(deviceId);
      return head;
    });
  }

  /** Hands out the oldest command that is not locked and locks it for so long; MQTT holds it as long as its connection. */
  receive(deviceId: string, caller: CommandCaller, lockMs = this.limits.lock): Promise<Delivery | undefined> {
    return this.#turns.take(deviceId, async () => {
      const generation = this.#registry.find(deviceId)?.generationId;
      await this.#end(this.#overdue(deviceId), "Expired", nobody);
      for (const head of this.#commands.heads(deviceId, this.limits.pending)) {
        if (this.#isLocked(head)) continue;
        if (head.generationId !== generation) await this.#purge(deviceId, [head], nobody);
        else if (head.deliveryCount >= this.limits.deliveries)
          await this.#end([head], "DeliveryCountExceeded", caller);
        else return this.#lock(head, caller, lockMs);
      }
      return undefined;
    });
  }

  /** Takes a device's answer. Throws when the lock was lost. */
  answer(deviceId: string, lockToken: string, answer: Answer, caller: CommandCaller): Promise<void> {
    return this.#turns.take(deviceId, async () => {
      const head = this.#commands
        .heads(deviceId, this.limits.pending)
        .find((each) => this.#isLocked(each) && this.#locks.get(keyOf(each))?.token === lockToken);
      if (!head) {
        const lost = hubErrors.messageLockLost({ id: deviceId });
        this.#tell({
          deviceId,
          ...caller,
          operationName: answer,
          cause: "conflict",
          resultDescription: lost.message,
        });
        throw lost;
      }
      if (answer !== "abandon")
        return this.#end([head], answer === "complete" ? "Success" : "Rejected", caller);
      this.#locks.delete(keyOf(head));
      this.#tellOf(head, "abandon", caller);
      this.#wake(deviceId);
    });
  }

  /** Empties a device's queue; answers how many commands went. */
  purge(deviceId: string, caller: CommandCaller): Promise<number> {
    return this.#turns.take(deviceId, async () => {
      this.#registry.get(deviceId);
      return this.#purge(deviceId, this.list(deviceId), caller);
    });
  }

  /** How many commands wait or are locked. */
  pending(deviceId: string): number {
    return this.#commands.heads(deviceId, this.limits.pending).length;
  }

  /** The commands that wait or are locked, oldest first, without their bodies. */
  list(deviceId: string): CommandHead[] {
    return this.#commands.heads(deviceId, this.limits.pending);
  }

  /** Calls the watcher whenever there may be a command to receive; answers how to stop. */
  watch(deviceId: string, watcher: () => void): () => void {
    const watchers = this.#watchers.get(deviceId) ?? new Set();
    this.#watchers.set(deviceId, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.#watchers.get(deviceId) === watchers) this.#watchers.delete(deviceId);
    };
  }

  /** Ends a page of what has expired or whose device is gone, and wakes devices whose locks ran out. */
  async sweep(): Promise<void> {
    const now = this.#clock.now();
    for (const [key, { until }] of this.#locks) {
      if (until > now) continue;
      this.#locks.delete(key);
      this.#wake(key.slice(0, key.lastIndexOf("|")));
    }
    const { heads, after } = this.#commands.page(this.#sweptTo, SWEEP_PAGE);
    this.#sweptTo = after;
    const old = heads.filter((head) => head.expiresAt <= now || !this.#registry.find(head.deviceId));
    for (const deviceId of new Set(old.map((head) => head.deviceId)))
      await this.#turns.take(deviceId, () => this.#tidy(deviceId));
    await this.feedback.sweep();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #lock(head: CommandHead, caller: CommandCaller, lockMs: number): Promise<Delivery> {
    const counted = { ...head, deliveryCount: head.deliveryCount + 1 };
    const token = randomUUID();
    this.#locks.set(keyOf(head), { token, until: this.#clock.now() + lockMs });
    await this.#commands.write(this.#commands.changed(counted));
    this.#tellOf(counted, "deliver", caller);
    return { command: { ...counted, body: this.#commands.body(head) }, lockToken: token };
  }

  #isLocked(head: CommandHead): boolean {
    const lock = this.#locks.get(keyOf(head));
    return lock !== undefined && lock.until > this.#clock.now();
  }

  async #swept(): Promise<void> {
    await this.sweep().catch((error: unknown) =>
      doorBroke(this.#recorder, { door: "c2d" }, 1, { error: String(error) }),
    );
  }

  async #tidy(deviceId: string): Promise<void> {
    if (this.#registry.find(deviceId)) await this.#end(this.#overdue(deviceId), "Expired", nobody);
    else await this.#purge(deviceId, this.list(deviceId), nobody);
  }

  async #purge(deviceId: string, heads: readonly CommandHead[], caller: CommandCaller): Promise<number> {
    await this.#end(heads, "Purged", caller);
    const properties = { count: heads.length, messageIds: heads.map(({ messageId }) => messageId) };
    this.#tell({ deviceId, ...caller, operationName: "purge", properties });
    return heads.length;
  }

  #overdue(deviceId: string): CommandHead[] {
    const now = this.#clock.now();
    return this.#commands
      .heads(deviceId, this.limits.pending)
      .filter((head) => head.expiresAt <= now && !this.#isLocked(head));
  }

  /** Takes commands out of their queue and keeps the feedback that was asked for, in one write. */
  async #end(heads: readonly CommandHead[], end: CommandEnd, caller: CommandCaller): Promise<void> {
    if (heads.length === 0) return;
    const wanted = end === "Success" ? "positive" : "negative";
    const feedback = heads
      .filter(({ ack }) => ack === "full" || ack === wanted)
      .map((head) => this.feedback.keeping(head, end, end));
    await this.#commands.write([...heads.flatMap((head) => this.#commands.removed(head)), ...feedback]);
    const { operation, cause } = ends[end];
    for (const head of heads) {
      this.#locks.delete(keyOf(head));
      commandEnded(this.#recorder, { end });
      if (end === "Purged") continue;
      this.#tellOf(
        head,
        operation,
        caller === nobody ? { ...nobody, protocol: head.sentOver } : caller,
        cause,
      );
    }
    this.feedback.told(feedback.length);
  }

  #wake(deviceId: string): void {
    for (const watcher of this.#watchers.get(deviceId) ?? []) watcher();
  }

  #tellOf(head: CommandHead, operationName: string, caller: CommandCaller, cause: OperationCause = ""): void {
    const { deviceId, messageId, deliveryCount, expiresAt, enqueuedAt, ack, size } = head;
    this.#tell({
      deviceId,
      ...caller,
      operationName,
      cause,
      messageSize: size,
      ...(cause === ""
        ? {}
        : { resultDescription: `The message ${messageId} for ${deviceId} ended: ${cause}.` }),
      properties: {
        messageId,
        deliveryCount,
        deliveryAcknowledgement: ack,
        expiryTime: new Date(expiresAt).toISOString(),
        timeInSystem: this.#clock.now() - enqueuedAt,
      },
    });
  }

  #tell(told: Omit<Parameters<OperationLog["tell"]>[0], "category" | "moduleId">): void {
    this.#operations.tell({ category: "C2DCommands", moduleId: "", ...told });
  }
}
