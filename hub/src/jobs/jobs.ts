import { type Clock, type Closable, isKnown, type Recorder } from "@picket/kit";
import { hubCodes, hubErrors } from "../errors.js";
import type { OperationLog } from "../operations/operation-log.js";
import type { QueryEngine } from "../query/engine.js";
import type { Row } from "../query/evaluate.js";
import { parseCondition } from "../query/parser.js";
import { jobBroke } from "../signals.js";
import type { TwinsAndMethods } from "../twins/twins-and-methods.js";
import { type DeviceJob, draftedJob, type Job, type JobStatus } from "./job.js";
import type { JobStore } from "./job-store.js";

/** Bounds of jobs. */
export interface JobLimits {
  /** Jobs that run at the same time; the others wait in a queue. */
  readonly running: number;
  /** Jobs that wait or run. */
  readonly open: number;
  /** Direct methods of one job that are called at the same time. */
  readonly calls: number;
  readonly keepMs: number;
}

const usual: JobLimits = { running: 10, open: 1_000, calls: 100, keepMs: 30 * 24 * 3_600_000 };
const TICK_MS = 1_000;
const PURGE_MS = 3_600_000;
const isOpen = ({ status }: Job): boolean =>
  status === "scheduled" || status === "queued" || status === "running";

interface Around {
  readonly store: JobStore;
  readonly queries: QueryEngine;
  readonly twins: TwinsAndMethods;
  readonly operations: OperationLog;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly limits?: Partial<JobLimits>;
}

/** Thrown within a job that was cancelled, or whose hub closes. */
class Stopped extends Error {}

/** Direct methods and twin updates on many devices, at a time; they go on where they were after a restart. */
export class Jobs implements Closable {
  readonly #around: Around;
  readonly #limits: JobLimits;
  readonly #running = new Map<string, Promise<void>>();
  readonly #cancelled = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #isClosing = false;
  #purgedAt = 0;

  constructor(around: Around) {
    this.#around = around;
    this.#limits = { ...usual, ...around.limits };
  }

