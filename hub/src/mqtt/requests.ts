import type { MethodAnswer } from "../attendance.js";
import { hubErrors } from "../errors.js";
import type { Identity } from "../identity/registry.js";
import { parsedJson, publishBytes } from "./packets.js";
import type { SessionHost } from "./session-host.js";
import type { RequestTopic } from "./topics.js";

interface PendingMethod {
  readonly resolve: (answer: MethodAnswer) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** What passes between hub and client beside messages: twin requests and direct methods. */
export class Requests {
  readonly #host: SessionHost;
  readonly #methods = new Map<string, PendingMethod>();
  #nextRid = 0;

  constructor(host: SessionHost) {
    this.#host = host;
  }

  /** Takes a request of the client, or its answer to one of ours. */
  take(topic: RequestTopic, body: string): void {
    if (topic.kind === "methodAnswer") this.#answered(topic.rid, topic.status, body);
    else if (topic.kind === "twinGet") this.#inTurn("twinReads", topic.rid, () => this.#twin(topic.rid));
    else this.#inTurn("twinUpdates", topic.rid, () => void this.#report(topic.rid, body));
  }

  /** Over its rate a client waits for its answer; far over it the answer is 429. */
  #inTurn(name: "twinReads" | "twinUpdates", rid: string, work: () => void): void {
    const { around, speaker } = this.#host;
    const wait = around.throttles.ask(name, speaker.deviceId);
    if (wait === 0) work();
    else if (wait < Number.POSITIVE_INFINITY) setTimeout(work, wait).unref();
    else {
      const { message } = hubErrors.throttled({ id: speaker.deviceId, what: name });
      this.#answer(429, rid, failure(429_001, message));
      const operationName = name === "twinReads" ? "read" : "update";
      this.#host.tell(operationName, "D2CTwinOperations", "throttled", message);
    }
  }

  /** Pushes a patch of desired properties. */
  pushDesired(patch: object, version: number): void {
    this.#publish(
      `$iothub/twin/PATCH/properties/desired/?$version=${version}`,
      JSON.stringify({ ...patch, $version: version }),
    );
  }

  /** Calls a direct method and answers what the device says. */
  invoke(name: string, payload: unknown, seconds: number): Promise<MethodAnswer> {
    this.#nextRid += 1;
    const rid = this.#nextRid.toString(16);
    const body = payload === undefined ? "" : JSON.stringify(payload);
    const id = this.#host.speaker.deviceId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#methods.delete(rid);
        reject(hubErrors.gatewayTimeout({ id, seconds }));
      }, seconds * 1000);
      this.#methods.set(rid, { resolve, reject, timer });
      this.#publish(`$iothub/methods/POST/${encodeURIComponent(name)}/?$rid=${rid}`, body);
    });
  }

  /** Ends what waits for the client, which has gone. */
  close(): void {
    const id = this.#host.speaker.deviceId;
    for (const { timer, reject } of this.#methods.values()) {
      clearTimeout(timer);
      reject(hubErrors.deviceNotOnline({ id }));
    }
    this.#methods.clear();
  }

  #answered(rid: string, status: number, body: string): void {
    const pending = this.#methods.get(rid);
    if (!pending) return;
    this.#methods.delete(rid);
    clearTimeout(pending.timer);
    pending.resolve({ status, payload: parsedJson(body) ?? null });
  }

  #twin(rid: string): void {
    const identity = this.#identity(rid);
    if (!identity) return;
    const { desired, desiredVersion, reported, reportedVersion } = identity;
    const twin = {
      desired: { ...desired, $version: desiredVersion },
      reported: { ...reported, $version: reportedVersion },
    };
    this.#answer(200, rid, JSON.stringify(twin));
    this.#host.tell("read", "D2CTwinOperations");
  }

  async #report(rid: string, body: string): Promise<void> {
    const identity = this.#identity(rid);
    if (!identity) return;
    const patch = parsedJson(body);
    if (typeof patch !== "object" || patch === null || Array.isArray(patch))
      return this.#refuse(rid, "The patch of reported properties must be a JSON object.");
    try {
      const { reportedVersion } = await this.#host.around.registry.report(identity, patch);
      this.#answer(204, rid, "", `&$version=${reportedVersion}`);
      this.#host.tell("update", "D2CTwinOperations");
    } catch (error) {
      this.#refuse(rid, error instanceof Error ? error.message : String(error));
    }
  }

  #identity(rid: string): Identity | undefined {
    const { deviceId, moduleId } = this.#host.speaker;
    const identity = this.#host.around.registry.find(deviceId, moduleId);
    if (!identity) this.#answer(404, rid, failure(404_001, "The identity is no longer registered."));
    return identity;
  }

  #refuse(rid: string, why: string): void {
    this.#answer(400, rid, failure(400_004, why));
    this.#host.tell("update", "D2CTwinOperations", "invalidRequest", why);
  }

  #answer(status: number, rid: string, body: string, more = ""): void {
    this.#publish(`$iothub/twin/res/${status}/?$rid=${rid}${more}`, body);
  }

  #publish(topic: string, body: string): void {
    this.#host.write(publishBytes(topic, body));
  }
}

/** Clients in Node look at nothing but `errorCode` in the body. */
const failure = (errorCode: number, message: string): string =>
  JSON.stringify({ errorCode, message, timestampUtc: new Date().toISOString() });
