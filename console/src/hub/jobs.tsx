import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, useMay } from "../shared/api.js";
import { useChange } from "../shared/change.js";
import { When } from "../shared/clock.js";
import { count } from "../shared/format.js";
import { Heads } from "../shared/heads.js";
import { Panel } from "../shared/page.js";
import { Empty, Loaded, Problem } from "../shared/states.js";
import { type Bag, numbersAt, textAt } from "./read.js";

const RUNNING = new Set(["scheduled", "queued", "running"]);

/** What service applications scheduled on many devices, and how far it has come. */
export function Jobs() {
  const found = useQuery({
    queryKey: ["jobs"],
    queryFn: () => api("GET /hub/jobs", { query: { limit: 200 } }),
    refetchInterval: 5_000,
  });
  return (
    <Panel title="Jobs on many devices" isFlush>
      <Loaded from={found}>
        {({ jobs }) =>
          jobs.length === 0 ? (
            <Empty title="No jobs">
              Applications schedule methods and twin changes for many devices with the job calls of the
              service SDK.
            </Empty>
          ) : (
            <table className="rows">
              <Heads of={["Job", "Kind", "State", "Devices", "Begun", ""]} />
              <tbody>
                {jobs.map((job) => (
                  <JobRow key={textAt(job, "jobId")} job={job} />
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
    </Panel>
  );
}

function JobRow({ job }: { readonly job: Bag }) {
  const id = textAt(job, "jobId");
  const mayCancel = useMay("admin");
  const { error, change } = useChange("jobs");
  const numbers = new Map(numbersAt(job, "deviceJobStatistics"));
  const [all, good, failed] = ["deviceCount", "succeededCount", "failedCount"].map(
    (name) => numbers.get(name) ?? 0,
  );
  return (
    <tr>
      <td>
        <strong>{id}</strong>
        {error && <Problem error={error} />}
      </td>
      <td>{textAt(job, "type") || textAt(job, "jobType")}</td>
      <td>{textAt(job, "status")}</td>
      <td>
        {count(good)} done{failed ? `, ${count(failed)} failed` : ""} of {count(all)}
      </td>
      <td>
        <When at={textAt(job, "startTime") || undefined} />
      </td>
      <td className="number">
        {mayCancel && RUNNING.has(textAt(job, "status")) && (
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={() =>
              change(api("DELETE /hub/jobs/{name}", { params: { name: id } }), () => `${id} is cancelled.`)
            }
          >
            Cancel
          </Button>
        )}
      </td>
    </tr>
  );
}
