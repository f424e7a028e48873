import { commandRule } from "../../command-rule.js";
import { find, parentOf } from "../../shell/look.js";

/** A shell is given a terminal by an interpreter or by script, as intruders do with a shell that came without one. */
export const shellFromInterpreterPty = commandRule({
  id: "shell-from-interpreter-pty",
  alertType: "Picket_ShellFromInterpreterPty",
  name: "Shell made interactive by hand",
  severity: "Medium",
  about:
    "A shell is given a terminal by an interpreter or by script, as intruders do with a shell that came without one.",
  tactics: ["Execution"],
  techniques: ["T1059.004", "T1059.006"],
  falsePositives: ["Test tools that need a terminal, such as expect scripts."],
  witness: ["spawn(", "script -q", "script /dev/null", "stty raw", "import pty", "rlwrap"],
  sees: (reading, event) =>
    /\/(?:sshd|login|tmux|screen|code|node)\b/.test(parentOf(event))
      ? undefined
      : (find(reading, /^python[\d.]*$/, ({ text }) => /pty['")]{0,3}\.spawn\s*\(/.test(text)) ??
        find(reading, /^script$/, ({ text }) =>
          /\s-q[a-z]*\b.*\/dev\/null|\/dev\/null\s+-q?c\s+(?:ba)?sh/.test(text),
        ) ??
        find(reading, /^stty$/, ({ text }) => /\braw\b.*-echo/.test(text)) ??
        find(reading, /^rlwrap$/, ({ text }) => /\b(?:nc|ncat)\b/.test(text))),
  did: "gave a shell a terminal by hand",
  because: "a shell that somebody sits at has a terminal already",
  fires: [
    'python3 -c import pty; pty.spawn("/bin/sh")',
    "script -qc /bin/bash /dev/null",
    "sh -c stty raw -echo; fg",
    "python -c __import__('pty').spawn('/bin/bash')",
  ],
  silent: [
    "script -a session.log",
    "stty -a",
    "python3 -c import sys; print(sys.stdin.isatty())",
    "stty sane",
    { line: "script -qc make /dev/null", parent: "/usr/bin/node" },
    "rlwrap sqlplus",
  ],
});
