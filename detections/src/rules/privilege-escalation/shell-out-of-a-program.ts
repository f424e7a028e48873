import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** A program that is not meant to is made to start a shell, which is how a right to run one program as root becomes a root shell. */
export const shellOutOfAProgram = commandRule({
  id: "shell-out-of-a-program",
  alertType: "Picket_ShellOutOfAProgram",
  name: "Shell started out of another program",
  severity: "Medium",
  about:
    "A program that is not meant to is made to start a shell, which is how a right to run one program as root becomes a root shell.",
  tactics: ["Privilege Escalation", "Execution"],
  techniques: ["T1059.004", "T1548.003"],
  falsePositives: ["Editors from which somebody starts a shell for convenience."],
  witness: [
    "-exec",
    "checkpoint-action",
    ":!",
    "system(",
    "pty.spawn",
    "--eval",
    "nsswitch",
    "/bin/sh",
    "/bin/bash",
    "os.execl",
    "proxycommand",
  ],
  sees: (reading) =>
    find(reading, /^find$/, ({ argv }) =>
      argv.some(
        (word, place) =>
          /^-(?:exec|execdir)$/.test(word) &&
          /^(?:\/bin\/|\/usr\/bin\/)?(?:ba|da|z)?sh$/.test(argv[place + 1] ?? "") &&
          /^(?:;|\\;|\+|-p|-i|)$/.test(argv[place + 2] ?? ""),
      ),
    ) ??
    find(reading, /^tar$/, ({ text }) => /--checkpoint-action[= ]exec/.test(text)) ??
    find(reading, /^(?:vi|vim|view|ex|nvim|less|man|more)$/, ({ text }) =>
      /:!\s*(?:\/bin\/)?(?:ba)?sh\b/.test(text),
    ) ??
    find(reading, /^[gmn]?awk$/, ({ text }) =>
      /system\(\s*["']?(?:\/bin\/)?(?:ba|da)?sh["'\s)]/.test(text),
    ) ??
    find(reading, /^python[\d.]*$/, ({ text }) =>
      /(?:pty\.spawn|os\.(?:system|execl?p?v?e?))\s*\(\s*\[?["'](?:\/usr)?(?:\/bin\/)?(?:ba|da|z)?sh["']/.test(
        text,
      ),
    ) ??
    find(reading, /^perl$/, ({ text }) => /\bexec\s*\(?["'](?:\/bin\/)?(?:ba)?sh\b/.test(text)) ??
    find(reading, /^ssh$/, ({ text }) =>
      /ProxyCommand[= ]['"]?;?\s*(?:\/bin\/)?(?:ba)?sh\s*(?:0<&2|<&2|-i)/i.test(text),
    ) ??
    find(reading, /^(?:nmap|gdb|ftp|mysql|psql|sqlite3|zip|env|taskset|busctl)$/, ({ text }) =>
      /(?:--interactive|-ex '?!(?:\/bin\/)?sh|\\!\s*(?:\/bin\/)?sh|\.shell\s+\/bin\/sh|-TT? '?sh\b)/.test(
        text,
      ),
    ),
  did: "made a program start a shell",
  because: "the program's rights go over to a shell",
  fires: [
    "find . -exec /bin/sh ;",
    'python3 -c import pty;pty.spawn("/bin/bash")',
    "sudo tar -cf /dev/null /dev/null --checkpoint=1 --checkpoint-action=exec=/bin/sh",
    'awk BEGIN {system("/bin/sh")}',
    "vim -c :!/bin/sh",
  ],
  silent: [
    "find . -name *.sh -exec sh -n {} ;",
    "find /srv -exec sh -c 'gzip \"$1\"' _ {} ;",
    "tar -cf a.tar --checkpoint=1000 --checkpoint-action=dot src",
    'awk BEGIN {system("date")}',
    "vim -c :q notes.txt",
    'python3 -c import os; os.system("ls")',
  ],
});
