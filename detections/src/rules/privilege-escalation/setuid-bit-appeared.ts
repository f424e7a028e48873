import { INSTALLERS } from "../../addresses.js";
import { eventRule } from "../../event-rule.js";
import { afterFile } from "../../questions.js";
import { shown, textOf } from "../../rule.js";

/** A file that is watched got the right to run as its owner. */
export const setuidBitAppeared = eventRule({
  id: "setuid-bit-appeared",
  alertType: "Picket_SetuidBitAppeared",
  name: "Right of the owner put on a file",
  severity: "High",
  about: "A file that is watched got the right to run as its owner.",
  tactics: ["Privilege Escalation", "Persistence"],
  techniques: ["T1548.001"],
  remediation: "Look at what the file is. Take the right away if no package put it there.",
  falsePositives: ["Packages put the right on a few programs of theirs."],
  needs: "the agent's file events",
  reads: "FileChange",
  witness: { field: "Operation", anyOf: ["attributes", "create"] },
  sees: (event) =>
    /^0?[4-7]\d{3}$/.test(textOf(event, "Mode").slice(-4)) &&
    textOf(event, "Mode").length >= 4 &&
    !INSTALLERS.test(textOf(event, "Executable")) &&
    /^[4-7]/.test(textOf(event, "Mode").slice(-4))
      ? textOf(event, "Path")
      : undefined,
  entity: (event) => textOf(event, "Path"),
  title: (event) => `${textOf(event, "Path")} runs with its owner's rights on ${event.deviceId}`,
  reason: (event, matched) =>
    `The rights of ${shown(matched)} are ${textOf(event, "Mode")} now; whoever starts it runs as its owner.`,
  next: afterFile,
  fires: [
    [
      "a shell",
      { Path: "/usr/bin/bash", Operation: "Attributes", Mode: "4755", Executable: "/usr/bin/chmod" },
    ],
    ["a new file", { Path: "/tmp/.s", Operation: "Create", Mode: "104755" }],
  ],
  silent: [
    [
      "by a package",
      { Path: "/usr/bin/su", Operation: "Attributes", Mode: "4755", Executable: "/usr/bin/dpkg" },
    ],
    ["plain rights", { Path: "/usr/bin/a", Operation: "Attributes", Mode: "0755" }],
    ["a sticky folder", { Path: "/tmp", Operation: "Attributes", Mode: "1777" }],
  ],
});
