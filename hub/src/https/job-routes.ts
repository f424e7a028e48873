import type { Job } from "../jobs/job.js";
import { jobJson } from "../jobs/job.js";
import { jsonOf, type Request } from "./bodies.js";
import type { Desk } from "./desk.js";
import { pageOf, sendPage } from "./query-routes.js";

/** Where service applications schedule jobs on many devices. */
export function jobRoutes({ server, callers, service: { jobs } }: Desk): void {
  const told = (request: Request, operationName: string, job: Job): void =>
    callers.told(request, operationName, {
      category: "JobsOperations",
      properties: { jobId: job.jobId, filter: job.queryCondition, startTimeUtc: job.startTime },
    });
  server.get("/jobs/v2/query", async (request: Request, reply) => {
    callers.service(request, "serviceConnect");
    const { pageSize, continuation = "" } = pageOf(request);
    const { jobType: type, jobStatus: status } = request.query;
    const page = jobs.list({
      ...(type ? { type } : {}),
      ...(status ? { status } : {}),
      after: Buffer.from(continuation, "base64url").toString(),
      limit: Math.min(pageSize, 100),
    });
    const next =
      page.next === undefined ? {} : { continuation: Buffer.from(page.next).toString("base64url") };
    return sendPage(reply, { rows: page.jobs.map(jobJson), kind: "JobResponse", ...next });
  });
  server.get("/jobs/v2/:id", async (request: Request) => {
    callers.service(request, "serviceConnect");
    return jobJson(jobs.get(request.params.id ?? ""));
  });
  server.put("/jobs/v2/:id", async (request: Request) => {
    callers.service(request, "serviceConnect");
    const job = await jobs.schedule(request.params.id ?? "", jsonOf(request.body));
    told(request, "createJob", job);
    return jobJson(job);
  });
  server.post("/jobs/v2/:id/cancel", async (request: Request) => {
    callers.service(request, "serviceConnect");
    const job = await jobs.cancel(request.params.id ?? "");
    told(request, "cancelJob", job);
    return jobJson(job);
  });
}
