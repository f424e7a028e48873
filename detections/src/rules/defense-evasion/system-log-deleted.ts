import { eventRule } from "../../event-rule.js";
import { afterFile } from "../../questions.js";
import { shown, textOf } from "../../rule.js";

/** A log in which traces stand was deleted by a program that does not rotate logs. */
export const systemLogDeleted = eventRule({
  id: "system-log-deleted",
  alertType: "Picket_SystemLogDeleted",
  name: "Log of the system deleted",
  severity: "High",
  about: "A log in which traces stand was deleted by a program that does not rotate logs.",
  tactics: ["Defense Evasion"],
  techniques: ["T1070.002"],
  remediation: "Look for a copy at the server that collects logs, and at what was started before.",
  falsePositives: ["Administrators who make room by hand."],
  needs: "the agent's file events for /var/log",
  reads: "FileChange",
  witness: { field: "Path", anyOf: ["/var/log/", "/run/utmp"] },
  sees: (event) =>
    textOf(event, "Operation") === "Delete" &&
    /^\/(?:var\/log\/(?:auth\.log|syslog|messages|secure|kern\.log|wtmp|btmp|lastlog|audit\/audit\.log)|run\/utmp)$/.test(
      textOf(event, "Path"),
    ) &&
    !/\/(?:logrotate|rsyslogd|syslog-ng|auditd|journald|mv|systemd\S*)$/.test(textOf(event, "Executable"))
      ? textOf(event, "Path")
      : undefined,
  entity: (event) => textOf(event, "Path"),
  title: (event) => `The log ${textOf(event, "Path")} was deleted on ${event.deviceId}`,
  reason: (event, matched) =>
    `${textOf(event, "Executable") || "A program that is not known"} deleted ${shown(matched)}.`,
  next: afterFile,
  fires: [
    ["by hand", { Path: "/var/log/auth.log", Operation: "Delete", Executable: "/usr/bin/rm" }],
    ["by a stranger", { Path: "/var/log/wtmp", Operation: "Delete", Executable: "/tmp/x" }],
  ],
  silent: [
    ["rotation", { Path: "/var/log/syslog", Operation: "Delete", Executable: "/usr/sbin/logrotate" }],
    ["an application's log", { Path: "/var/log/app/a.log", Operation: "Delete", Executable: "/usr/bin/rm" }],
    ["a change", { Path: "/var/log/auth.log", Operation: "Modify" }],
  ],
});
