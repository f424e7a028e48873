import type { CommandCaller, Delivery } from "../c2d/command.js";
import { doorBroke } from "../signals.js";
import { commandBag } from "./bag.js";
import { publishBytes } from "./packets.js";
import type { SessionHost } from "./session-host.js";

/** How many commands a client may have before it acknowledges one. */
const WINDOW = 10;

/**
 * Hands a client its commands: completed by its PUBACK, held as long as it is connected and abandoned when it goes, so
 * that they come again at its next connection.
 */
export class Commands {
  readonly #host: SessionHost;
  readonly #held = new Map<number, string>();
  #stop: (() => void) | undefined;
  #qos = 0;
  #nextId = 0;
  #isFetching = false;

  constructor(host: SessionHost) {
    this.#host = host;
  }

  /** Begins to deliver, with QoS 0 or 1. */
  start(qos: number): void {
    this.#qos = qos;
    const { deviceId, moduleId } = this.#host.speaker;
    if (this.#stop || moduleId !== "") return;
    this.#stop = this.#host.around.commands.watch(deviceId, () => void this.#fetch());
    void this.#fetch();
  }

  /** Stops to deliver; what was not acknowledged waits for the next connection. */
  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
    for (const token of this.#held.values()) void this.#answer(token, "abandon");
    this.#held.clear();
  }

  /** Takes a PUBACK. */
  acknowledged(id: number): void {
    const token = this.#held.get(id);
    if (token === undefined) return;
    this.#held.delete(id);
    void this.#answer(token, "complete").then(() => this.#fetch());
  }

  get #caller(): CommandCaller {
    return { protocol: this.#host.wire.protocol, ipAddress: this.#host.address };
  }

  async #fetch(): Promise<void> {
    if (this.#isFetching) return;
    this.#isFetching = true;
    try {
      while (this.#stop && this.#held.size < WINDOW) {
        const { commands } = this.#host.around;
        const delivery = await commands.receive(this.#host.speaker.deviceId, this.#caller, Infinity);
        if (!delivery) break;
        await this.#deliver(delivery);
      }
    } catch (error) {
      this.#broke(error);
    } finally {
      this.#isFetching = false;
    }
  }

  async #deliver({ command, lockToken }: Delivery): Promise<void> {
    if (!this.#stop) return this.#answer(lockToken, "abandon");
    const id = this.#qos === 0 ? 0 : this.#freeId();
    const topic = `devices/${command.deviceId}/messages/devicebound/${commandBag(command)}`;
    this.#host.write(publishBytes(topic, command.body, id));
    if (id === 0) await this.#answer(lockToken, "complete");
    else this.#held.set(id, lockToken);
  }

  #freeId(): number {
    do this.#nextId = (this.#nextId % 65_535) + 1;
    while (this.#held.has(this.#nextId));
    return this.#nextId;
  }

  async #answer(token: string, answer: "complete" | "abandon"): Promise<void> {
    const { around, speaker } = this.#host;
    await around.commands.answer(speaker.deviceId, token, answer, this.#caller).catch((error: unknown) => {
      // A purge may have ended it meanwhile.
      if (!(error instanceof Error && "code" in error && error.code === "HUB_MESSAGE_LOCK_LOST"))
        this.#broke(error);
    });
  }

  #broke(error: unknown): void {
    doorBroke(this.#host.around.recorder, { door: "mqtt" }, 1, { error: String(error) });
  }
}
