import type { Level, Recorder } from "@picket/kit";
import { type Logger, pino } from "pino";
import { Counter, Gauge, Registry } from "prom-client";

/** Signals as log lines and Prometheus metrics. */
export class Metrics implements Recorder {
  readonly registry = new Registry();
  readonly #log: Logger;
  readonly #counters = new Map<string, Counter>();
  readonly #gauges = new Map<string, Gauge>();

  constructor(level: string, destination: string | number) {
    this.#log = pino(
      { level, base: null, redact: ["key", "password", "token", "*.sharedAccessKey"] },
      pino.destination({ dest: destination, sync: false }),
    );
  }

  log(level: Level, message: string, fields: object): void {
    this.#log[level](fields, message);
  }

  count(name: string, labels: object, by: number): void {
    const counter =
      this.#counters.get(name) ??
      new Counter({ name, help: name, labelNames: Object.keys(labels), registers: [this.registry] });
    this.#counters.set(name, counter);
    counter.inc({ ...labels }, by);
  }

  gauge(name: string, labels: object, value: number): void {
    const gauge =
      this.#gauges.get(name) ??
      new Gauge({ name, help: name, labelNames: Object.keys(labels), registers: [this.registry] });
    this.#gauges.set(name, gauge);
    gauge.set({ ...labels }, value);
  }
}
