import type { OperationCause } from "@picket/schema";
import type { Receiver, Sender as RheaSender } from "rhea";
import type { Attendant, MethodAnswer } from "../attendance.js";
import type { Identity } from "../identity/registry.js";
import { type Sender, senderOf } from "../messages/properties.js";
import { CommandsLink } from "./commands-link.js";
import { conditionFor } from "./conditions.js";
import { EventsLink } from "./events-link.js";
import type { Host } from "./host.js";
import { MethodsLink } from "./methods-link.js";
import { OutLink } from "./out-link.js";
import { TwinLink } from "./twin-link.js";

/** What a link of a device is for. */
export type SeatLink = "events" | "commands" | "twin" | "methods";

/** One identity on a connection, with its links; a gateway's connection has many. */
export class Seat implements Attendant {
  readonly identity: Identity;
  readonly #host: Host;
  readonly #sender: Sender;
  readonly #twin: TwinLink;
  readonly #methods: MethodsLink;
  readonly #links = new Set<Receiver | RheaSender>();
  readonly #left: (cause: OperationCause) => void;
  #isEnded = false;

  constructor(
    identity: Identity,
    host: Host,
    how: { readonly type: "sas" | "x509"; readonly left: (cause: OperationCause) => void },
  ) {
    this.identity = identity;
    this.#host = host;
    this.#sender = senderOf(identity, { type: how.type });
    this.#left = how.left;
    this.#twin = new TwinLink(host, identity);
    this.#methods = new MethodsLink(host, identity);
  }

  get address(): string {
    return this.#host.address;
  }

  /** The device sends on this link. */
  receive(kind: SeatLink, receiver: Receiver): void {
    this.#hold(receiver);
    if (kind === "events") new EventsLink(receiver, this.#host, { ...this.#address, sender: this.#sender });
    else if (kind === "twin") this.#twin.listenOn(receiver);
    else if (kind === "methods") this.#methods.listenOn(receiver);
  }

  /** The hub sends on this link. */
  send(kind: SeatLink, sender: RheaSender): void {
    this.#hold(sender);
    const out = new OutLink(sender);
    if (kind === "twin") this.#twin.sendOn(out);
    else if (kind === "methods") this.#methods.sendOn(out);
    else if (kind === "commands" && this.identity.moduleId === "")
      new CommandsLink(out, this.#host, this.identity.deviceId);
  }

  pushDesired(patch: object, version: number): void {
    this.#twin.pushDesired(patch, version);
  }

  get takesMethods(): boolean {
    return this.#methods.isOpen;
  }

  invoke(name: string, payload: unknown, seconds: number): Promise<MethodAnswer> {
    return this.#methods.invoke(name, payload, seconds);
  }

  end(cause: Exclude<OperationCause, "">): void {
    if (this.#isEnded) return;
    const error = conditionFor(cause, `The hub ended the link: ${cause}.`);
    for (const link of this.#links) this.#host.refuse(link, error);
    this.leave(cause);
  }

  /** The identity left, by itself or since its connection is gone. */
  leave(cause: OperationCause): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#methods.end();
    this.#left(cause);
  }

  get #address(): { readonly deviceId: string; readonly moduleId: string } {
    return { deviceId: this.identity.deviceId, moduleId: this.identity.moduleId };
  }

  #hold(link: Receiver | RheaSender): void {
    this.#links.add(link);
    this.#host.whenGone(link, () => this.#links.delete(link));
  }
}
