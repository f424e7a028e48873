import { commandRule } from "../../command-rule.js";

/** A program whose name ends in a blank or in another file's ending, to look like something else. */
export const trailingSpaceProgram = commandRule({
  id: "trailing-space-program",
  alertType: "IoT_ExecuteFileWithTrailingSpace",
  name: "Space after filename",
  severity: "Medium",
  about: "A program whose name ends in a blank or in another file's ending, to look like something else.",
  tactics: ["Defense Evasion"],
  techniques: ["T1036.006"],
  falsePositives: ["Files that were copied from other systems with blanks in their names."],
  witness: [".txt", ".pdf", ".jpg", ".png", ".doc", ".csv", ".mp4", "'", '"'],
  patterns: [
    /^(?:\.\/|\/)\S{1,400}\.(?:txt|pdf|jpe?g|png|docx?|csv|mp4|html?)\s$/i,
    /^(?:\.\/|\/(?:tmp|var\/tmp|dev\/shm|home)\/)\S{0,400}\.(?:pdf|jpe?g|png|gif|docx?|xlsx?|mp4|mp3)(?:\s|$)/i,
    /(?:^|\s|;)(['"])\.{0,2}\/[^'"\s]{1,400}\s\1(?:\s|$)/,
  ],
  did: "ran a program with a disguised name",
  because: "a blank or a false ending hides what it is",
  fires: ["./invoice.pdf ", "sh -c '/tmp/report.txt '", "/tmp/holiday.jpg --quiet", 'bash -c "./notes.txt "'],
  silent: [
    "./run.sh ",
    "ls -l ",
    "sh -c 'ls -l /tmp'",
    "cat /tmp/report.txt ",
    "xdg-open /home/op/manual.pdf",
    "python3 convert.py photo.jpg",
  ],
});
