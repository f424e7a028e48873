import type { X509Certificate } from "node:crypto";
import type { OperationCause, Protocol } from "@picket/schema";
import rhea, {
  type AmqpError,
  type Connection,
  type EventContext,
  type link,
  type Message,
  type Receiver,
  type Sender,
  type Session,
} from "rhea";
import type { DoorAround } from "../around.js";
import type { Address } from "../attendance.js";
import type { Right } from "../identity/authenticator.js";
import type { Identity } from "../identity/registry.js";
import { connectionMade } from "../signals.js";
import { type LinkAddress, linkAddress } from "./addresses.js";
import { conditionFor } from "./conditions.js";
import { type Grant, Grants, type Refused } from "./grants.js";
import { bounds, guardSession } from "./guards.js";
import type { Happening, Host } from "./host.js";
import { OutLink } from "./out-link.js";
import { RequestNode } from "./request-node.js";
import { Seat } from "./seat.js";
import { FeedbackLink, takeCommands } from "./service-links.js";
import { Visits } from "./visits.js";
import { MAX_FRAME, type WireGate } from "./wire-gate.js";

/** Where a connection comes from. */
export interface Wire {
  readonly gate: WireGate;
  readonly protocol: Protocol;
  readonly address: string;
  readonly certificate?: X509Certificate | undefined;
}

/** Serves the Event Hub-compatible endpoint on links that this hands over. */
export interface EventReaders {
  open(sender: Sender, address: Extract<LinkAddress, { kind: "partition" }>, host: Host): void;
  manage(request: Message): Promise<Omit<Message, "correlation_id">>;
}

const IDLE_MS = 240_000;
const UNKNOWN_MS = 60_000;
const LONGEST_VISIT_MS = 600_000;

const events = ["protocol_error", "error"] as const;

/** One AMQP connection: who may do what on it by their tokens, and the links of each. */
export class AmqpConnection implements Host {
  readonly around: DoorAround;
  readonly protocol: Protocol;
  readonly address: string;
  readonly openedAt: number;
  readonly #gate: WireGate;
  readonly #connection: Connection;
  readonly #grants: Grants;
  readonly #hasCertificate: boolean;
  readonly #visits: Visits;
  readonly #events: EventReaders | undefined;
  readonly #seats = new Map<string, Seat>();
  readonly #cleanUps = new Map<link, (() => void)[]>();
  readonly #cbs: RequestNode;
  readonly #management: RequestNode;
  readonly #gone: () => void;
  #sessions = 0;
  #unacked = 0;
  #sdk = "";
  #authType: "Sas" | "X509" = "Sas";
  #isGone = false;
  #endCause: OperationCause = "";

