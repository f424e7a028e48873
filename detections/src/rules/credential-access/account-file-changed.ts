import { INSTALLERS } from "../../addresses.js";
import { eventRule } from "../../event-rule.js";
import { afterFile } from "../../questions.js";
import { shown, textOf } from "../../rule.js";

/** The list of accounts, of passwords or of rights was changed by a program that has no business there. */
export const accountFileChanged = eventRule({
  id: "account-file-changed",
  alertType: "Picket_AccountFileChanged",
  name: "List of accounts changed by a strange program",
  severity: "High",
  about:
    "The list of accounts, of passwords or of rights was changed by a program that has no business there.",
  tactics: ["Credential Access", "Persistence"],
  techniques: ["T1098", "T1136.001", "T1556"],
  remediation:
    "Compare the file with a good copy: look for accounts with the id 0, without a password, or new in sudo.",
  falsePositives: ["Editors in the hands of administrators; they should use vipw and visudo."],
  needs: "the agent's file events",
  reads: "FileChange",
  witness: {
    field: "Path",
    anyOf: ["/etc/passwd", "/etc/shadow", "/etc/group", "/etc/sudoers", "/etc/pam.d"],
  },
  sees: (event) =>
    /^\/etc\/(?:passwd|shadow|group|gshadow|sudoers|sudoers\.d\/\S+|pam\.d\/\S+)$/.test(
      textOf(event, "Path"),
    ) &&
    /^(?:Create|Modify)$/.test(textOf(event, "Operation")) &&
    textOf(event, "Executable") !== "" &&
    !INSTALLERS.test(textOf(event, "Executable")) &&
    !/\/(?:chage|chsh|chfn|gpasswd|groupmod|groupdel|userdel|deluser|addgroup|pwconv|grpconv|pam-auth-update|cloud-init|ansible\S*|puppet|systemd\S*|busybox|newusers)$/.test(
      textOf(event, "Executable"),
    )
      ? textOf(event, "Path")
      : undefined,
  entity: (event) => textOf(event, "Path"),
  title: (event) => `${textOf(event, "Path")} was changed by a strange program on ${event.deviceId}`,
  reason: (event, matched) =>
    `${textOf(event, "Executable")} changed ${shown(matched)}, which only tools for accounts do.`,
  next: afterFile,
  fires: [
    ["a shell", { Path: "/etc/passwd", Operation: "Modify", Executable: "/usr/bin/bash" }],
    ["a copy", { Path: "/etc/shadow", Operation: "Modify", Executable: "/usr/bin/cp" }],
    ["a rule of sudo", { Path: "/etc/sudoers.d/x", Operation: "Create", Executable: "/usr/bin/tee" }],
  ],
  silent: [
    ["useradd", { Path: "/etc/passwd", Operation: "Modify", Executable: "/usr/sbin/useradd" }],
    ["passwd", { Path: "/etc/shadow", Operation: "Modify", Executable: "/usr/bin/passwd" }],
    ["a package", { Path: "/etc/pam.d/cron", Operation: "Create", Executable: "/usr/bin/dpkg" }],
    ["nobody known", { Path: "/etc/passwd", Operation: "Modify" }],
  ],
});
