import { commandRule } from "../../command-rule.js";
import { find, readsFile } from "../../shell/look.js";

/** The memory or the environment of other processes is read, in which passwords and tokens stand. */
export const processMemoryRead = commandRule({
  id: "process-memory-read",
  alertType: "Picket_ProcessMemoryRead",
  name: "Memory of another process read",
  severity: "High",
  about: "The memory or the environment of other processes is read, in which passwords and tokens stand.",
  tactics: ["Credential Access"],
  techniques: ["T1003.007"],
  falsePositives: ["Developers who look into a crash of their own program."],
  witness: ["/proc/", "gcore", "gdb", "procdump"],
  sees: (reading) =>
    readsFile(
      reading,
      /^\/proc\/(?:\d+|\*|\$\w+|\[\S+)\/(?:mem|environ|kcore)$|^\/proc\/kcore$|^\/dev\/k?mem$/,
    ) ??
    find(reading, /^gcore$/, ({ argv }) => argv.length > 1 && !/^-[hv]|^--/.test(argv[1] ?? "")) ??
    find(reading, /^gdb$/, ({ text }) => /\b(?:dump\s+memory|generate-core-file|gcore)\b/.test(text)),
  did: "read the memory of other processes",
  because: "passwords and tokens stand in it",
  fires: [
    "sh -c cat /proc/*/environ | tr '\\0' '\\n' | grep -i pass",
    "gcore -o /tmp/c 812",
    "gdb -p 812 -batch -ex dump memory /tmp/m 0x0 0x1000",
    "dd if=/proc/812/mem of=/tmp/m bs=1 skip=4096",
  ],
  silent: [
    "cat /proc/self/environ",
    "cat /proc/812/status",
    "cat /proc/meminfo",
    "gdb ./app",
    "gcore --help",
    "grep Vm /proc/812/status",
  ],
});
