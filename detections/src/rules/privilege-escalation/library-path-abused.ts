import { commandRule } from "../../command-rule.js";
import { textOf } from "../../rule.js";

/** A program was started as root with a path for programs or libraries that anybody may write to. */
export const libraryPathAbused = commandRule({
  id: "library-path-abused",
  alertType: "Picket_LibraryPathAbused",
  name: "Program with rights started with a foreign search path",
  severity: "Medium",
  about: "A program was started as root with a path for programs or libraries that anybody may write to.",
  tactics: ["Privilege Escalation"],
  techniques: ["T1574.007", "T1548.003"],
  falsePositives: ["Developers who test an installed build as root."],
  witness: ["path="],
  sees: (reading, event) =>
    reading.commands.find(
      ({ via, assigned, argv }) =>
        (via.includes("sudo") || textOf(event, "UserName") === "root") &&
        [
          ...assigned,
          ...argv
            .filter((word) => /^(?:PATH|PYTHONPATH|PERL5LIB|LD_LIBRARY_PATH|NODE_PATH)=/.test(word))
            .map((word) => word.split("=") as [string, string]),
        ].some(
          ([name, value]) =>
            /^(?:PATH|PYTHONPATH|PERL5LIB|NODE_PATH)$/.test(name) &&
            /^(?:\/tmp|\/dev\/shm|\/var\/tmp|\.)(?:[:/]|$)/.test(value ?? ""),
        ),
    )?.text ??
    /\bsudo\s+(?:-\w+\s+)*(?:PATH|PYTHONPATH|PERL5LIB)=(?:\/tmp|\/dev\/shm|\.)\S*\s\S+/.exec(
      `${reading.plain}\n${textOf(event, "CommandLine")}`,
    )?.[0],
  did: "started a program with a foreign search path as root",
  because: "it runs whatever lies in that folder as root",
  fires: [
    "sudo PATH=/tmp:/usr/bin backup",
    "sh -c PATH=/dev/shm:$PATH /usr/local/bin/suid-tool",
    "sudo PYTHONPATH=/tmp /opt/a.py",
  ],
  silent: [
    "sh -c PATH=/usr/local/bin:$PATH make",
    "sudo PATH=/usr/sbin:/usr/bin visudo",
    "sh -c PYTHONPATH=/opt/app python3 -m app",
    "echo $PATH",
    "env PATH=/usr/bin id",
  ],
});
