import { commandRule } from "../../command-rule.js";

/** A program was started from a folder in memory that holds data for programs and never programs: what runs there is gone after a restart. */
export const programRunFromSharedMemory = commandRule({
  id: "program-run-from-shared-memory",
  alertType: "Picket_ProgramRunFromSharedMemory",
  name: "Program run from shared memory",
  severity: "High",
  about:
    "A program was started from a folder in memory that holds data for programs and never programs: what runs there is gone after a restart.",
  tactics: ["Execution", "Defense Evasion"],
  techniques: ["T1059.004", "T1036.005"],
  falsePositives: ["Browsers' and databases' test suites now and then put a helper there."],
  witness: ["/dev/shm/", "/run/shm/"],
  sees: (reading) =>
    reading.commands.find(
      ({ argv, name }) =>
        /^\/(?:dev|run|var\/run)\/shm\//.test(argv[0] ?? "") ||
        (/^(?:ba|da|a)?sh$|^python[\d.]*$|^perl$/.test(name) && /^\/(?:dev|run)\/shm\//.test(argv[1] ?? "")),
    )?.text,
  did: "ran a program from shared memory",
  because: "programs do not belong there; it is gone after a restart",
  fires: [
    "/dev/shm/.k/kworker -B",
    "sh -c cp x /dev/shm/a; /dev/shm/a",
    "sh /dev/shm/i.sh",
    "sudo nohup /run/shm/x",
  ],
  silent: [
    "ls -la /dev/shm/",
    "rm -f /dev/shm/sem.lock",
    "chmod 1777 /dev/shm/",
    "df -h /dev/shm/",
    "cp report /dev/shm/report",
    "python3 app.py --shm /dev/shm/app",
  ],
});
