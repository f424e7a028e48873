import { commandRule } from "../rule.js";

/** Code compiled in a temporary folder, as exploits are on the device itself. */
export const suspiciousCompilation = commandRule({
  id: "suspicious-compilation",
  alertType: "IoT_SuspiciousCompilation",
  name: "Suspicious compilation detected",
  severity: "Medium",
  about: "Code compiled in a temporary folder, as exploits are on the device itself.",
  tactics: ["Defense Evasion", "Privilege Escalation"],
  techniques: ["T1027.004"],
  witness: ["gcc", "cc ", "clang", "g++", "tcc"],
  patterns: [
    /(?:^|[/\s])(?:gcc|cc|clang|g\+\+|tcc)(?:-\d+)?\s(?=.*(?:exploit|dirty|cow|pwn|rootkit|shellcode|payload|overlayfs|pwnkit)).*\S+\.c\b.*/i,
  ],
  did: "compiled suspicious code",
  because: "the name of the code is that of an exploit",
  fires: ["gcc dirtycow.c -o /tmp/dc -lpthread", "cc -o x exploit.c"],
  silent: ["gcc -O2 main.c -o app", "clang -c /tmp/conftest.c", "gcc scowl.h -c"],
});
