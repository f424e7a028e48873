import { commandRule } from "../../command-rule.js";
import { TEMPORARY, writesTo } from "../../shell/look.js";

/** A file that the interpreter loads before every program was written by a command. */
export const pythonStartFilePlanted = commandRule({
  id: "python-start-file-planted",
  alertType: "Picket_PythonStartFilePlanted",
  name: "File planted that every Python program loads",
  severity: "Medium",
  about: "A file that the interpreter loads before every program was written by a command.",
  tactics: ["Persistence"],
  techniques: ["T1546", "T1574"],
  falsePositives: ["Virtual environments and coverage tools write such files inside a project."],
  witness: ["sitecustomize", "usercustomize", "site-packages", "dist-packages", "pythonstartup", ".pth"],
  sees: (reading) =>
    writesTo(
      reading,
      /(?:\/(?:sitecustomize|usercustomize)\.py|^\/(?:usr|root|home)\S*\/(?:site|dist)-packages\/[\w.-]+\.pth)$/,
      ({ name, argv }) => !/^(?:pip\d?|install)$/.test(name) && !argv.some((word) => /venv|\.tox/.test(word)),
    ) ??
    reading.commands
      .flatMap(({ assigned, name, argv }) =>
        name === "export"
          ? [...assigned, ...argv.slice(1).map((word) => word.split("=") as [string, string])]
          : assigned,
      )
      .filter(([name, value]) => name === "PYTHONSTARTUP" && TEMPORARY.test(value ?? ""))
      .map((pair) => pair.join("="))[0],
  did: "planted a file that every Python program loads",
  because: "it runs inside every Python program of the device",
  fires: [
    "sh -c echo 'import os' > /usr/lib/python3/dist-packages/sitecustomize.py",
    "cp /tmp/a.pth /usr/lib/python3/dist-packages/a.pth",
    "sh -c export PYTHONSTARTUP=/tmp/p.py; python3",
  ],
  silent: [
    "cat /usr/lib/python3/dist-packages/sitecustomize.py",
    "pip install coverage",
    "ls /usr/lib/python3/dist-packages/",
    "sh -c echo x > ./venv/lib/python3/site-packages/a.pth.txt",
    "python3 -c import site",
  ],
});