  /** Jobs that wait or run. */
  get waiting(): number {
    return [...this.#around.store.all()].filter(isOpen).length;
  }

  open(): void {
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#timer.unref();
    this.#tick();
  }

  async schedule(jobId: string, body: Record<string, unknown>): Promise<Job> {
    const { store, clock } = this.#around;
    const job = draftedJob(jobId, body, clock.now());
    if (store.find(jobId)) throw hubErrors.jobAlreadyExists({ id: jobId });
    if (this.waiting >= this.#limits.open) throw hubErrors.tooManyJobs({ most: this.#limits.open });
    await store.write(job);
    this.#tick();
    return store.find(jobId) ?? job;
  }

  get(jobId: string): Job {
    const job = this.#around.store.find(jobId);
    if (!job) throw hubErrors.jobNotFound({ id: jobId });
    return job;
  }

  async cancel(jobId: string): Promise<Job> {
    const job = this.get(jobId);
    if (!isOpen(job)) throw hubErrors.jobEnded({ id: jobId, status: job.status });
    this.#cancelled.add(jobId);
    const running = this.#running.get(jobId);
    if (running) await running;
    else await this.#ended(job, "cancelled", "It was cancelled before it began.");
    this.#cancelled.delete(jobId);
    return this.get(jobId);
  }

  /** Jobs of a type and status, in the order of their ids. */
  list(options: { type?: string; status?: string; after: string; limit: number }): {
    jobs: Job[];
    next?: string;
  } {
    const { type, status, limit } = options;
    const jobs: Job[] = [];
    let { after } = options;
    for (;;) {
      const page = this.#around.store.page(after, 200);
      for (const job of page) {
        after = job.jobId;
        if ((type && job.type !== type) || (status && job.status !== status)) continue;
        jobs.push(job);
        if (jobs.length === limit) return { jobs, next: after };
      }
      if (page.length < 200) return { jobs };
    }
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    clearInterval(this.#timer);
    await Promise.all(this.#running.values());
  }

  /** Starts what is due, and forgets what is old. */
  #tick(): void {
    const { store, clock } = this.#around;
    const now = clock.now();
    if (now - this.#purgedAt > PURGE_MS) void this.#purge(now);
    for (const job of store.all()) {
      if (!isOpen(job) || this.#running.has(job.jobId) || Date.parse(job.startTime) > now) continue;
      if (this.#running.size >= this.#limits.running || this.#isClosing) return;
      const run = this.#run(job).finally(() => this.#running.delete(job.jobId));
      this.#running.set(job.jobId, run);
    }
  }

  async #purge(now: number): Promise<void> {
    this.#purgedAt = now;
    const old = [...this.#around.store.all()].filter(
      (job) => !isOpen(job) && Date.parse(job.endTime) < now - this.#limits.keepMs,
    );
    if (old.length > 0) await this.#around.store.remove(new Set(old.map(({ jobId }) => jobId)));
  }

  async #run(job: Job): Promise<void> {
    try {
      const counted = job.after === undefined ? await this.#counted(job) : job;
      const done = await this.#worked(counted);
      const isLate = this.#isLate(done);
      await this.#ended(
        done,
        isLate ? "failed" : "completed",
        isLate ? "It was not through within its time." : "",
      );
    } catch (error) {
      if (error instanceof Stopped) {
        if (this.#cancelled.has(job.jobId))
          await this.#ended(this.get(job.jobId), "cancelled", "It was cancelled.");
        return;
      }
      jobBroke(this.#around.recorder, {}, 1, { job: job.jobId, error: String(error) });
      await this.#ended(this.get(job.jobId), "failed", String(error)).catch(() => {});
    }
  }

  /** Looks how many devices there are to do, so that its progress can be shown. */
  async #counted(job: Job): Promise<Job> {
    let deviceCount = 0;
    for await (const { rows } of this.#around.queries.matching(parseCondition(job.queryCondition))) {
      this.#checkStopped(job);
      deviceCount += rows.length;
    }
    const counts = { ...job.counts, deviceCount, pendingCount: deviceCount };
    const counted: Job = { ...job, status: "running", after: "", counts };
    await this.#around.store.write(counted);
    return counted;
  }

  async #worked(start: Job): Promise<Job> {
    let job = start;
    for await (const { rows, next } of this.#around.queries.matching(
      parseCondition(job.queryCondition),
      job.after,
    )) {
      for (let from = 0; from < rows.length; from += this.#limits.calls) {
        this.#checkStopped(job);
        if (this.#isLate(job)) return job;
        const results = await this.#slice(job, rows.slice(from, from + this.#limits.calls));
        job = withResults(job, results);
        await this.#around.store.write(job, results);
      }
      job = { ...job, after: next ?? job.after ?? "" };
    }
    return job;
  }

  /** Works on some devices; those that this job is through with already are left. */
  async #slice(job: Job, rows: readonly Row[]): Promise<DeviceJob[]> {
    const { store } = this.#around;
    const open: DeviceJob[] = [];
    const lost: DeviceJob[] = [];
    for (const row of rows) {
      const begun = this.#begun(job, row);
      const known = store.deviceJob(begun);
      if (!known) open.push(begun);
      else if (known.status === "running")
        lost.push(
          this.#done(known, {
            code: "HubRestarted",
            description: "The hub was restarted while the device worked.",
          }),
        );
    }
    if (!job.cloudToDeviceMethod) return [...lost, ...(await this.#updated(job, open))];
    await store.write({ ...job, counts: { ...job.counts, runningCount: open.length } }, open);
    return [...lost, ...(await Promise.all(open.map((each) => this.#called(job, each))))];
  }

  async #updated({ updateTwin }: Job, open: readonly DeviceJob[]): Promise<DeviceJob[]> {
    const change = {
      ...(updateTwin?.tags ? { tags: updateTwin.tags } : {}),
      ...(updateTwin?.properties?.desired ? { desired: updateTwin.properties.desired } : {}),
    };
    const errors = await this.#around.twins.changeEach(
      open.map(({ deviceId, moduleId = "" }) => ({ address: { deviceId, moduleId }, change })),
    );
    return open.map((each, index) => {
      const error = errors[index];
      return this.#done(each, error && errorOf(error));
    });
  }

  async #called(job: Job, begun: DeviceJob): Promise<DeviceJob> {
    const { methodName: name, payload, responseTimeoutInSeconds } = job.cloudToDeviceMethod!;
    const seconds = Math.min(responseTimeoutInSeconds, Math.max(this.#secondsLeft(job), 1));
    try {
      const { deviceId, moduleId = "" } = begun;
      const answer = await this.#around.twins.invoke({ deviceId, moduleId }, { name, payload, seconds });
      return { ...this.#done(begun), outcome: { deviceMethodResponse: answer } };
    } catch (error) {
      return this.#done(begun, errorOf(error));
    }
  }

  #done(begun: DeviceJob, error?: DeviceJob["error"]): DeviceJob {
    const time = new Date(this.#around.clock.now()).toISOString();
    const status = error ? "failed" : "completed";
    return { ...begun, status, endTimeUtc: time, lastUpdatedDateTimeUtc: time, ...(error ? { error } : {}) };
  }

  #begun({ jobId, type }: Job, row: Row): DeviceJob {
    const time = new Date(this.#around.clock.now()).toISOString();
    const moduleId = row.root("moduleId");
    return {
      deviceId: String(row.root("deviceId")),
      ...(typeof moduleId === "string" ? { moduleId } : {}),
      jobId,
      jobType: type,
      status: "running",
      startTimeUtc: time,
      endTimeUtc: "",
      createdDateTimeUtc: time,
      lastUpdatedDateTimeUtc: time,
    };
  }

  #secondsLeft({ startTime, maxExecutionTimeInSeconds }: Job): number {
    return maxExecutionTimeInSeconds - (this.#around.clock.now() - Date.parse(startTime)) / 1_000;
  }

  #isLate(job: Job): boolean {
    return this.#secondsLeft(job) <= 0;
  }

  #checkStopped({ jobId }: Job): void {
    if (this.#isClosing || this.#cancelled.has(jobId)) throw new Stopped();
  }

  async #ended(job: Job, status: JobStatus, failureReason: string): Promise<void> {
    const endTime = new Date(this.#around.clock.now()).toISOString();
    const counts = { ...job.counts, runningCount: 0 };
    await this.#around.store.write({ ...job, status, endTime, failureReason, counts });
    this.#around.operations.tell({
      operationName: `job${status[0]?.toUpperCase()}${status.slice(1)}`,
      category: "JobsOperations",
      deviceId: "",
      moduleId: "",
      protocol: "Https",
      ipAddress: "",
      ...(status === "failed"
        ? { cause: "timeout", resultDescription: `The job ${job.jobId}: ${failureReason}` }
        : {}),
      durationMs: Date.parse(endTime) - Date.parse(job.startTime),
      properties: { jobId: job.jobId, filter: job.queryCondition, startTimeUtc: job.startTime, ...counts },
    });
  }
}

/** A job with what became of some more devices. */
function withResults(job: Job, results: readonly DeviceJob[]): Job {
  const failed = results.filter(({ status }) => status === "failed").length;
  const { counts } = job;
  const [failedCount, succeededCount] = [
    counts.failedCount + failed,
    counts.succeededCount + results.length - failed,
  ];
  const deviceCount = Math.max(counts.deviceCount, failedCount + succeededCount);
  const pendingCount = deviceCount - failedCount - succeededCount;
  return { ...job, counts: { deviceCount, failedCount, succeededCount, runningCount: 0, pendingCount } };
}

function errorOf(error: unknown): { code: string; description: string } {
  if (isKnown(error))
    return { code: hubCodes[error.code] ?? "InternalServerError", description: error.message };
  return { code: "InternalServerError", description: String(error) };
}
