import { randomBytes } from "node:crypto";
import type { Clock, Closable, Recorder } from "@picket/kit";
import { Configurations } from "./configurations/configurations.js";
import type { Registry } from "./identity/registry.js";
import { JobStore } from "./jobs/job-store.js";
import { Jobs } from "./jobs/jobs.js";
import type { OperationLog } from "./operations/operation-log.js";
import { QueryEngine } from "./query/engine.js";
import { twinRows } from "./query/twin-rows.js";
import type { Vault } from "./slots.js";
import type { State } from "./state.js";
import type { TwinsAndMethods } from "./twins/twins-and-methods.js";

interface Around {
  readonly state: State;
  readonly vault: Vault;
  readonly registry: Registry;
  readonly twins: TwinsAndMethods;
  readonly operations: OperationLog;
  readonly recorder: Recorder;
  readonly clock: Clock;
}

const SECRET = "query/secret";

/** What the hub does for service applications beside identities and twins: queries, jobs and configurations. */
export class ServiceSide implements Closable {
  readonly queries: QueryEngine;
  readonly jobs: Jobs;
  readonly configurations: Configurations;
  readonly #state: State;
  readonly #vault: Vault;
  readonly #secret: Uint8Array;

  constructor(around: Around) {
    const { state, vault, registry } = around;
    this.#state = state;
    this.#vault = vault;
    const sealed = state.get(SECRET);
    this.#secret = sealed ? vault.open(sealed) : randomBytes(32);
    const store = new JobStore(state);
    this.queries = new QueryEngine(
      {
        devices: twinRows(registry, "devices"),
        "devices.modules": twinRows(registry, "modules"),
        "devices.jobs": store.rows(),
      },
      this.#secret,
    );
    this.jobs = new Jobs({ ...around, store, queries: this.queries });
    this.configurations = new Configurations({ ...around, queries: this.queries });
  }

  async open(): Promise<void> {
    if (!this.#state.get(SECRET))
      await this.#state.write([{ key: SECRET, value: this.#vault.seal(this.#secret) }]);
    this.jobs.open();
    this.configurations.open();
  }

  async close(): Promise<void> {
    await Promise.all([this.jobs.close(), this.configurations.close()]);
  }
}
