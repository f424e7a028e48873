import type { Clock, Closable, Recorder } from "@picket/kit";
import { alertDelivered, deliveryFailed } from "../signals.js";
import { type Alert, type DeliveryRoute, takes } from "./delivery-route.js";
import { type Sender, senders } from "./senders.js";

/** Where deliveries are kept until they are done: a store of small values by key. */
export interface DeliveryStore {
  get(key: string): Uint8Array | undefined;
  range(options: { readonly prefix: string; readonly after?: string; readonly limit: number }): readonly {
    readonly key: string;
    readonly value: Uint8Array;
  }[];
  write(
    changes: readonly (
      | { readonly key: string; readonly value: Uint8Array }
      | { readonly key: string; readonly remove: true }
    )[],
  ): Promise<void>;
}

/** One alert on its way by one route. */
export interface Delivery {
  readonly id: string;
  readonly route: string;
  readonly state: "waiting" | "sent" | "dead";
  readonly attempts: number;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly nextAt: number;
  readonly doneAt?: number;
  readonly problem?: string;
  readonly alert: Alert;
}

export interface DeliveryOptions {
  readonly store: DeliveryStore;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly directory: string;
  readonly hostName: string;
  /** Opens what was sealed of a route. */
  unseal(route: DeliveryRoute): DeliveryRoute;
}

const ROUTES = "delivery/route/";
const WAITING = "delivery/waiting/";
const DONE = "delivery/done/";
const FIRST_MS = 5_000;
const LONGEST_MS = 30 * 60_000;
/** Tried for about a day. */
const ATTEMPTS = 54;
const KEPT_MS = 7 * 86_400_000;
const AT_ONCE = 20;

/** Brings alerts to where routes say: kept on disk first, tried again for a day, then set aside where a person sees it. */
export class Deliveries implements Closable {
  readonly #options: DeliveryOptions;
  readonly #senders: Readonly<Record<string, Sender>>;
  #isClosed = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: DeliveryOptions, ways: Readonly<Record<string, Sender>> = senders) {
    this.#options = options;
    this.#senders = ways;
  }

  routes(): DeliveryRoute[] {
    return this.#read<DeliveryRoute>(ROUTES, 500);
  }

  async setRoute(route: DeliveryRoute): Promise<void> {
    await this.#options.store.write([{ key: `${ROUTES}${route.name}`, value: bytesOf(route) }]);
  }

  async removeRoute(name: string): Promise<void> {
    await this.#options.store.write([{ key: `${ROUTES}${name}`, remove: true }]);
  }

  /** Takes alerts that are new or changed; each goes once by each route for each of new and closed. On disk when it resolves. */
  async offer(alerts: readonly Alert[]): Promise<void> {
    const { store, clock } = this.#options;
    const now = clock.now();
    const changes = this.routes().flatMap((route) =>
      alerts.flatMap((alert) => {
        if (!takes(route, alert)) return [];
        const id = `${route.name}/${alert.SystemAlertId}/${alert.Status === "Closed" ? "closed" : "new"}`;
        if (store.get(`${WAITING}${id}`) || store.get(`${DONE}${id}`)) return [];
        const delivery: Delivery = {
          id,
          route: route.name,
          state: "waiting",
          attempts: 0,
          since: now,
          nextAt: now,
          alert,
        };
        return [{ key: `${WAITING}${id}`, value: bytesOf(delivery) }];
      }),
    );
    if (changes.length > 0) await store.write(changes);
    this.run();
  }

  /** Sends an alert now and throws when it does not arrive; leaves nothing in the log. */
  async test(route: DeliveryRoute, alert: Alert): Promise<void> {
    await this.#send(route, alert);
  }

  /** The newest deliveries first: those that wait, were sent, or were given up. */
  log(limit: number): Delivery[] {
    return [...this.#read<Delivery>(WAITING, 5_000), ...this.#read<Delivery>(DONE, 5_000)]
      .sort((one, other) => (other.doneAt ?? other.since) - (one.doneAt ?? one.since))
      .slice(0, limit);
  }

  /** Tries one that was given up again. */
  async retry(id: string): Promise<boolean> {
    const { store, clock } = this.#options;
    const value = store.get(`${DONE}${id}`);
    if (!value) return false;
    const { problem: _, doneAt: __, ...found }: Delivery = JSON.parse(Buffer.from(value).toString());
    const again: Delivery = { ...found, state: "waiting", attempts: 0, nextAt: clock.now() };
    await store.write([
      { key: `${DONE}${id}`, remove: true },
      { key: `${WAITING}${id}`, value: bytesOf(again) },
    ]);
    this.run();
    return true;
  }

  /** Sends what is due; one run at a time. */
  run(): void {
    this.#running = this.#running
      .then(() => this.#pass())
      .catch((error: unknown) => {
        this.#options.recorder.log("error", "Deliveries could not be run.", { error: String(error) });
      });
  }

  /** Resolves when what was due has been tried. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
  }

  async #pass(): Promise<void> {
    const now = this.#options.clock.now();
    const routes = new Map(this.routes().map((route) => [route.name, route]));
    const due = this.#read<Delivery>(WAITING, 5_000).filter(({ nextAt }) => nextAt <= now);
    for (let from = 0; from < due.length && !this.#isClosed; from += AT_ONCE)
      await Promise.all(
        due.slice(from, from + AT_ONCE).map((each) => this.#try(each, routes.get(each.route))),
      );
    await this.#tidy(now);
  }

  async #try(delivery: Delivery, route: DeliveryRoute | undefined): Promise<void> {
    const { store, clock, recorder } = this.#options;
    const { id, attempts } = delivery;
    try {
      if (!route) throw new Error("Its route was removed.");
      await this.#send(route, delivery.alert);
      alertDelivered(recorder, { route: delivery.route });
      await this.#done({ ...delivery, state: "sent", attempts: attempts + 1, doneAt: clock.now() });
    } catch (error) {
      const problem = (error instanceof Error ? error.message : String(error)).slice(0, 500);
      const next: Delivery = { ...delivery, attempts: attempts + 1, problem };
      deliveryFailed(recorder, { route: delivery.route }, 1, { id, problem });
      if (!route || next.attempts >= ATTEMPTS)
        return this.#done({ ...next, state: "dead", doneAt: clock.now() });
      const wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempts, 20));
      await store.write([
        { key: `${WAITING}${id}`, value: bytesOf({ ...next, nextAt: clock.now() + wait }) },
      ]);
    }
  }

  async #send(route: DeliveryRoute, alert: Alert): Promise<void> {
    const { directory, hostName, clock } = this.#options;
    await this.#senders[route.kind]!(this.#options.unseal(route), alert, {
      directory,
      hostName,
      now: clock.now(),
    });
  }

  async #done(delivery: Delivery): Promise<void> {
    await this.#options.store.write([
      { key: `${WAITING}${delivery.id}`, remove: true },
      { key: `${DONE}${delivery.id}`, value: bytesOf(delivery) },
    ]);
  }

  async #tidy(now: number): Promise<void> {
    const old = this.#read<Delivery>(DONE, 5_000).filter(({ doneAt = now }) => doneAt < now - KEPT_MS);
    if (old.length > 0)
      await this.#options.store.write(old.map(({ id }) => ({ key: `${DONE}${id}`, remove: true as const })));
  }

  #read<T>(prefix: string, limit: number): T[] {
    return this.#options.store
      .range({ prefix, limit })
      .map(({ value }) => JSON.parse(Buffer.from(value).toString()));
  }
}

const bytesOf = (value: object): Uint8Array => Buffer.from(JSON.stringify(value));
