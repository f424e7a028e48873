import { shown } from "../../rule.js";
import { fieldOf, snapshotRule } from "../../snapshot-rule.js";

/** A job that starts at certain times was added. */
export const scheduledJobAdded = snapshotRule({
  id: "scheduled-job-added",
  alertType: "Picket_ScheduledJobAdded",
  name: "Job added",
  severity: "Informational",
  about: "A job that starts at certain times was added.",
  tactics: ["Persistence"],
  techniques: ["T1053.003", "T1053.006"],
  remediation: "Make sure that somebody of yours or a package added it.",
  falsePositives: ["Every package that brings a job."],
  needs: "the agent's snapshot of jobs",
  reads: "ScheduledJobs",
  on: "appears",
  remember: (item) => [
    `${fieldOf(item, "Path")}: ${fieldOf(item, "CommandLine")}`.slice(0, 300),
    fieldOf(item, "Schedule"),
  ],
  title: (_key, deviceId) => `A job was added to ${deviceId}`,
  reason: (key, value) => `${shown(key)} starts at ${shown(value)} and was not in the last snapshot.`,
  cases: [
    {
      name: "a job",
      before: [],
      after: [
        { Path: "/etc/cron.d/b", Schedule: "* * * * *", CommandLine: "/usr/local/bin/b", UserName: "root" },
      ],
      alerts: 1,
    },
    {
      name: "the same",
      before: [
        { Path: "/etc/cron.d/b", Schedule: "* * * * *", CommandLine: "/usr/local/bin/b", UserName: "root" },
      ],
      after: [
        { Path: "/etc/cron.d/b", Schedule: "* * * * *", CommandLine: "/usr/local/bin/b", UserName: "root" },
      ],
      alerts: 0,
    },
    {
      name: "a job goes",
      before: [
        { Path: "/etc/cron.d/b", Schedule: "* * * * *", CommandLine: "/usr/local/bin/b", UserName: "root" },
      ],
      after: [],
      alerts: 0,
    },
  ],
});
