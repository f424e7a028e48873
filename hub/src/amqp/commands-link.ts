import type { Message } from "rhea";
import type { Command } from "../c2d/command.js";
import type { Answer } from "../c2d/command-queues.js";
import { doorBroke } from "../signals.js";
import type { Host } from "./host.js";
import { dataSection } from "./messages.js";
import type { Outcome, OutLink } from "./out-link.js";

const answers: Readonly<Record<Outcome, Answer>> = {
  accepted: "complete",
  rejected: "reject",
  released: "abandon",
};

/** Cloud-to-device messages on their way to a device: accepted is completed, released is abandoned, rejected is rejected. */
export class CommandsLink {
  readonly #out: OutLink;
  readonly #host: Host;
  readonly #deviceId: string;
  #isPumping = false;
  #isWanted = false;
  #isGone = false;

  constructor(out: OutLink, host: Host, deviceId: string) {
    this.#out = out;
    this.#host = host;
    this.#deviceId = deviceId;
    const unwatch = host.around.commands.watch(deviceId, () => this.#pump());
    host.whenGone(out.sender, () => {
      this.#isGone = true;
      unwatch();
      out.release();
    });
    out.whenRoom(() => this.#pump());
    this.#pump();
  }

  #pump(): void {
    this.#isWanted = true;
    if (!this.#isPumping) void this.#deliver();
  }

  async #deliver(): Promise<void> {
    this.#isPumping = true;
    while (this.#isWanted && !this.#isGone) {
      this.#isWanted = false;
      await this.#drain().catch((error: unknown) => this.#broke(error));
    }
    this.#isPumping = false;
  }

  async #drain(): Promise<void> {
    const { commands } = this.#host.around;
    while (this.#out.room > 0 && !this.#isGone) {
      const delivery = await commands.receive(this.#deviceId, this.#caller());
      if (!delivery) return;
      const { command, lockToken } = delivery;
      const isSent =
        !this.#isGone &&
        this.#out.send(commandMessage(command), (outcome) => void this.#answer(lockToken, outcome));
      if (!isSent) await commands.answer(this.#deviceId, lockToken, "abandon", this.#caller());
    }
  }

  /** An answer after its lock was lost is told in the operation log; the command comes again. */
  async #answer(lockToken: string, outcome: Outcome): Promise<void> {
    const { commands } = this.#host.around;
    await commands
      .answer(this.#deviceId, lockToken, answers[outcome], this.#caller())
      .catch((error: unknown) => this.#broke(error));
  }

  #caller(): { readonly protocol: Host["protocol"]; readonly ipAddress: string } {
    return { protocol: this.#host.protocol, ipAddress: this.#host.address };
  }

  #broke(error: unknown): void {
    doorBroke(this.#host.around.recorder, { door: "amqp" }, 1, {
      deviceId: this.#deviceId,
      error: String(error),
    });
  }
}

function commandMessage(command: Command): Message {
  const { messageId, correlationId, userId, contentType, contentEncoding, deviceId, ack } = command;
  return {
    body: dataSection(command.body),
    message_id: messageId,
    to: command.to ?? `/devices/${encodeURIComponent(deviceId)}/messages/devicebound`,
    absolute_expiry_time: command.expiresAt,
    ...(correlationId ? { correlation_id: correlationId } : {}),
    ...(userId ? { user_id: userId } : {}),
    ...(contentType ? { content_type: contentType } : {}),
    ...(contentEncoding ? { content_encoding: contentEncoding } : {}),
    delivery_count: command.deliveryCount - 1,
    message_annotations: {
      "iothub-enqueuedtime": new Date(command.enqueuedAt),
      "iothub-deliverycount": command.deliveryCount,
      "x-opt-sequence-number": command.sequence,
    },
    application_properties: { ...command.properties, ...(ack === "none" ? {} : { "iothub-ack": ack }) },
  };
}
