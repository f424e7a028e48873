import { commandRule } from "../../command-rule.js";

/** A command that starts itself without end, until the device stands still. */
export const forkBomb = commandRule({
  id: "fork-bomb",
  alertType: "Picket_ForkBomb",
  name: "Fork bomb",
  severity: "High",
  about: "A command that starts itself without end, until the device stands still.",
  tactics: ["Impact"],
  techniques: ["T1499.001"],
  falsePositives: ["Exercises."],
  witness: [":()", "|:&", "fork while", "while fork", "os.fork"],
  patterns: [
    /:\s{0,2}\(\)\s{0,2}\{\s{0,2}:\s{0,2}\|\s{0,2}:\s{0,2}&\s{0,2}\}\s{0,2};\s{0,2}:/,
    /\bfork\s+while\s+(?:1|fork)\b/,
    /\bwhile\s*(?:True|1)\s*:\s*os\.fork\(\)/,
  ],
  did: "started a fork bomb",
  because: "the device stands still until it is restarted",
  fires: [
    "bash -c :(){ :|:& };:",
    "perl -e fork while fork",
    "python3 -c import os;exec('while True: os.fork()')",
  ],
  silent: [
    "bash -c f(){ echo x; };f",
    "perl -e my $p = fork; wait",
    "python3 -c import os; os.fork()",
    "sh -c : > /tmp/a",
    "grep fork kernel/fork.c",
  ],
});
