import type { Clock, Recorder } from "@picket/kit";
import { type Operation, type OperationCause, recordKind } from "@picket/schema";
import type { Outbound, OutletHealth } from "../outbound.js";
import { callerRefused, operationLeftOut } from "../signals.js";

/** Codes that IoT Hub's logs give, by cause. */
const codes: Readonly<
  Record<Exclude<OperationCause, "">, { readonly result: string; readonly status: number }>
> = {
  unknownDevice: { result: "404001", status: 404 },
  disabledDevice: { result: "401003", status: 401 },
  invalidSignature: { result: "401003", status: 401 },
  expiredToken: { result: "401003", status: 401 },
  malformedToken: { result: "401003", status: 401 },
  wrongAudience: { result: "401003", status: 401 },
  certificateMismatch: { result: "401003", status: 401 },
  certificateExpired: { result: "401003", status: 401 },
  forbidden: { result: "403000", status: 403 },
  messageTooLarge: { result: "413001", status: 413 },
  protocolViolation: { result: "400000", status: 400 },
  throttled: { result: "429001", status: 429 },
  takenOver: { result: "400027", status: 409 },
  timeout: { result: "504101", status: 504 },
  conflict: { result: "409001", status: 409 },
  invalidRequest: { result: "400004", status: 400 },
  unavailable: { result: "503001", status: 503 },
  notOnline: { result: "404103", status: 404 },
  messageExpired: { result: "404001", status: 404 },
  messageRejected: { result: "400000", status: 400 },
  deliveryCountExceeded: { result: "403000", status: 403 },
  queueFull: { result: "403004", status: 403 },
  quotaExceeded: { result: "403002", status: 403 },
  addressRefused: { result: "401003", status: 401 },
  other: { result: "500001", status: 500 },
};

/** What is told of an operation; the rest has its usual value. */
export type Told = Pick<
  Operation,
  "operationName" | "category" | "deviceId" | "moduleId" | "protocol" | "ipAddress"
> &
  Partial<
    Pick<
      Operation,
      | "authType"
      | "cause"
      | "resultDescription"
      | "durationMs"
      | "correlationId"
      | "sdkVersion"
      | "messageSize"
      | "properties"
    >
  >;

const WHOLE_PER_MINUTE = 10;
const MINUTE_MS = 60_000;
const LINES = 10_000;

interface Flood {
  readonly told: Told;
  count: number;
  folded: number;
}

/** Counts what the log is told, each time. */
interface Counting {
  told(told: Told): void;
}

/** What the operator wants kept: the address as it is written, or nothing when the category is not kept. */
interface Choosing {
  addressIn(category: string, address: string): string | undefined;
}

/** Writes what happens at the hub into the stream, loss-free; a flood of the same refusal is folded with its count. */
export class OperationLog {
  readonly #outbound: Outbound;
  readonly #clock: Clock;
  readonly #recorder: Recorder;
  readonly #choice: Choosing | undefined;
  readonly #counters: Counting | undefined;
  readonly #refusals = new Map<string, number>();
  readonly #floods = new Map<string, Flood>();
  readonly #timer: NodeJS.Timeout;

  constructor(
    outbound: Outbound,
    around: {
      readonly recorder: Recorder;
      readonly clock: Clock;
      readonly counters?: Counting;
      readonly choice?: Choosing;
    },
  ) {
    this.#choice = around.choice;
    this.#counters = around.counters;
    this.#outbound = outbound;
    this.#clock = around.clock;
    this.#recorder = around.recorder;
    this.#timer = setInterval(() => this.#unfold(), MINUTE_MS);
    this.#timer.unref();
  }

  /** Refusals since the start, by cause. */
  get refusals(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#refusals);
  }

  tell(told: Told): void {
    const { cause = "" } = told;
    this.#counters?.told(told);
    if (cause === "") {
      this.#write(told);
      return;
    }
    this.#refusals.set(cause, (this.#refusals.get(cause) ?? 0) + 1);
    callerRefused(this.#recorder, { cause }, 1, { deviceId: told.deviceId, address: told.ipAddress });
    const key = `${told.operationName}\n${told.deviceId}\n${told.moduleId}\n${cause}\n${told.ipAddress}`;
    // Made-up ids must not fill the memory: beyond so many lines a minute they share one.
    const line = this.#floods.has(key) || this.#floods.size < LINES ? key : `${cause}\n${told.ipAddress}`;
    const flood = this.#floods.get(line) ?? { told, count: 0, folded: 0 };
    flood.count += 1;
    this.#floods.set(line, flood);
    if (flood.count <= WHOLE_PER_MINUTE) this.#write(told);
    else flood.folded += 1;
  }

  /** Writes that the stream takes nothing, or takes records again; both are there once it does. */
  route({ isHealthy, blockedMs }: OutletHealth): void {
    this.tell({
      operationName: isHealthy ? "endpointHealthy" : "endpointUnhealthy",
      category: "Routes",
      deviceId: "",
      moduleId: "",
      protocol: "Mqtt",
      ipAddress: "",
      ...(isHealthy
        ? { durationMs: blockedMs }
        : {
            cause: "unavailable",
            resultDescription: "The stream takes nothing; devices are not acknowledged.",
          }),
      properties: { endpointName: "events" },
    });
  }

  close(): void {
    clearInterval(this.#timer);
    this.#unfold();
  }

  #unfold(): void {
    for (const { told, folded } of this.#floods.values()) {
      if (folded > 0) this.#write({ ...told, properties: { ...told.properties, count: folded } });
    }
    this.#floods.clear();
  }

  #write(told: Told): void {
    const { cause = "" } = told;
    const ipAddress = this.#choice ? this.#choice.addressIn(told.category, told.ipAddress) : told.ipAddress;
    if (ipAddress === undefined) {
      operationLeftOut(this.#recorder, { category: told.category });
      return;
    }
    const code = cause === "" ? { result: "", status: 200 } : codes[cause];
    const operation: Operation = {
      level: cause === "" ? "Information" : "Error",
      resultType: code.result,
      statusCode: code.status,
      resultDescription: "",
      authType: "None",
      ...told,
      ipAddress,
      cause,
      deviceId: told.deviceId.slice(0, 128),
      moduleId: told.moduleId.slice(0, 64),
    };
    const body = Buffer.from(JSON.stringify(operation));
    this.#outbound.keep({
      kind: recordKind.operation,
      receivedAt: this.#clock.now(),
      deviceId: operation.deviceId,
      moduleId: operation.moduleId,
      body,
    });
  }
}
