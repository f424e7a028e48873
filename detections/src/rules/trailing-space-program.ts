import { commandRule } from "../rule.js";

/** A program whose name ends in a blank, to look like another file. */
export const trailingSpaceProgram = commandRule({
  id: "trailing-space-program",
  alertType: "IoT_ExecuteFileWithTrailingSpace",
  name: "Space after filename",
  severity: "Medium",
  about: "A program whose name ends in a blank, to look like another file.",
  tactics: ["Defense Evasion"],
  techniques: ["T1036.006"],
  witness: [".txt", ".pdf", ".jpg", ".png", ".doc", ".csv", "'", '"'],
  patterns: [/^(?:\.\/|\/)\S+\.(?:txt|pdf|jpg|png|doc|csv)\s$/i, /['"]\S*\/\S+\s['"]/i],
  did: "ran a program with a disguised name",
  because: "a blank at the end of the name hides what it is",
  fires: ["./invoice.pdf ", "sh -c '/tmp/report.txt '"],
  silent: ["./run.sh ", "ls -l ", "sh -c 'ls -l /tmp'"],
});
