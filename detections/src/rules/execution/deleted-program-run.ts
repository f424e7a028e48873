import { commandRule } from "../../command-rule.js";
import { textOf } from "../../rule.js";

/** A program runs whose file is gone or never was one: it was deleted right after its start, or lives in memory only. */
export const deletedProgramRun = commandRule({
  id: "deleted-program-run",
  alertType: "Picket_DeletedProgramRun",
  name: "Program runs whose file is deleted",
  severity: "High",
  about:
    "A program runs whose file is gone or never was one: it was deleted right after its start, or lives in memory only.",
  tactics: ["Execution", "Defense Evasion"],
  techniques: ["T1070.004", "T1620"],
  falsePositives: [
    "A service that runs on after its package was upgraded is restarted by its own parent; the agent reports it only when it starts again.",
  ],
  executables: ["(deleted)", "memfd:"],
  witness: ["(deleted)", "memfd:", "/proc/self/fd/", "/proc/", "fexecve"],
  sees: (reading, event) => {
    const executable = textOf(event, "Executable");
    if (/ \(deleted\)$/.test(executable) || /^\/?memfd:/.test(executable)) return executable;
    return reading.commands.find(
      ({ argv }) => /^\/proc\/(?:self|\d+)\/fd\/\d+$/.test(argv[0] ?? "") || /^memfd:/.test(argv[0] ?? ""),
    )?.text;
  },
  did: "ran a program without a file",
  because: "what runs cannot be looked at any more",
  fires: [
    { line: "./x -B", executable: "/tmp/x (deleted)" },
    { line: "/proc/self/fd/3 -c x", executable: "memfd:x (deleted)" },
    "/proc/1234/fd/5",
    "sh -c exec /proc/self/fd/9",
    { line: "memfd:a", executable: "memfd:a" },
  ],
  silent: [
    "ls -l /proc/self/fd/",
    "cat /proc/self/fd/0",
    "/proc/self/exe init",
    "readlink /proc/1/exe",
    "lsof +L1 (deleted)",
  ],
});
