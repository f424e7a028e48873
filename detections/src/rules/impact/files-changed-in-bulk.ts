import { INSTALLERS } from "../../addresses.js";
import { eventRule, many } from "../../event-rule.js";
import { afterFile } from "../../questions.js";
import { textOf } from "../../rule.js";

/** One program changed or deleted many different files within minutes: encryption or destruction of data. */
export const filesChangedInBulk = eventRule({
  id: "files-changed-in-bulk",
  alertType: "Picket_FilesChangedInBulk",
  name: "Many files changed by one program",
  severity: "High",
  about:
    "One program changed or deleted many different files within minutes: encryption or destruction of data.",
  tactics: ["Impact"],
  techniques: ["T1486", "T1485"],
  remediation:
    "Stop the program and take the device off the network at once; bring the data back from a backup.",
  falsePositives: [
    "Package upgrades, backups that are put back, and clean-up jobs; installers are left alone.",
  ],
  needs: "the agent's file events for the folders of data",
  reads: "FileChange",
  threshold: { count: 200, minutes: 5, distinct: (event) => textOf(event, "Path") },
  sees: (event) =>
    /^(?:Modify|Delete)$/.test(textOf(event, "Operation")) &&
    !INSTALLERS.test(textOf(event, "Executable")) &&
    !/\/(?:git|rsync|tar|borg|restic|logrotate|find|node|npm|make|ninja|cc1\S*|ld|cp|mv)$/.test(
      textOf(event, "Executable"),
    )
      ? textOf(event, "Executable") || "A program that is not known"
      : undefined,
  entity: (event) => textOf(event, "Executable"),
  title: (event) => `${textOf(event, "Executable") || "A program"} changes many files of ${event.deviceId}`,
  reason: (_event, matched, hits) =>
    `${matched} changed or deleted ${hits} different files within 5 minutes; 200 make an alert.`,
  next: afterFile,
  fires: [
    many("two hundred files", 200, (n) => ({
      Path: `/srv/data/${n}`,
      Operation: "Modify",
      Executable: "/tmp/e",
    })),
  ],
  silent: [
    many("a package", 300, (n) => ({
      Path: `/usr/share/${n}`,
      Operation: "Modify",
      Executable: "/usr/bin/dpkg",
    })),
    many("one file again and again", 300, () => ({
      Path: "/srv/a",
      Operation: "Modify",
      Executable: "/tmp/e",
    })),
    many("a few", 50, (n) => ({ Path: `/srv/${n}`, Operation: "Delete", Executable: "/tmp/e" })),
  ],
});
