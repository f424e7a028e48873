import { commandRule } from "../rule.js";

/** Logs are removed to hide what happened. */
export const systemLogsRemoved = commandRule({
  id: "system-logs-removed",
  alertType: "IoT_RemovelOfSystemLogs",
  name: "Removal of system logs files detected",
  severity: "Medium",
  about: "Logs are removed to hide what happened.",
  tactics: ["Defense Evasion"],
  techniques: ["T1070.002"],
  witness: ["/var/log", "journalctl", "/var/run/utmp", "wtmp", "btmp"],
  patterns: [
    /\b(?:rm|shred|unlink|truncate)\b[^;|]*\s\/var\/log(?:\/\*?|\/(?:syslog|auth\.log|messages|secure|kern\.log|wtmp|btmp|lastlog|audit)\S*)?(?:\s|$).*/i,
    /(?:^|[\s;])(?:cat\s+\/dev\/null|:|true|echo)\s*>\s*\/var\/log\/\S+/i,
    /\bjournalctl\b.*--vacuum-(?:time=1s|size=1\b|size=1[KM]?\b).*/i,
  ],
  did: "removed system logs",
  because: "it removes the logs in which traces would stand",
  fires: [
    "rm -rf /var/log/",
    "rm -f /var/log/auth.log",
    "sh -c cat /dev/null > /var/log/syslog",
    "shred -u /var/log/wtmp",
  ],
  silent: ["rm -f /var/log/myapp/old.1.gz", "journalctl --vacuum-time=30d", "tail -f /var/log/syslog"],
});
