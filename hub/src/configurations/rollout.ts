import type { Clock, Closable, Recorder } from "@picket/kit";
import { keyOf } from "../identity/identity.js";
import type { IdentityChange, Registry, TwinTask } from "../identity/registry.js";
import { twinRow } from "../query/twin-rows.js";
import { rolloutBroke } from "../signals.js";
import { asJson, type State } from "../state.js";
import type { TwinsAndMethods } from "../twins/twins-and-methods.js";
import { type ActiveConfiguration, planDevice, planModule } from "./plan.js";

/** How far a pass over all devices is. */
export interface RolloutProgress {
  readonly looked: number;
  readonly changed: number;
  readonly total: number;
  readonly startedAt: number;
  /** 0 while it runs. */
  readonly finishedAt: number;
}

interface Sweep extends RolloutProgress {
  /** Last key of the registry that was looked at. */
  readonly after: string;
}

const SWEEP = "configurations/sweep";
const SLICE = 500;

interface Around {
  readonly state: State;
  readonly registry: Registry;
  readonly twins: TwinsAndMethods;
  readonly recorder: Recorder;
  readonly clock: Clock;
  active(): readonly ActiveConfiguration[];
}

/**
 * Brings twins to what configurations want: one pass over all of them when a configuration changed, in slices that are
 * written together, going on where it was after a restart; and each twin again when it or its tags change.
 */
export class Rollout implements Closable {
  readonly #around: Around;
  readonly #waiting = new Map<string, { deviceId: string; moduleId: string }>();
  readonly #unwatch: () => void;
  #work: Promise<void> | undefined;
  #isClosing = false;

  constructor(around: Around) {
    this.#around = around;
    this.#unwatch = around.registry.watch((change) => this.#changed(change));
  }

  /** Goes on with a pass that a stop cut off. */
  open(): void {
    if (this.#sweep?.finishedAt === 0) this.#wake();
  }

  /** Starts a pass over all twins; one that runs begins anew. */
  async sweep(): Promise<void> {
    const { state, registry, clock } = this.#around;
    const { total } = registry.count();
    const fresh: Sweep = { after: "", looked: 0, changed: 0, total, startedAt: clock.now(), finishedAt: 0 };
    await state.write([asJson(SWEEP, fresh)]);
    this.#wake();
  }

  get progress(): RolloutProgress | undefined {
    const { after: _, ...progress } = this.#sweep ?? { after: "" };
    return "looked" in progress ? progress : undefined;
  }

  /** Resolves when nothing is left to do. */
  async idle(): Promise<void> {
    while (this.#work) await this.#work;
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#unwatch();
    await this.#work;
  }

  get #sweep(): Sweep | undefined {
    return this.#around.state.json<Sweep>(SWEEP);
  }

  #changed({ kind, identity, isRollout }: IdentityChange): void {
    if (isRollout || kind === "removed" || kind === "updated") return;
    const active = this.#around.active();
    if (active.length === 0 || (kind === "reported" && !active.some(({ readsReported }) => readsReported)))
      return;
    const { deviceId, moduleId } = identity;
    this.#waiting.set(keyOf(deviceId, moduleId), { deviceId, moduleId });
    this.#wake();
  }

  #wake(): void {
    if (this.#work || this.#isClosing) return;
    this.#work = this.#run()
      .catch((error: unknown) => rolloutBroke(this.#around.recorder, {}, 1, { error: String(error) }))
      .finally(() => {
        this.#work = undefined;
        if (!this.#isClosing && this.#waiting.size > 0) this.#wake();
      });
  }

  async #run(): Promise<void> {
    // What arrives in the same turn shares one write.
    await new Promise((resolve) => setImmediate(resolve));
    while (!this.#isClosing) {
      if (this.#waiting.size > 0) await this.#someWaiting();
      const sweep = this.#sweep;
      if (sweep?.finishedAt === 0) await this.#someOf(sweep);
      else if (this.#waiting.size === 0) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Looks at twins that changed, and at the modules of devices that did. */
  async #someWaiting(): Promise<void> {
    const { registry } = this.#around;
    const addresses = [...this.#waiting.values()].slice(0, SLICE);
    for (const { deviceId, moduleId } of addresses) this.#waiting.delete(keyOf(deviceId, moduleId));
    const isDeep = this.#around.active().some(({ moduleWishes }) => moduleWishes.size > 0);
    const modules = addresses.flatMap(({ deviceId, moduleId }) =>
      isDeep && moduleId === "" ? registry.modules(deviceId) : [],
    );
    const tasks = [...addresses, ...modules].flatMap(
      ({ deviceId, moduleId }) => this.#planned(deviceId, moduleId) ?? [],
    );
    await this.#apply(tasks);
  }

  /** One slice: its twins and how far the pass is are written together. */
  async #someOf(sweep: Sweep): Promise<void> {
    const { registry, clock } = this.#around;
    const { identities, next } = registry.page({ after: sweep.after, limit: SLICE, kind: "all" });
    const tasks = identities.flatMap(({ deviceId, moduleId }) => this.#planned(deviceId, moduleId) ?? []);
    const looked = sweep.looked + identities.filter(({ moduleId }) => moduleId === "").length;
    const further: Sweep = {
      ...sweep,
      looked,
      changed: sweep.changed + tasks.length,
      total: Math.max(sweep.total, looked),
      finishedAt: next === undefined ? clock.now() : 0,
      after: next ?? "",
    };
    await this.#apply(tasks, further);
  }

  #planned(deviceId: string, moduleId: string): TwinTask | undefined {
    const { registry } = this.#around;
    const identity = registry.find(deviceId, moduleId);
    if (!identity) return undefined;
    const row = twinRow(registry, identity);
    const active = this.#around.active();
    if (moduleId === "") return planDevice(active, identity, row);
    const owner = active.some(({ moduleWishes }) => moduleWishes.has(moduleId))
      ? registry.find(deviceId)
      : undefined;
    return planModule(active, identity, {
      module: row,
      ...(owner ? { device: twinRow(registry, owner) } : {}),
    });
  }

  async #apply(tasks: readonly TwinTask[], sweep?: Sweep): Promise<void> {
    const errors = await this.#around.twins.changeEach(tasks, sweep ? [asJson(SWEEP, sweep)] : []);
    for (const [index, error] of errors.entries()) {
      if (!error) continue;
      const { address } = tasks[index]!;
      rolloutBroke(this.#around.recorder, {}, 1, { ...address, error: error.message });
    }
  }
}
