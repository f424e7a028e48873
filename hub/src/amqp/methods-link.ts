import { randomUUID } from "node:crypto";
import type { EventContext, Message, Receiver } from "rhea";
import type { Address, MethodAnswer } from "../attendance.js";
import { hubErrors } from "../errors.js";
import type { Host } from "./host.js";
import { bodyOf, idText, jsonSection, uuidOf } from "./messages.js";
import type { OutLink } from "./out-link.js";

const CREDIT = 50;
const LARGEST = 131_072;

interface Pending {
  readonly resolve: (answer: MethodAnswer) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** A device's pair of method links: the hub's calls and the device's answers. */
export class MethodsLink {
  readonly #host: Host;
  readonly #address: Address;
  readonly #pending = new Map<string, Pending>();
  #out: OutLink | undefined;

  constructor(host: Host, address: Address) {
    this.#host = host;
    this.#address = address;
  }

  /** Whether the device attached the link that calls go out on. */
  get isOpen(): boolean {
    return this.#out !== undefined;
  }

  sendOn(out: OutLink): void {
    this.#out = out;
    this.#host.whenGone(out.sender, () => {
      if (this.#out === out) this.#out = undefined;
    });
  }

  listenOn(receiver: Receiver): void {
    receiver.on("message", ({ message, delivery }: EventContext) => {
      delivery?.accept();
      receiver.add_credit(1);
      if (message) this.#answered(message);
    });
    receiver.add_credit(CREDIT);
  }

  invoke(name: string, payload: unknown, seconds: number): Promise<MethodAnswer> {
    const id = this.#address.deviceId;
    const correlation = randomUUID();
    const isSent = this.#out?.send({
      body: jsonSection(payload),
      correlation_id: uuidOf(correlation),
      application_properties: { "IoThub-methodname": name },
    });
    if (!isSent) return Promise.reject(hubErrors.deviceNotOnline({ id }));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(correlation);
        reject(hubErrors.gatewayTimeout({ id, seconds }));
      }, seconds * 1000);
      this.#pending.set(correlation, { resolve, reject, timer });
    });
  }

  /** Calls that nobody will answer any more. */
  end(): void {
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(hubErrors.deviceNotOnline({ id: this.#address.deviceId }));
    }
    this.#pending.clear();
  }

  #answered(message: Message): void {
    const correlation = idText(message.correlation_id) ?? "";
    const pending = this.#pending.get(correlation);
    if (!pending) return;
    this.#pending.delete(correlation);
    clearTimeout(pending.timer);
    const body = bodyOf(message);
    const status = Number(message.application_properties?.["IoThub-status"] ?? 0);
    if (body.length <= LARGEST && Number.isInteger(status))
      pending.resolve({ status, payload: parsed(body) });
    else
      pending.reject(
        hubErrors.argumentInvalid({
          what: "The device's answer",
          why: "it has more than 128 KB or no status",
        }),
      );
  }
}

function parsed(bytes: Buffer): unknown {
  try {
    return bytes.length === 0 ? null : JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
}
