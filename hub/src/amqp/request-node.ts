import type { EventContext, Message, Receiver } from "rhea";
import type { Host } from "./host.js";
import { idText } from "./messages.js";
import type { OutLink } from "./out-link.js";

const CREDIT = 50;

/** Answers a request; what it gives becomes the reply. */
export type Answering = (request: Message) => Promise<Omit<Message, "correlation_id">>;

/** A node that is asked and replies, `$cbs` or `$management`; a reply goes to the link that its request names. */
export class RequestNode {
  readonly #host: Host;
  readonly #answer: Answering;
  readonly #replies = new Set<OutLink>();

  constructor(host: Host, answer: Answering) {
    this.#host = host;
    this.#answer = answer;
  }

  replyOn(out: OutLink): void {
    this.#replies.add(out);
    this.#host.whenGone(out.sender, () => this.#replies.delete(out));
  }

  listenOn(receiver: Receiver): void {
    receiver.on("message", ({ message, delivery }: EventContext) => {
      delivery?.accept();
      if (message) void this.#reply(message, receiver);
    });
    receiver.add_credit(CREDIT);
  }

  async #reply(request: Message, receiver: Receiver): Promise<void> {
    const reply = await this.#answer(request);
    const correlation = idText(request.message_id) ?? idText(request.correlation_id);
    const out = this.#replyLink(request.reply_to, receiver);
    out?.send({ ...reply, body: reply.body, ...(correlation ? { correlation_id: correlation } : {}) });
    receiver.add_credit(1);
  }

  #replyLink(replyTo: unknown, receiver: Receiver): OutLink | undefined {
    const links = [...this.#replies];
    return (
      links.find(({ sender }) => sender.name === replyTo || sender.target?.address === replyTo) ??
      links.findLast(({ sender }) => sender.session === receiver.session) ??
      links.at(-1)
    );
  }
}
