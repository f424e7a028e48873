import { commandRule } from "../../command-rule.js";
import { find, writesTo } from "../../shell/look.js";

/** A debugger calls functions inside a running process or its memory is written: somebody else's process does one's bidding. */
export const debuggerInjects = commandRule({
  id: "debugger-injects",
  alertType: "Picket_DebuggerInjects",
  name: "Code put into a running process",
  severity: "High",
  about:
    "A debugger calls functions inside a running process or its memory is written: somebody else's process does one's bidding.",
  tactics: ["Execution", "Privilege Escalation", "Defense Evasion"],
  techniques: ["T1055.008", "T1055.009"],
  falsePositives: ["Developers with a debugger; on devices in service there are none."],
  witness: ["gdb", "/proc/", "lldb", "ptrace", "linux-inject", "dlopen"],
  patterns: [
    /\b(?:gdb|lldb)\s.{0,200}(?:-p|--pid|attach)\b.{0,400}\b(?:call|print)\b.{0,60}(?:system|dlopen\w*|exec\w*|mprotect)\s*\(.{0,60}/,
  ],
  sees: (reading) =>
    writesTo(reading, /^\/proc\/(?:\d+|self|\$\w+)\/mem$/) ??
    find(reading, /^(?:linux-inject|injector|ptrace_inject|dlinject(?:\.py)?)$/),
  did: "put code into a running process",
  because: "somebody else's process is made to run it",
  fires: [
    'gdb -p 812 -batch -ex call (int)system("id")',
    "sh -c dd if=/tmp/s of=/proc/812/mem bs=1 seek=4096 conv=notrunc",
    "sh -c cd /tmp; ./linux-inject -p 812 x.so",
  ],
  silent: [
    "gdb -p 812 -batch -ex bt",
    "gdb ./app core",
    "cat /proc/812/maps",
    "ls /proc/812/",
    "gdb --version",
  ],
});
