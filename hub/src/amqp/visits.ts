import type { X509Certificate } from "node:crypto";
import { isKnown } from "@picket/kit";
import type { Delivery, EventContext, Message, Receiver, Sender } from "rhea";
import { hubErrors } from "../errors.js";
import type { Comer, ProvisioningAnswer } from "../provisioning/provisioning.js";
import type { LinkAddress } from "./addresses.js";
import { conditionFor, conditionOf } from "./conditions.js";
import type { Host } from "./host.js";
import { bodyOf, idText, jsonSection } from "./messages.js";
import { OutLink } from "./out-link.js";

type Registration = Extract<LinkAddress, { kind: "registration" }>;

const CREDIT = 10;
const MOST_BODY = 16_384;

/** Devices that have no identity yet and ask for one, on a connection of theirs. */
export class Visits {
  readonly #host: Host;
  readonly #certificate: X509Certificate | undefined;
  readonly #tokens = new Map<string, string>();
  #out: OutLink | undefined;

  constructor(host: Host, certificate: X509Certificate | undefined) {
    this.#host = host;
    this.#certificate = certificate;
  }

  /** True when the connection is such a device's. */
  get isVisited(): boolean {
    return this.#tokens.size > 0 || this.#out !== undefined;
  }

  /** Takes the name and token of SASL PLAIN; whether they are good. */
  letIn(address: Registration, token: string): boolean {
    const isGood = this.#admitted(this.#comer(address, token)) === undefined;
    if (isGood) this.#tokens.set(keyOf(address), token);
    return isGood;
  }

  /** The device hears on this link. */
  send(sender: Sender, address: Registration): void {
    const refusal = this.#admitted(this.#comer(address));
    if (refusal !== undefined) {
      this.#host.refuse(sender, conditionFor("forbidden", refusal));
      return;
    }
    const out = new OutLink(sender);
    this.#out = out;
    this.#host.whenGone(sender, () => {
      if (this.#out === out) this.#out = undefined;
    });
  }

  /** The device asks on this link. */
  receive(receiver: Receiver, address: Registration): void {
    const comer = this.#comer(address);
    const refusal = this.#admitted(comer);
    if (refusal !== undefined) {
      this.#host.refuse(receiver, conditionFor("forbidden", refusal));
      return;
    }
    receiver.on("message", ({ message, delivery }: EventContext) => {
      receiver.add_credit(1);
      if (message && delivery) void this.#asked(message, delivery, comer);
    });
    receiver.add_credit(CREDIT);
  }

  async #asked(message: Message, delivery: Delivery, comer: Comer): Promise<void> {
    try {
      const answer = await this.#answer(message, comer);
      delivery.accept();
      this.#reply(message, answer);
    } catch (error) {
      delivery.reject(conditionOf(error));
    }
  }

  async #answer(message: Message, comer: Comer): Promise<ProvisioningAnswer> {
    const { provisioning } = this.#host.around;
    const properties = message.application_properties ?? {};
    const operation = properties["iotdps-operation-type"];
    if (operation === "iotdps-register") return provisioning.register(comer, payloadOf(bodyOf(message)));
    if (operation === "iotdps-get-operationstatus")
      return provisioning.operation(comer, String(properties["iotdps-operation-id"] ?? ""));
    throw hubErrors.argumentInvalid({
      what: "The operation",
      why: "it must be iotdps-register or iotdps-get-operationstatus",
    });
  }

  #reply(request: Message, { status, retryAfter, body }: ProvisioningAnswer): void {
    const correlation = idText(request.correlation_id) ?? idText(request.message_id);
    this.#out?.send({
      body: jsonSection(body),
      ...(correlation ? { correlation_id: correlation } : {}),
      application_properties: {
        "iotdps-status": status,
        ...(retryAfter === undefined ? {} : { "retry-after": retryAfter }),
      },
    });
  }

  /** Why a device is not let in; the reason is in the operation log already. */
  #admitted(comer: Comer): string | undefined {
    try {
      this.#host.around.provisioning.admitted(comer, "connect");
      return undefined;
    } catch (error) {
      return isKnown(error) ? error.message : "The hub could not check it; try again.";
    }
  }

  #comer(address: Registration, token = this.#tokens.get(keyOf(address)) ?? ""): Comer {
    const { protocol, address: ipAddress } = this.#host;
    const certificate = token === "" ? this.#certificate : undefined;
    const credential = { token, ...(certificate ? { certificate } : {}) };
    const { idScope, registrationId } = address;
    return { idScope, registrationId, credential, protocol, ipAddress, sdkVersion: "" };
  }
}

const keyOf = ({ idScope, registrationId }: Registration): string => `${idScope}\n${registrationId}`;

function payloadOf(bytes: Buffer): unknown {
  try {
    if (bytes.length > MOST_BODY) throw new RangeError("too large");
    const body: unknown = bytes.length === 0 ? {} : JSON.parse(bytes.toString("utf8"));
    if (typeof body === "object" && body !== null) return "payload" in body ? body.payload : undefined;
  } catch {}
  throw hubErrors.argumentInvalid({ what: "The body", why: "it must be a JSON object of at most 16 KB" });
}
