import type { QuerySource } from "../query/engine.js";
import type { Row } from "../query/evaluate.js";
import { asJson, type State } from "../state.js";
import type { DeviceJob, Job } from "./job.js";

const jobKey = (jobId: string): string => `job/${jobId}`;
const deviceKey = ({
  deviceId,
  moduleId = "",
  jobId,
}: Pick<DeviceJob, "deviceId" | "moduleId" | "jobId">): string =>
  `job-device/${deviceId}|${moduleId}|${jobId}`;

/** Jobs and what became of each device, on disk. */
export class JobStore {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  find(jobId: string): Job | undefined {
    return jobId.length > 128 ? undefined : this.#state.json<Job>(jobKey(jobId));
  }

  /** Jobs in the order of their ids. */
  page(after: string, limit: number): Job[] {
    return this.#state.jsons<Job>({ prefix: "job/", after: after === "" ? "" : jobKey(after), limit });
  }

  *all(): Generator<Job> {
    for (let page = this.page("", 200); page.length > 0; page = this.page(page.at(-1)!.jobId, 200))
      yield* page;
  }

  deviceJob(id: Pick<DeviceJob, "deviceId" | "moduleId" | "jobId">): DeviceJob | undefined {
    return this.#state.json<DeviceJob>(deviceKey(id));
  }

  write(job: Job, devices: readonly DeviceJob[] = []): Promise<void> {
    return this.#state.write([
      asJson(jobKey(job.jobId), job),
      ...devices.map((each) => asJson(deviceKey(each), each)),
    ]);
  }

  /** Removes jobs and what became of their devices, a page at a time. */
  async remove(jobIds: ReadonlySet<string>): Promise<void> {
    for (let after = ""; ; ) {
      const entries = this.#state.range({ prefix: "job-device/", after, limit: 500 });
      if (entries.length === 0) break;
      const gone = entries.filter(({ key }) => jobIds.has(key.slice(key.lastIndexOf("|") + 1)));
      await this.#state.write(gone.map(({ key }) => ({ key, remove: true as const })));
      after = entries.at(-1)!.key;
    }
    await this.#state.write([...jobIds].map((jobId) => ({ key: jobKey(jobId), remove: true as const })));
  }

  /** What became of each device, as rows of `devices.jobs`. */
  rows(): QuerySource {
    const rowOf = (key: string, value: Uint8Array): Row => {
      const job: Record<string, unknown> = JSON.parse(Buffer.from(value).toString());
      return { key, root: (name) => (Object.hasOwn(job, name) ? job[name] : undefined), whole: () => job };
    };
    return {
      page: (after, limit) => {
        const entries = this.#state.range({ prefix: "job-device/", after, limit });
        const rows = entries.map(({ key, value }) => rowOf(key, value));
        return entries.length < limit ? { rows } : { rows, next: entries.at(-1)!.key };
      },
      of: (deviceIds) =>
        deviceIds.flatMap((deviceId) =>
          this.#state
            .range({ prefix: `job-device/${deviceId}|`, limit: 10_000 })
            .map(({ key, value }) => rowOf(key, value)),
        ),
    };
  }
}