  constructor(
    wire: Wire,
    around: DoorAround,
    more: { readonly events?: EventReaders; readonly gone: () => void },
  ) {
    this.around = around;
    this.protocol = wire.protocol;
    this.address = wire.address;
    this.openedAt = around.clock.now();
    this.#gate = wire.gate;
    this.#events = more.events;
    this.#gone = more.gone;
    this.#grants = new Grants(around.authenticator, wire.certificate);
    this.#hasCertificate = wire.certificate !== undefined;
    this.#visits = new Visits(this, wire.certificate);
    this.#cbs = new RequestNode(this, (request) => this.#putToken(request));
    this.#management = new RequestNode(this, (request) => this.#managed(request));
    this.#connection = this.#accept();
    wire.gate.on("broken", (what) => this.#violated(what));
    wire.gate.on("end", () => this.#ended());
  }

  get unackedBytes(): number {
    return this.#unacked;
  }

  tell(happening: Happening): void {
    const { deviceId = "", moduleId = "" } = happening;
    this.around.operations.tell({
      authType: this.#authType,
      protocol: this.protocol,
      ipAddress: this.address,
      sdkVersion: this.#sdk,
      ...happening,
      deviceId,
      moduleId,
    });
  }

  unacked(bytes: number): void {
    this.#unacked += bytes;
    const { unackedBytes } = this.around.limits;
    if (this.#unacked > unackedBytes) this.#gate.pause();
    else if (this.#unacked < unackedBytes / 2) this.#gate.resume();
  }

  unsent(): number {
    return this.#gate.unsent;
  }

  whenGone(gone: link, cleanUp: () => void): void {
    const cleanUps = this.#cleanUps.get(gone);
    if (cleanUps) cleanUps.push(cleanUp);
    else this.#cleanUps.set(gone, [cleanUp]);
  }

  refuse(refused: link, error: AmqpError): void {
    if (!refused.is_closed()) refused.close(error);
    this.#linkGone(refused);
  }

  /** Ends what has expired; called now and then. */
  sweep(now: number): void {
    const age = now - this.openedAt;
    if (this.#grants.isEmpty && age > (this.#visits.isVisited ? LONGEST_VISIT_MS : UNKNOWN_MS))
      this.end("timeout");
    for (const grant of this.#grants.expired(now)) {
      if (grant.kind === "device") this.#seats.get(keyOf(grant.identity))?.end("expiredToken");
      else this.#endServiceLinks(grant);
    }
  }

  /** Ends the connection for a reason that the operation log gives. */
  end(cause: Exclude<OperationCause, "">): void {
    this.#endCause ||= cause;
    for (const seat of this.#seats.values()) seat.leave(cause);
    if (this.#connection.is_open())
      this.#connection.close(conditionFor(cause, `The hub closed the connection: ${cause}.`));
    setImmediate(() => this.#gate.end());
  }

  #accept(): Connection {
    const container = rhea.create_container({
      id: this.around.authenticator.hostName,
      receiver_options: { credit_window: 0, autoaccept: false, max_message_size: bounds.messageBytes },
    });
    container.sasl_server_mechanisms.enable_anonymous();
    container.sasl_server_mechanisms.enable_plain((user: string | null, password: string | null) =>
      this.#plain(user ?? "", password ?? ""),
    );
    // The certificate itself is checked for each device that a link names.
    if (this.#hasCertificate)
      container.sasl_server_mechanisms["EXTERNAL"] = () => ({ outcome: undefined, start: external });
    const connection = container.create_connection({
      max_frame_size: MAX_FRAME,
      channel_max: bounds.sessions,
      idle_time_out: IDLE_MS,
    });
    this.#listen(connection);
    connection["accept"](this.#gate);
    return connection;
  }

  #listen(connection: Connection): void {
    for (const event of events) connection.on(event, (given: unknown) => this.#violated(messageOf(given)));
    connection.on("disconnected", () => this.#ended());
    connection.on("connection_error", () => {});
    connection.on("connection_close", () => this.#ended());
    connection.on("session_open", ({ session }: EventContext) => this.#sessionOpen(session!));
    connection.on("session_error", () => {});
    connection.on("session_close", ({ session }: EventContext) => this.#sessionGone(session!));
    connection.on("receiver_open", ({ receiver }: EventContext) => this.#receiverOpen(receiver!));
    connection.on("sender_open", ({ sender }: EventContext) => this.#senderOpen(sender!));
    for (const event of ["receiver_error", "sender_error", "settled", "message"])
      connection.on(event, () => {});
    connection.on("receiver_close", ({ receiver }: EventContext) => this.#linkGone(receiver!));
    connection.on("sender_close", ({ sender }: EventContext) => this.#linkGone(sender!));
  }

  #sessionOpen(session: Session): void {
    this.#sessions += 1;
    if (this.#sessions > bounds.sessions) throw new RangeError(`more than ${bounds.sessions} sessions`);
    guardSession(session, (receiver) => this.#messageTooLarge(receiver));
  }

  #sessionGone(session: Session): void {
    this.#sessions -= 1;
    for (const each of [...this.#cleanUps.keys()]) if (each.session === session) this.#linkGone(each);
  }

  #linkGone(gone: link): void {
    const cleanUps = this.#cleanUps.get(gone) ?? [];
    this.#cleanUps.delete(gone);
    for (const cleanUp of cleanUps) cleanUp();
  }

  #receiverOpen(receiver: Receiver): void {
    const address = this.#opened(receiver, receiver.target?.address);
    if (!address) return;
    receiver.set_target(receiver.target);
    if (receiver.source) receiver.set_source(receiver.source);
    if (address.kind === "cbs") this.#cbs.listenOn(receiver);
    else if (address.kind === "management") this.#management.listenOn(receiver);
    else if (address.kind === "sendCommands") takeCommands(receiver, this);
    else if (address.kind === "registration") this.#visits.receive(receiver, address);
    else if ("deviceId" in address) this.#seatOf(address, receiver)?.receive(address.kind, receiver);
    else this.#unknown(receiver, receiver.target?.address);
  }

  #senderOpen(sender: Sender): void {
    const address = this.#opened(sender, sender.source?.address);
    if (!address) return;
    sender.set_source(sender.source);
    if (sender.target) sender.set_target(sender.target);
    if (address.kind === "cbs") this.#cbs.replyOn(new OutLink(sender));
    else if (address.kind === "management") this.#management.replyOn(new OutLink(sender));
    else if (address.kind === "registration") this.#visits.send(sender, address);
    else if (address.kind === "feedback") new FeedbackLink(new OutLink(sender), this);
    else if ("deviceId" in address) this.#seatOf(address, sender)?.send(address.kind, sender);
    else if (address.kind === "partition" && this.#events) this.#events.open(sender, address, this);
    else if (address.kind !== "fileNotifications") this.#unknown(sender, sender.source?.address);
  }

  /** Reads what a new link is for, and refuses it when there is no such thing or it is not allowed. */
  #opened(opened: Receiver | Sender, text: unknown): LinkAddress | undefined {
    this.#noteSdk(opened);
    this.#bound(opened);
    const address = linkAddress(text);
    if (!address) this.#unknown(opened, text);
    if (!address || "deviceId" in address || address.kind === "cbs" || address.kind === "registration")
      return address;
    const isEvents = address.kind === "partition" || address.kind === "management";
    const isAllowed = isEvents
      ? this.#grants.allows("serviceConnect", "events", "service")
      : this.#grants.allows("serviceConnect", "service");
    if (isAllowed) return address;
    return this.#forbidden(
      opened,
      { deviceId: "", moduleId: "" },
      `${address.kind} needs a policy with ServiceConnect`,
    );
  }

  #bound(opened: link): void {
    let ofSession = 0;
    opened.session.each_link(
      () => {
        ofSession += 1;
      },
      (each: link) => !each.is_closed(),
    );
    if (ofSession > bounds.linksOfSession || this.#cleanUps.size > bounds.links)
      throw new RangeError(`more than ${bounds.linksOfSession} links in a session`);
    this.whenGone(opened, () => {});
  }

  #seatOf(address: Address, opened: Receiver | Sender): Seat | undefined {
    const seat = this.#seats.get(keyOf(address));
    if (seat) return seat;
    const grant = this.#grants.device(address);
    if (!("cause" in grant)) return this.#enter(grant.identity, grant.authType);
    const { cause, why } = grant;
    const resultDescription = `${address.deviceId} was refused: ${why}.`;
    const operationName = cause === "forbidden" ? "attach" : "deviceConnect";
    this.tell({ operationName, category: "Connections", ...addressOf(address), cause, resultDescription });
    this.refuse(opened, conditionFor("forbidden", resultDescription));
    return undefined;
  }

  #enter(identity: Identity, authType: "Sas" | "X509"): Seat {
    const { attendance, registry, recorder } = this.around;
    const type = authType === "X509" ? "x509" : "sas";
    this.#authType = authType;
    const seat: Seat = new Seat(identity, this, { type, left: (cause) => this.#left(seat, cause) });
    this.#seats.set(keyOf(identity), seat);
    attendance.enter(identity, seat);
    connectionMade(recorder, { protocol: this.protocol });
    this.#tellConnection("deviceConnect", identity);
    void registry.present(identity, true, this.#sdk);
    return seat;
  }

  #left(seat: Seat, cause: OperationCause): void {
    const { identity } = seat;
    this.#seats.delete(keyOf(identity));
    const wasIn = this.around.attendance.leave(identity, seat);
    this.#tellConnection("deviceDisconnect", identity, cause);
    if (wasIn) void this.around.registry.present(identity, false);
    if (this.#seats.size === 0 && cause === "takenOver") this.end("takenOver");
  }

  #tellConnection(operationName: string, { deviceId, moduleId }: Identity, cause: OperationCause = ""): void {
    const description = cause === "" ? {} : { resultDescription: `The hub ended the connection: ${cause}.` };
    this.tell({ operationName, category: "Connections", deviceId, moduleId, cause, ...description });
  }

  #plain(user: string, password: string): boolean {
    const visitor = linkAddress(user);
    if (visitor?.kind === "registration") return this.#visits.letIn(visitor, password);
    const [name = "", scope = ""] = user.split("@sas");
    const isPolicy = scope.startsWith(".root");
    const [device = "", module = ""] = name.split(/\/(?:modules\/)?/);
    const host = this.around.authenticator.hostName;
    const path = module === "" ? `devices/${device}` : `devices/${device}/modules/${module}`;
    return this.#token(isPolicy ? host : `${host}/${path}`, password) === undefined;
  }

  async #putToken(request: Message): Promise<Omit<Message, "correlation_id">> {
    const { operation, name, type } = request.application_properties ?? {};
    const body: unknown = request.body;
    const token = typeof body === "string" ? body : "";
    const isPut = operation === "put-token" && /sastoken$/i.test(String(type));
    const refused = isPut
      ? this.#token(String(name ?? ""), token)
      : "The hub takes put-token of SAS tokens only.";
    const status = refused === undefined ? 202 : isPut ? 401 : 400;
    return reply(status === 202 ? 200 : status, refused ?? "OK");
  }

  /** Takes a token; answers why it was refused. */
  #token(audience: string, token: string): string | undefined {
    const grant: Grant | Refused = this.#grants.put(audience.slice(0, 1_024), token);
    if (!("kind" in grant)) {
      const { cause, why, deviceId, moduleId } = grant;
      const description = `${deviceId || "A caller"} was refused: ${why}.`;
      this.tell({
        operationName: "deviceConnect",
        category: "Connections",
        deviceId,
        moduleId,
        cause,
        resultDescription: description,
      });
      return description;
    }
    if (grant.kind !== "device" || this.#seats.has(keyOf(grant.identity))) return undefined;
    this.#enter(grant.identity, grant.authType);
    return this.#tooOften(grant.identity.deviceId);
  }

  /** A device that connects much more often than it may is sent away; it may come again later. */
  #tooOften(deviceId: string): string | undefined {
    if (this.around.throttles.ask("connections", deviceId) !== Number.POSITIVE_INFINITY) return undefined;
    this.end("throttled");
    return `${deviceId} connects much more often than the hub allows.`;
  }

  async #managed(request: Message): Promise<Omit<Message, "correlation_id">> {
    return this.#events?.manage(request) ?? reply(404, "There is no such endpoint.");
  }

  #endServiceLinks({ kind }: Grant): void {
    const right: Right = "serviceConnect";
    if (kind === "device" || this.#grants.allows(right, kind)) return;
    const error = conditionFor("expiredToken", "The token has expired; put a new one.");
    for (const each of [...this.#cleanUps.keys()]) {
      const address = linkAddress(each.is_sender() ? each.source?.address : each.target?.address);
      if (address && !("deviceId" in address) && address.kind !== "cbs") this.refuse(each, error);
    }
  }

  #noteSdk({ properties }: link): void {
    const version: unknown = properties?.["com.microsoft:client-version"];
    if (this.#sdk === "" && typeof version === "string") this.#sdk = version.slice(0, 256);
  }

  #messageTooLarge(receiver: Receiver): void {
    const address = linkAddress(receiver.target?.address);
    const who = address && "deviceId" in address ? address : { deviceId: "", moduleId: "" };
    const resultDescription = `A message of more than ${bounds.messageBytes} bytes was refused.`;
    this.tell({
      operationName: "ingress",
      category: "DeviceTelemetry",
      deviceId: who.deviceId,
      moduleId: who.moduleId,
      cause: "messageTooLarge",
      resultDescription,
    });
    this.refuse(receiver, conditionFor("messageTooLarge", resultDescription));
  }

  #unknown(refused: link, address: unknown): void {
    const description = `There is no ${String(address ?? "").slice(0, 200)} here.`;
    this.tell({
      operationName: "attach",
      category: "Connections",
      cause: "invalidRequest",
      resultDescription: description,
    });
    this.refuse(refused, { condition: "amqp:not-found", description });
  }

  #forbidden(refused: link, { deviceId, moduleId }: Address, why: string): undefined {
    const resultDescription = `A link was refused: ${why}.`;
    this.tell({
      operationName: "attach",
      category: "Connections",
      deviceId,
      moduleId,
      cause: "forbidden",
      resultDescription,
    });
    this.refuse(refused, conditionFor("forbidden", resultDescription));
    return undefined;
  }

  #violated(what: string): void {
    if (this.#isGone || this.#endCause === "protocolViolation") return;
    const [seat] = this.#seats.values();
    this.tell({
      operationName: seat ? "ingress" : "deviceConnect",
      category: seat ? "DeviceTelemetry" : "Connections",
      deviceId: seat?.identity.deviceId ?? "",
      moduleId: seat?.identity.moduleId ?? "",
      cause: "protocolViolation",
      resultDescription: `The client sent something that is not AMQP: ${what.slice(0, 200)}; the connection was closed.`,
    });
    this.end("protocolViolation");
  }

  #ended(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    // The library may set them once more after its end, which would keep it for minutes.
    setImmediate(() => {
      for (const name of ["heartbeat_in", "heartbeat_out"]) clearTimeout(this.#connection[name]);
    });
    for (const seat of this.#seats.values()) seat.leave(this.#endCause);
    for (const gone of [...this.#cleanUps.keys()]) this.#linkGone(gone);
    this.#gone();
  }
}

const keyOf = ({ deviceId, moduleId }: Address): string => `${deviceId}\n${moduleId}`;
const addressOf = ({ deviceId, moduleId }: Address): Address => ({ deviceId, moduleId });

function external(this: { outcome: boolean | undefined }): void {
  this.outcome = true;
}

const reply = (code: number, description: string): Omit<Message, "correlation_id"> => ({
  body: undefined,
  application_properties: { "status-code": code, "status-description": description },
});

const messageOf = (given: unknown): string =>
  given instanceof Error ? given.message : String((given as { readonly error?: unknown })?.error ?? given);
