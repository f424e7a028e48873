import { encodeProperties, type MetricsFormat, marker, readDeviceMetrics, recordKind } from "@picket/schema";
import { Source } from "../messages/intake.js";
import { pubacks } from "./frames.js";
import { publishBytes } from "./packets.js";
import type { SessionHost } from "./session-host.js";
import type { Subscriptions } from "./subscriptions.js";

type Fate = "accepted" | "rejected";

/**
 * Device metrics as agents of AWS IoT Device Defender send them, with the answers they wait for. Each report becomes a
 * security message; it is accepted when that is on disk.
 */
export class MetricsReports {
  readonly #host: SessionHost;
  readonly #subscriptions: Subscriptions;
  readonly #source: Source;

  constructor(host: SessionHost, subscriptions: Subscriptions) {
    this.#host = host;
    this.#subscriptions = subscriptions;
    this.#source = new Source(host.speaker, host.wire.protocol);
  }

  async take(payload: Buffer, format: MetricsFormat, id: number): Promise<void> {
    const { around, speaker, sender } = this.#host;
    const now = around.clock.now();
    const reading = readDeviceMetrics(payload, format, now);
    if ("problem" in reading) {
      this.#refuse(format, reading.reportId, reading.problem);
      this.#acknowledge(id);
      return;
    }
    const body = Buffer.from(JSON.stringify(reading.message));
    const { deviceId, moduleId } = speaker;
    try {
      await around.throttles.passMessage(deviceId, body.length);
    } catch (error) {
      this.#refuse(
        format,
        reading.reportId,
        error instanceof Error ? error.message : String(error),
        "Throttled",
      );
      this.#acknowledge(id);
      return;
    }
    const system = { interfaceId: marker.interfaceId, contentType: "application/json" };
    const properties = encodeProperties({
      system,
      application: { "aws-metrics": format },
      origin: sender.origin,
    });
    const record = { kind: recordKind.message, receivedAt: now, deviceId, moduleId, body, properties };
    await around.intake.taken(this.#source, record);
    this.#acknowledge(id);
    this.#answer("accepted", format, { reportId: reading.reportId });
  }

  #refuse(format: MetricsFormat, reportId: number | undefined, why: string, code = "InvalidPayload"): void {
    const { deviceId } = this.#host.speaker;
    const cause = code === "Throttled" ? "throttled" : "invalidRequest";
    this.#host.tell("ingress", "DeviceTelemetry", cause, `Metrics of ${deviceId} were rejected: ${why}.`);
    this.#answer("rejected", format, {
      ...(reportId === undefined ? {} : { reportId }),
      statusDetails: { ErrorCode: code, ErrorMessage: why },
    });
  }

  /** Answers only whom asked for answers, in JSON whatever the report was in. */
  #answer(fate: Fate, format: MetricsFormat, more: object): void {
    const { speaker, around } = this.#host;
    if (!this.#subscriptions.has("metrics") && !this.#subscriptions.has(`metrics-${fate}`)) return;
    const answer = {
      thingName: speaker.deviceId,
      ...more,
      status: fate.toUpperCase(),
      timestamp: around.clock.now(),
    };
    const topic = `$aws/things/${speaker.deviceId}/defender/metrics/${format}/${fate}`;
    this.#host.write(publishBytes(topic, JSON.stringify(answer)));
  }

  #acknowledge(id: number): void {
    if (id > 0) this.#host.write(pubacks([id]));
  }
}
