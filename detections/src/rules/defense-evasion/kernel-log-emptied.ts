import { commandRule } from "../../command-rule.js";
import { find, hasFlag } from "../../shell/look.js";

/** The kernel's messages were emptied, in which modules and crashes stand. */
export const kernelLogEmptied = commandRule({
  id: "kernel-log-emptied",
  alertType: "Picket_KernelLogEmptied",
  name: "Log of the kernel emptied",
  severity: "Medium",
  about: "The kernel's messages were emptied, in which modules and crashes stand.",
  tactics: ["Defense Evasion"],
  techniques: ["T1070.002"],
  falsePositives: ["Benchmarks empty it to see what they cause themselves."],
  witness: ["dmesg", "klogctl"],
  sees: (reading) =>
    find(reading, /^dmesg$/, (command) => hasFlag(command, "C", "c", "--clear", "--read-clear")),
  did: "emptied the log of the kernel",
  because: "traces of modules and crashes are gone",
  fires: ["dmesg -C", "dmesg -c", "sh -c insmod x.ko; dmesg --clear"],
  silent: ["dmesg -T", "dmesg --color=always", "dmesg -w", "dmesg -l err", "grep usb dmesg.txt"],
});
