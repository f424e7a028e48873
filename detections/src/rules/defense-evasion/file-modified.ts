import { INSTALLERS } from "../../addresses.js";
import { eventRule } from "../../event-rule.js";
import { afterFile } from "../../questions.js";
import { shown, textOf } from "../../rule.js";

const CHANGING =
  /^\/etc\/(?:resolv\.conf|mtab|adjtime|ld\.so\.cache|machine-id|\S+\.sw[a-z])$|\.(?:log|cache|pid|lock)$/;

/** A file that is watched was changed, and no installer changed it. */
export const fileModified = eventRule({
  id: "file-modified",
  alertType: "IoT_FileModified",
  name: "File Modified",
  severity: "High",
  about: "A file that is watched was changed, and no installer changed it.",
  tactics: ["Defense Evasion"],
  techniques: ["T1565.001", "T1554"],
  remediation:
    "Compare the file with a good copy and look at the program that changed it. Put the good copy back and take the device off the network if nobody intended it.",
  falsePositives: [
    "Administrators' editors, and applications that keep their data in a watched folder: watch the files that should stay as they are.",
  ],
  needs: "the agent's file events for the folders in its settings",
  reads: "FileChange",
  sees: (event) => {
    const isSame =
      textOf(event, "HashBefore") !== "" && textOf(event, "HashBefore") === textOf(event, "HashAfter");
    return textOf(event, "Operation") === "Modify" &&
      !isSame &&
      !INSTALLERS.test(textOf(event, "Executable")) &&
      !CHANGING.test(textOf(event, "Path"))
      ? textOf(event, "Path")
      : undefined;
  },
  entity: (event) => textOf(event, "Path"),
  title: (event) => `${textOf(event, "Path")} was changed on ${event.deviceId}`,
  reason: (event, matched) =>
    `${shown(matched)} was changed by ${textOf(event, "Executable") || "a program that is not known"}; it is watched.`,
  next: afterFile,
  fires: [
    ["a list of accounts", { Path: "/etc/passwd", Operation: "Modify", Executable: "/usr/bin/bash" }],
    [
      "a program",
      { Path: "/usr/sbin/sshd", Operation: "Modify", HashBefore: "sha256:a", HashAfter: "sha256:b" },
    ],
    [
      "by a program that only bears a tool's name",
      { Path: "/etc/shadow", Operation: "Modify", Executable: "/tmp/useradd" },
    ],
    ["by somebody unknown", { Path: "/etc/ssh/sshd_config", Operation: "Modify" }],
  ],
  silent: [
    ["a package", { Path: "/usr/bin/curl", Operation: "Modify", Executable: "/usr/bin/dpkg" }],
    [
      "written and the same",
      { Path: "/etc/hosts", Operation: "Modify", HashBefore: "sha256:a", HashAfter: "sha256:a" },
    ],
    [
      "a list of accounts by its tool",
      { Path: "/etc/passwd", Operation: "Modify", Executable: "/usr/sbin/useradd" },
    ],
    [
      "an account removed by its tool",
      { Path: "/etc/shadow-", Operation: "Modify", Executable: "/usr/sbin/userdel" },
    ],
    ["a new file", { Path: "/etc/a", Operation: "Create" }],
    ["name servers by the network", { Path: "/etc/resolv.conf", Operation: "Modify" }],
  ],
});
