import type { Clock } from "@picket/kit";
import { hubErrors } from "../errors.js";
import type { KeyValueStore } from "../slots.js";
import { DailyQuota, steps } from "./daily-quota.js";
import { Gate } from "./gate.js";
import { deviceRates, type QuotaConfig, type ThrottleName, throttleNames, tierQuotas } from "./tiers.js";

/** Longer than this no HTTPS request is held back; it is refused. */
const LONGEST_HOLD_MS = 2_000;
/** Who may do how much: first slowed, then refused. What is not limited costs nothing. */
export class Throttles {
  readonly daily: DailyQuota;
  readonly #clock: Clock;
  readonly #gates = new Map<ThrottleName, Gate>();

  constructor(around: { readonly store: KeyValueStore; readonly clock: Clock }, config: QuotaConfig = {}) {
    this.#clock = around.clock;
    const tier = tierQuotas(config.tier ?? "unlimited", config.units ?? 1);
    for (const name of throttleNames) {
      const hub = config.rates?.[name] ?? tier.rates[name];
      const device = config.deviceRates ? config.deviceRates[name] : deviceRates[name];
      if (hub ?? device) this.#gates.set(name, new Gate({ hub, device }, around.clock.now()));
    }
    this.daily = new DailyQuota(around, {
      hub: config.dailyMessages ?? tier.dailyMessages,
      device: config.deviceDailyMessages ?? Number.POSITIVE_INFINITY,
    });
  }

  /**
   * Milliseconds to wait before doing something for a device, 0 for none; infinite when it is refused. What is metered by
   * size gives its bytes.
   */
  ask(name: ThrottleName, deviceId: string, bytes = 0): number {
    const gate = this.#gates.get(name);
    return gate ? gate.ask(deviceId, steps(bytes), this.#clock.now()) : 0;
  }

  /** Waits as long as it must; throws when that is too long to hold a request back. */
  async pass(name: ThrottleName, deviceId: string, bytes = 0): Promise<void> {
    const wait = this.ask(name, deviceId, bytes);
    if (wait > LONGEST_HOLD_MS) throw hubErrors.throttled({ id: deviceId, what: name });
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  }

  /** Waits for a message to be taken; throws when it is one too many, for now or for today. */
  async passMessage(deviceId: string, bytes: number): Promise<void> {
    await this.pass("telemetry", deviceId);
    if (!this.daily.take(deviceId, bytes)) throw hubErrors.quotaExceeded({ id: deviceId });
  }

  close(): Promise<void> {
    return this.daily.close();
  }
}
