import { INSTALLERS } from "../../addresses.js";
import { eventRule } from "../../event-rule.js";
import { afterFile } from "../../questions.js";
import { textOf } from "../../rule.js";

/** The file that makes every program load a library was made or changed: rootkits without a kernel module work like this. */
export const preloadFileAppeared = eventRule({
  id: "preload-file-appeared",
  alertType: "Picket_PreloadFileAppeared",
  name: "File that preloads a library appeared",
  severity: "High",
  about:
    "The file that makes every program load a library was made or changed: rootkits without a kernel module work like this.",
  tactics: ["Persistence", "Defense Evasion"],
  techniques: ["T1574.006"],
  remediation:
    "Look at the library that the file names, from another system: programs of this one may lie. Remove both.",
  falsePositives: ["A few memory allocators and sandboxes are installed so; they come as packages."],
  needs: "the agent's file events",
  reads: "FileChange",
  witness: { field: "Path", anyOf: ["/etc/ld.so.preload"] },
  sees: (event) =>
    textOf(event, "Path") === "/etc/ld.so.preload" &&
    textOf(event, "Operation") !== "Delete" &&
    !INSTALLERS.test(textOf(event, "Executable"))
      ? "/etc/ld.so.preload"
      : undefined,
  entity: () => "",
  title: (event) => `Every program of ${event.deviceId} loads a library from now on`,
  reason: (event, matched) =>
    `${matched} was written by ${textOf(event, "Executable") || "a program that is not known"}.`,
  next: afterFile,
  fires: [
    ["it appears", { Path: "/etc/ld.so.preload", Operation: "Create", Executable: "/usr/bin/bash" }],
    ["it changes", { Path: "/etc/ld.so.preload", Operation: "Modify" }],
  ],
  silent: [
    ["it goes", { Path: "/etc/ld.so.preload", Operation: "Delete" }],
    ["by a package", { Path: "/etc/ld.so.preload", Operation: "Create", Executable: "/usr/bin/dpkg" }],
    ["another file", { Path: "/etc/ld.so.conf", Operation: "Modify" }],
  ],
});
