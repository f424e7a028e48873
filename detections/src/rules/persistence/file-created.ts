import { INSTALLERS } from "../../addresses.js";
import { eventRule } from "../../event-rule.js";
import { afterFile } from "../../questions.js";
import { shown, textOf } from "../../rule.js";

const SCRATCH = /(?:\.sw[a-z]|~|\.dpkg-\w+|\.tmp|\.lock|\.pid|\.#\S*)$|\/\.#|\/sed\w{6}$/;
const folderOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf("/")));

/** A file appeared in a folder that is watched, and no installer made it. */
export const fileCreated = eventRule({
  id: "file-created",
  alertType: "IoT_FileCreated",
  name: "New File Created",
  severity: "High",
  about: "A file appeared in a folder that is watched, and no installer made it.",
  tactics: ["Persistence"],
  techniques: ["T1543", "T1105"],
  remediation:
    "Confirm that the file is expected on this device; look at the program that made it and at what it holds. Otherwise keep it and take the device off the network.",
  falsePositives: [
    "Administrators' editors, and applications that keep their data in a watched folder: watch the folders that should stay as they are.",
  ],
  needs: "the agent's file events for the folders in its settings",
  reads: "FileChange",
  sees: (event) =>
    textOf(event, "Operation") === "Create" &&
    !INSTALLERS.test(textOf(event, "Executable")) &&
    !SCRATCH.test(textOf(event, "Path"))
      ? textOf(event, "Path")
      : undefined,
  entity: (event) => folderOf(textOf(event, "Path")),
  title: (event) => `A file appeared in ${folderOf(textOf(event, "Path"))} of ${event.deviceId}`,
  reason: (event, matched) =>
    `${shown(matched)} was made by ${textOf(event, "Executable") || "a program that is not known"}; its folder is watched.`,
  next: afterFile,
  fires: [
    ["a program", { Path: "/usr/bin/kd", Operation: "Create", Executable: "/usr/bin/cp" }],
    ["by somebody unknown", { Path: "/etc/cron.d/upd", Operation: "Create" }],
    ["a library", { Path: "/usr/lib/libx.so", Operation: "Create", Executable: "/tmp/x" }],
  ],
  silent: [
    ["a package", { Path: "/usr/bin/curl", Operation: "Create", Executable: "/usr/bin/dpkg" }],
    ["an editor's copy", { Path: "/etc/.hosts.swp", Operation: "Create", Executable: "/usr/bin/vim" }],
    ["a change", { Path: "/usr/bin/kd", Operation: "Modify" }],
    ["a package's copy", { Path: "/usr/bin/curl.dpkg-new", Operation: "Create" }],
    ["a firmware update", { Path: "/etc/version", Operation: "Create", Executable: "/usr/bin/swupdate" }],
  ],
});
