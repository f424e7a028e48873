import { Bucket } from "./bucket.js";
import type { Rate } from "./tiers.js";

interface Use {
  readonly bucket: Bucket | undefined;
  /** The second it was last counted in, and how much was asked for in it. */
  second: number;
  asked: number;
}

/** Longer than this nobody is made to wait; they are refused. */
const LONGEST_WAIT_MS = 10_000;
const SWEEP_SECONDS = 10;

/**
 * One throttle: of the whole hub, of each device, or both. While the hub's is exhausted, those wait who ask for more than
 * an even share of it; a neighbour below its share does not notice.
 */
export class Gate {
  readonly #hub: Bucket | undefined;
  readonly #hubRate: number;
  readonly #deviceRate: Rate | undefined;
  readonly #uses = new Map<string, Use>();
  #second = 0;
  #sweptAt = 0;
  #active = 0;
  #wereActive = 0;

  constructor(rates: { readonly hub: Rate | undefined; readonly device: Rate | undefined }, now: number) {
    this.#hub = rates.hub && new Bucket(rates.hub, now);
    this.#hubRate = rates.hub?.perSecond ?? Number.POSITIVE_INFINITY;
    this.#deviceRate = rates.device;
  }

  /** How many devices are remembered. */
  get size(): number {
    return this.#uses.size;
  }

  /** Milliseconds to wait, 0 for none; infinite when it is refused, which takes nothing. */
  ask(deviceId: string, cost: number, now: number): number {
    this.#turn(Math.floor(now / 1_000), now);
    const use = this.#use(deviceId, cost, now);
    const own = use.bucket?.take(cost, now) ?? 0;
    const shared = this.#hub?.take(cost, now) ?? 0;
    const share = this.#hubRate / Math.max(this.#active, this.#wereActive, 1);
    const wait = Math.max(own, use.asked > share ? shared : 0);
    if (wait <= LONGEST_WAIT_MS) return wait;
    use.bucket?.refund(cost);
    this.#hub?.refund(cost);
    return Number.POSITIVE_INFINITY;
  }

  #use(deviceId: string, cost: number, now: number): Use {
    let use = this.#uses.get(deviceId);
    if (!use) {
      const bucket = this.#deviceRate && new Bucket(this.#deviceRate, now);
      use = { bucket, second: -1, asked: 0 };
      this.#uses.set(deviceId, use);
    }
    if (use.second !== this.#second) {
      use.second = this.#second;
      use.asked = 0;
      this.#active += 1;
    }
    use.asked += cost;
    return use;
  }

  #turn(second: number, now: number): void {
    if (second === this.#second) return;
    this.#wereActive = second === this.#second + 1 ? this.#active : 0;
    this.#active = 0;
    this.#second = second;
    if (second - this.#sweptAt < SWEEP_SECONDS) return;
    this.#sweptAt = second;
    for (const [deviceId, use] of this.#uses)
      if (use.second < second - 1 && (use.bucket?.isFull(now) ?? true)) this.#uses.delete(deviceId);
  }
}
