import type { OperationCause } from "@picket/schema";
import type { EventContext, Message, Receiver } from "rhea";
import type { Address } from "../attendance.js";
import { hubErrors } from "../errors.js";
import type { Host } from "./host.js";
import { bodyOf, idText, jsonSection } from "./messages.js";
import type { OutLink } from "./out-link.js";

const CREDIT = 50;
const DESIRED = "/notifications/twin/properties/desired";

interface Reply {
  readonly status: number;
  readonly version?: number;
  readonly body?: unknown;
}

/** A device's pair of twin links: its requests, the hub's replies, and patches of what is desired. */
export class TwinLink {
  readonly #host: Host;
  readonly #address: Address;
  #out: OutLink | undefined;
  #wantsDesired = false;

  constructor(host: Host, address: Address) {
    this.#host = host;
    this.#address = address;
  }

  sendOn(out: OutLink): void {
    this.#out = out;
    this.#host.whenGone(out.sender, () => {
      if (this.#out !== out) return;
      this.#out = undefined;
      this.#wantsDesired = false;
    });
  }

  listenOn(receiver: Receiver): void {
    receiver.on("message", ({ message, delivery }: EventContext) => {
      delivery?.accept();
      receiver.add_credit(1);
      if (message) void this.#request(message);
    });
    receiver.add_credit(CREDIT);
  }

  /** Pushes a patch of desired properties, if the device asked for them. */
  pushDesired(patch: object, version: number): void {
    if (this.#wantsDesired) this.#out?.send({ body: jsonSection({ ...patch, $version: version }) });
  }

  async #request(message: Message): Promise<void> {
    const { operation, resource } = message.message_annotations ?? {};
    const correlation = idText(message.correlation_id) ?? idText(message.message_id);
    const reply = await this.#inTurn(String(operation).toUpperCase(), String(resource ?? ""), message);
    this.#out?.send({
      body: jsonSection(reply.body),
      ...(correlation ? { correlation_id: correlation } : {}),
      message_annotations: {
        status: reply.status,
        ...(reply.version === undefined ? {} : { version: reply.version, resource: "/properties/reported" }),
      },
    });
  }

  /** Over its rate a device waits for its answer; far over it the answer is 429. */
  async #inTurn(operation: string, resource: string, message: Message): Promise<Reply> {
    try {
      const name = operation === "PATCH" ? "twinUpdates" : "twinReads";
      await this.#host.around.throttles.pass(name, this.#address.deviceId);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return this.#refused(why, 429, "throttled");
    }
    return this.#answer(operation, resource, message);
  }

  async #answer(operation: string, resource: string, message: Message): Promise<Reply> {
    const { deviceId, moduleId } = this.#address;
    const identity = this.#host.around.registry.find(deviceId, moduleId);
    if (!identity) return failure(404, hubErrors.deviceNotFound({ id: deviceId }).message);
    if (operation === "GET") {
      this.#tell("read");
      const { desired, desiredVersion, reported, reportedVersion } = identity;
      return {
        status: 200,
        body: {
          desired: { ...desired, $version: desiredVersion },
          reported: { ...reported, $version: reportedVersion },
        },
      };
    }
    if (operation === "PATCH") return this.#report(bodyOf(message));
    if (resource.toLowerCase() === DESIRED && (operation === "PUT" || operation === "DELETE")) {
      this.#wantsDesired = operation === "PUT";
      this.#tell(operation === "PUT" ? "subscribe" : "unsubscribe");
      return { status: 200 };
    }
    return this.#refused(`There is no ${operation.slice(0, 20)} ${resource.slice(0, 100)} for twins.`);
  }

  async #report(bytes: Buffer): Promise<Reply> {
    const { registry } = this.#host.around;
    const patch = parsed(bytes);
    if (patch === undefined) return this.#refused("The patch of reported properties must be a JSON object.");
    try {
      const { deviceId, moduleId } = this.#address;
      const { reportedVersion } = await registry.report(registry.get(deviceId, moduleId), patch);
      this.#tell("update");
      return { status: 200, version: reportedVersion };
    } catch (error) {
      return this.#refused(error instanceof Error ? error.message : String(error));
    }
  }

  #refused(why: string, status = 400, cause: OperationCause = "invalidRequest"): Reply {
    this.#host.tell({
      ...this.#address,
      operationName: "update",
      category: "D2CTwinOperations",
      cause,
      resultDescription: why,
    });
    return failure(status, why);
  }

  #tell(operationName: string): void {
    this.#host.tell({ ...this.#address, operationName, category: "D2CTwinOperations" });
  }
}

const failure = (status: number, message: string): Reply => ({
  status,
  body: { errorCode: status * 1000, message, timestampUtc: new Date().toISOString() },
});

function parsed(bytes: Buffer): object | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
