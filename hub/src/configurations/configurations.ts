import type { Clock, Closable, Recorder } from "@picket/kit";
import { hubErrors } from "../errors.js";
import { matchEtag } from "../identity/identity.js";
import type { Registry } from "../identity/registry.js";
import type { QueryEngine } from "../query/engine.js";
import { asJson, type State } from "../state.js";
import type { TwinsAndMethods } from "../twins/twins-and-methods.js";
import { type Configuration, draftedConfiguration, type Metrics } from "./configuration.js";
import { contentOf, wishesOf } from "./content.js";
import { type ActiveConfiguration, activeOf, isReported } from "./plan.js";
import { Rollout } from "./rollout.js";

const MOST = 100;
const FRESH_MS = 10_000;
const PREFIX = "configuration/";
/** Up to so many devices the numbers are counted anew for each reader. */
const SMALL = 5_000;

interface Around {
  readonly state: State;
  readonly registry: Registry;
  readonly twins: TwinsAndMethods;
  readonly queries: QueryEngine;
  readonly recorder: Recorder;
  readonly clock: Clock;
}

const none: Metrics = { system: {}, custom: {} };
const keyOf = (id: string): string => `${PREFIX}${id}`;

/** Automatic configurations: what twins that fit a condition shall have, applied while it holds. */
export class Configurations implements Closable {
  readonly rollout: Rollout;
  readonly #around: Around;
  readonly #metrics = new Map<string, Metrics>();
  #active: readonly ActiveConfiguration[] | undefined;
  #counting: Promise<void> | undefined;
  #countedAt = 0;

  constructor(around: Around) {
    this.#around = around;
    this.rollout = new Rollout({ ...around, active: () => this.active });
  }

  open(): void {
    this.rollout.open();
  }

  close(): Promise<void> {
    return this.rollout.close();
  }

  list(): Configuration[] {
    return this.#around.state.jsons<Configuration>({ prefix: PREFIX, limit: MOST });
  }

  get(id: string): Configuration {
    const found = id.length > 128 ? undefined : this.#around.state.json<Configuration>(keyOf(id));
    if (!found) throw hubErrors.configurationNotFound({ id });
    return found;
  }

  /** Makes or changes one; with an ETag only what it names. */
  async put(id: string, body: Record<string, unknown>, ifMatch?: string): Promise<Configuration> {
    const { state, clock } = this.#around;
    const before = state.json<Configuration>(keyOf(id));
    if (ifMatch === undefined && before) throw hubErrors.configurationAlreadyExists({ id });
    if (ifMatch !== undefined) matchEtag(`The configuration ${id}`, ifMatch, this.get(id).etag);
    if (!before && this.list().length >= MOST) throw hubErrors.tooManyConfigurations({ most: MOST });
    const made = draftedConfiguration(id, body, { now: clock.now(), ...(before ? { before } : {}) });
    await state.write([asJson(keyOf(id), made)]);
    await this.#changed();
    return made;
  }

  /** Removes one; twins get what the configuration of the next precedence wants, else keep what they have. */
  async remove(id: string, ifMatch = "*"): Promise<void> {
    matchEtag(`The configuration ${id}`, ifMatch, this.get(id).etag);
    await this.#around.state.write([{ key: keyOf(id), remove: true }]);
    this.#metrics.delete(id);
    await this.#changed();
  }

  /** Writes content to one device at once, once. */
  async apply(deviceId: string, body: Record<string, unknown>): Promise<void> {
    const content = contentOf(body);
    const { registry, twins } = this.#around;
    registry.get(deviceId);
    const parts = Object.entries({ "": content.deviceContent ?? {}, ...content.modulesContent });
    for (const [moduleId] of parts) registry.get(deviceId, moduleId);
    for (const [moduleId, wanted] of parts) {
      for (const { path, value } of wishesOf(wanted)) {
        const desired = path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
        if (typeof desired === "object" && desired !== null)
          await twins.change({ deviceId, moduleId }, { desired });
      }
    }
  }

  /** Numbers of each rollout; of a large fleet they may be some seconds old. */
  async metrics(id: string): Promise<Metrics> {
    const isOld = this.#around.clock.now() - this.#countedAt > FRESH_MS;
    const isSmall = this.#around.registry.count().total <= SMALL;
    if (isOld || isSmall || !this.#metrics.has(id)) {
      this.#counting ??= this.#count().finally(() => {
        this.#counting = undefined;
      });
      if (isSmall || !this.#metrics.has(id)) await this.#counting;
    }
    return this.#metrics.get(id) ?? none;
  }

  get active(): readonly ActiveConfiguration[] {
    this.#active ??= activeOf(this.list());
    return this.#active;
  }

  async #changed(): Promise<void> {
    this.#active = undefined;
    this.#countedAt = 0;
    await this.rollout.sweep();
  }

  /** One pass over all twins counts for all configurations. */
  async #count(): Promise<void> {
    const { registry, clock, queries } = this.#around;
    const configurations = this.list();
    const active = new Map(this.active.map((each) => [each.id, each]));
    const counts = new Map(
      configurations.map(({ id }) => [id, { targetedCount: 0, appliedCount: 0, reportedSuccessfulCount: 0 }]),
    );
    for (let after: string | undefined = ""; after !== undefined; ) {
      const page = registry.page({ after, limit: 500, kind: "all" });
      for (const identity of page.identities)
        for (const [id, { status }] of Object.entries(identity.configurations)) {
          const count = counts.get(id);
          const one = active.get(id);
          if (!count || !one) continue;
          // A device whose modules get something is counted once, as the device.
          if ((identity.moduleId === "") !== (one.from === "devices")) continue;
          count.targetedCount += 1;
          if (status === "Applied") count.appliedCount += 1;
          if (isReported(one, identity)) count.reportedSuccessfulCount += 1;
        }
      after = page.next;
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const { id, metricQueries } of configurations) {
      const custom: Record<string, number> = {};
      for (const [name, query] of Object.entries(metricQueries)) custom[name] = await queries.count(query);
      this.#metrics.set(id, { system: { ...counts.get(id) }, custom });
    }
    this.#countedAt = clock.now();
  }
}
