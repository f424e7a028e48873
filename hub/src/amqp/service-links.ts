import type { EventContext, Message, Receiver } from "rhea";
import { acknowledgement, type CommandDraft } from "../c2d/command.js";
import { hubErrors } from "../errors.js";
import { commandTarget } from "./addresses.js";
import { conditionOf } from "./conditions.js";
import type { Host } from "./host.js";
import { bodyOf, dataSection, idText } from "./messages.js";
import type { Outcome, OutLink } from "./out-link.js";

const CREDIT = 50;
const FEEDBACK = "application/vnd.microsoft.iothub.feedback.json";

/** A service application sends cloud-to-device messages on this link. */
export function takeCommands(receiver: Receiver, host: Host): void {
  receiver.on("message", ({ message, delivery }: EventContext) => {
    if (!message || !delivery) return;
    void queued(message, host)
      .then(
        () => delivery.accept(),
        (error: unknown) => delivery.reject(conditionOf(error)),
      )
      .finally(() => receiver.add_credit(1));
  });
  receiver.add_credit(CREDIT);
}

async function queued(message: Message, host: Host): Promise<void> {
  const deviceId = commandTarget(message.to);
  if (deviceId === undefined)
    throw hubErrors.argumentInvalid({
      what: "The message's `to`",
      why: "it must be /devices/{id}/messages/devicebound",
    });
  const caller = { protocol: host.protocol, ipAddress: host.address };
  await host.around.commands.send(deviceId, draftOf(message), caller);
}

function draftOf(message: Message): CommandDraft {
  const { "iothub-ack": ack, ...properties } = message.application_properties ?? {};
  const given = {
    messageId: idText(message.message_id),
    correlationId: idText(message.correlation_id),
    userId: idText(message.user_id),
    contentType: idText(message.content_type),
    contentEncoding: idText(message.content_encoding),
  };
  const expiresAt = Number(message.absolute_expiry_time ?? Number.NaN);
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    ack: acknowledgement(ack === undefined ? undefined : String(ack)),
    ...(expiresAt > 0 ? { expiresAt } : {}),
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, value]): [string, string] => [name, String(value)]),
    ),
    body: bodyOf(message),
  };
}

/** A service application hears on this link what became of its cloud-to-device messages. */
export class FeedbackLink {
  readonly #out: OutLink;
  readonly #host: Host;

  constructor(out: OutLink, host: Host) {
    this.#out = out;
    this.#host = host;
    const unwatch = host.around.commands.feedback.watch(() => this.#pump());
    host.whenGone(out.sender, () => {
      unwatch();
      out.release();
    });
    out.whenRoom(() => this.#pump());
    this.#pump();
  }

  #pump(): void {
    const { feedback } = this.#host.around.commands;
    while (this.#out.room > 0) {
      const batch = feedback.receive();
      if (!batch) return;
      this.#out.send(
        {
          body: dataSection(Buffer.from(JSON.stringify(batch.records))),
          content_type: FEEDBACK,
          user_id: "feedback",
          message_annotations: { "iothub-enqueuedtime": new Date(this.#host.around.clock.now()) },
        },
        (outcome) => void this.#ended(batch.lockToken, outcome),
      );
    }
  }

  async #ended(lockToken: string, outcome: Outcome): Promise<void> {
    const { feedback } = this.#host.around.commands;
    if (outcome === "released") feedback.abandon(lockToken);
    else await feedback.complete(lockToken);
  }
}
