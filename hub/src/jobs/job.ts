import { hubErrors } from "../errors.js";
import { parseCondition } from "../query/parser.js";

/** What a job does to each device. */
export type JobType = "scheduleDeviceMethod" | "scheduleUpdateTwin";

/** How far a job is. */
export type JobStatus = "scheduled" | "queued" | "running" | "completed" | "failed" | "cancelled";

/** How far a job is on one device. */
export type DeviceJobStatus = "pending" | "running" | "completed" | "failed" | "canceled";

/** A direct method that a job calls. */
export interface JobMethod {
  readonly methodName: string;
  readonly payload: unknown;
  readonly responseTimeoutInSeconds: number;
}

/** How many devices a job is through with. */
export interface JobCounts {
  readonly deviceCount: number;
  readonly failedCount: number;
  readonly succeededCount: number;
  readonly runningCount: number;
  readonly pendingCount: number;
}

/** A job as it is kept. */
export interface Job {
  readonly jobId: string;
  readonly type: JobType;
  readonly status: JobStatus;
  readonly queryCondition: string;
  readonly createdTime: string;
  readonly startTime: string;
  readonly endTime: string;
  readonly maxExecutionTimeInSeconds: number;
  readonly cloudToDeviceMethod?: JobMethod;
  readonly updateTwin?: { readonly tags?: object; readonly properties?: { readonly desired?: object } };
  readonly failureReason: string;
  readonly counts: JobCounts;
  /** Where among the devices it goes on after a restart; absent until it has counted them. */
  readonly after?: string;
}

/** What became of one device in a job. */
export interface DeviceJob {
  readonly deviceId: string;
  readonly moduleId?: string;
  readonly jobId: string;
  readonly jobType: JobType;
  readonly status: DeviceJobStatus;
  readonly startTimeUtc: string;
  readonly endTimeUtc: string;
  readonly createdDateTimeUtc: string;
  readonly lastUpdatedDateTimeUtc: string;
  readonly outcome?: {
    readonly deviceMethodResponse: { readonly status: number; readonly payload: unknown };
  };
  readonly error?: { readonly code: string; readonly description: string };
}

/** A job as its clients see it. */
export function jobJson({ counts, after: _, endTime, failureReason, ...job }: Job): object {
  return {
    ...job,
    ...(endTime === "" ? {} : { endTime }),
    ...(failureReason === "" ? {} : { failureReason, statusMessage: failureReason }),
    deviceJobStatistics: counts,
  };
}

const ID = /^[A-Za-z0-9\-:.+%_#*?!(),=@;$']{1,128}$/;
const MAX_SECONDS = 172_800;

function refuse(what: string, why: string): never {
  throw hubErrors.argumentInvalid({ what, why });
}

const objectAt = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;

/** Reads what a client asks for; the job begins now or at its start time. */
export function draftedJob(jobId: string, body: Record<string, unknown>, now: number): Job {
  if (!ID.test(jobId))
    refuse("The job id", "it needs 1 to 128 letters, digits or - : . + % _ # * ? ! ( ) , = @ ; $ '");
  const { type, queryCondition } = body;
  if (type !== "scheduleDeviceMethod" && type !== "scheduleUpdateTwin")
    return refuse("The job's type", "it is scheduleDeviceMethod or scheduleUpdateTwin");
  if (typeof queryCondition !== "string" || queryCondition === "")
    return refuse("The job's queryCondition", "it must say which devices, such as deviceId IN ['a'] or *");
  parseCondition(queryCondition);
  const seconds = Number(body["maxExecutionTimeInSeconds"] ?? 3_600);
  if (!(seconds >= 1 && seconds <= MAX_SECONDS))
    refuse("maxExecutionTimeInSeconds", `it must be 1 to ${MAX_SECONDS}`);
  const start = body["startTime"] ? Date.parse(String(body["startTime"])) : now;
  if (Number.isNaN(start)) refuse("startTime", "it must be a time such as 2026-01-31T12:00:00Z");
  return {
    jobId,
    type,
    status: start > now ? "scheduled" : "queued",
    queryCondition,
    createdTime: new Date(now).toISOString(),
    startTime: new Date(start).toISOString(),
    endTime: "",
    maxExecutionTimeInSeconds: seconds,
    ...(type === "scheduleDeviceMethod"
      ? { cloudToDeviceMethod: methodOf(objectAt(body["cloudToDeviceMethod"])) }
      : { updateTwin: patchOf(objectAt(body["updateTwin"])) }),
    failureReason: "",
    counts: { deviceCount: 0, failedCount: 0, succeededCount: 0, runningCount: 0, pendingCount: 0 },
  };
}

function methodOf(given: Record<string, unknown> | undefined): JobMethod {
  const { methodName, payload } = given ?? {};
  if (typeof methodName !== "string" || !/^[\w.~-]{1,128}$/.test(methodName))
    return refuse("cloudToDeviceMethod.methodName", "it needs 1 to 128 letters, digits or . _ ~ -");
  const seconds = Number(given?.["responseTimeoutInSeconds"] ?? given?.["timeoutInSeconds"] ?? 30);
  return {
    methodName,
    payload: payload ?? null,
    responseTimeoutInSeconds: Math.min(Math.max(seconds || 30, 5), 300),
  };
}

function patchOf(given: Record<string, unknown> | undefined): NonNullable<Job["updateTwin"]> {
  if (!given) return refuse("updateTwin", "it must be a JSON object with tags or properties.desired");
  const tags = objectAt(given["tags"]);
  const desired = objectAt(objectAt(given["properties"])?.["desired"]);
  return { ...(tags ? { tags } : {}), ...(desired ? { properties: { desired } } : {}) };
}
