import { INSTALLERS } from "../../addresses.js";
import { eventRule } from "../../event-rule.js";
import { afterFile } from "../../questions.js";
import { shown, textOf } from "../../rule.js";

const SCRATCH = /(?:\.sw[a-z]|~|\.dpkg-\w+|\.tmp|\.lock|\.pid|\.gz|\.\d+)$|\/\.#|\/sed\w{6}$/;

/** A file that is watched was deleted, and no installer deleted it. */
export const fileDeleted = eventRule({
  id: "file-deleted",
  alertType: "IoT_FileDeleted",
  name: "File Deleted",
  severity: "High",
  about: "A file that is watched was deleted, and no installer deleted it.",
  tactics: ["Impact", "Defense Evasion"],
  techniques: ["T1485", "T1070.004"],
  remediation:
    "Find out who deleted the file, put it back from a good copy, and look at what else the program did.",
  falsePositives: [
    "Administrators who tidy up, and applications that delete their own data in a watched folder.",
  ],
  needs: "the agent's file events for the folders in its settings",
  reads: "FileChange",
  sees: (event) =>
    textOf(event, "Operation") === "Delete" &&
    !INSTALLERS.test(textOf(event, "Executable")) &&
    !SCRATCH.test(textOf(event, "Path"))
      ? textOf(event, "Path")
      : undefined,
  entity: (event) => textOf(event, "Path"),
  title: (event) => `${textOf(event, "Path")} was deleted on ${event.deviceId}`,
  reason: (event, matched) =>
    `${shown(matched)} was deleted by ${textOf(event, "Executable") || "a program that is not known"}; it is watched.`,
  next: afterFile,
  fires: [
    ["a setting", { Path: "/etc/audit/auditd.conf", Operation: "Delete", Executable: "/usr/bin/rm" }],
    ["a program", { Path: "/usr/bin/falco", Operation: "Delete" }],
    ["a log", { Path: "/var/log/auth.log", Operation: "Delete", Executable: "/tmp/x" }],
  ],
  silent: [
    ["a package", { Path: "/usr/bin/curl", Operation: "Delete", Executable: "/usr/bin/dpkg" }],
    ["an editor's copy", { Path: "/etc/.hosts.swp", Operation: "Delete" }],
    ["rotation", { Path: "/var/log/syslog.7.gz", Operation: "Delete", Executable: "/usr/sbin/logrotate" }],
    ["a change", { Path: "/etc/a", Operation: "Modify" }],
    [
      "a copy that the tool of accounts made",
      { Path: "/etc/passwd+", Operation: "Delete", Executable: "/usr/sbin/userdel" },
    ],
    ["a lock", { Path: "/etc/.pwd.lock", Operation: "Delete" }],
  ],
});
