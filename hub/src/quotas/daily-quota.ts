import type { Clock } from "@picket/kit";
import type { KeyValueStore } from "../slots.js";

interface Kept {
  readonly day: string;
  readonly used: number;
  readonly devices: Readonly<Record<string, number>>;
}

const KEY = "quota/day";
const KEEP_MS = 10_000;
const STEP = 4_096;

/** So many steps of 4 KB a message counts as; an empty one is a message too. */
export const steps = (bytes: number): number => Math.max(1, Math.ceil(bytes / STEP));

/** Messages of the day, UTC, of the hub and of each device; kept, so that a restart does not begin a new day. */
export class DailyQuota {
  readonly #store: KeyValueStore;
  readonly #clock: Clock;
  readonly #hub: number;
  readonly #device: number;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #devices = new Map<string, number>();
  #day: number;
  #used = 0;
  #isKept = true;

  constructor(
    around: { readonly store: KeyValueStore; readonly clock: Clock },
    limits: { readonly hub: number; readonly device: number },
  ) {
    this.#store = around.store;
    this.#clock = around.clock;
    this.#hub = limits.hub;
    this.#device = limits.device;
    this.#day = this.#today();
    this.#read();
    if (this.isLimited) this.#timer = setInterval(() => void this.keep(), KEEP_MS).unref();
  }

  get isLimited(): boolean {
    return Number.isFinite(this.#hub) || Number.isFinite(this.#device);
  }

  /** Steps used today. */
  get used(): number {
    return this.#used;
  }

  /** Counts a message; false when the day's messages are used up. */
  take(deviceId: string, bytes: number): boolean {
    if (!this.isLimited) return true;
    this.#turn();
    const cost = steps(bytes);
    const own = this.#devices.get(deviceId) ?? 0;
    if (this.#used + cost > this.#hub || own + cost > this.#device) return false;
    this.#used += cost;
    if (Number.isFinite(this.#device)) this.#devices.set(deviceId, own + cost);
    this.#isKept = false;
    return true;
  }

  /** Writes what was used. */
  async keep(): Promise<void> {
    if (this.#isKept) return;
    this.#isKept = true;
    const kept: Kept = {
      day: new Date(this.#day * 86_400_000).toISOString().slice(0, 10),
      used: this.#used,
      devices: Object.fromEntries(this.#devices),
    };
    await this.#store.write([{ key: KEY, value: Buffer.from(JSON.stringify(kept)) }]);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.keep();
  }

  #today(): number {
    return Math.floor(this.#clock.now() / 86_400_000);
  }

  #turn(): void {
    const today = this.#today();
    if (today === this.#day) return;
    this.#day = today;
    this.#used = 0;
    this.#devices.clear();
  }

  #read(): void {
    const bytes = this.#store.get(KEY);
    if (!bytes) return;
    const { day, used, devices }: Kept = JSON.parse(Buffer.from(bytes).toString());
    if (Date.parse(day) !== this.#day * 86_400_000) return;
    this.#used = used;
    for (const [deviceId, own] of Object.entries(devices)) this.#devices.set(deviceId, own);
  }
}
