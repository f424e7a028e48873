import { commandRule } from "../../command-rule.js";
import { find, writesTo } from "../../shell/look.js";

const LOWERED =
  /(?:kernel[./](?:randomize_va_space|kptr_restrict|dmesg_restrict|yama[./]ptrace_scope|unprivileged_bpf_disabled)|vm[./]mmap_min_addr|fs[./](?:protected_(?:symlinks|hardlinks)|suid_dumpable))/;

/** Settings of the kernel that make attacks harder were lowered. */
export const kernelGuardsLowered = commandRule({
  id: "kernel-guards-lowered",
  alertType: "Picket_KernelGuardsLowered",
  name: "Guards of the kernel lowered",
  severity: "Medium",
  about: "Settings of the kernel that make attacks harder were lowered.",
  tactics: ["Defense Evasion"],
  techniques: ["T1562.001", "T1068"],
  falsePositives: ["Developers who trace or debug; on devices in service nobody does."],
  witness: [
    "sysctl",
    "randomize_va_space",
    "kptr_restrict",
    "ptrace_scope",
    "dmesg_restrict",
    "unprivileged_bpf",
    "mmap_min_addr",
    "/proc/sys/kernel",
    "protected_symlinks",
    "perf_event_paranoid",
    "modules_disabled",
    "unprivileged_userns",
  ],
  sees: (reading) =>
    find(reading, /^sysctl$/, ({ text }) =>
      new RegExp(`${LOWERED.source}\\s*=\\s*['"]?(?:0)\\b`).test(text),
    ) ??
    writesTo(reading, new RegExp(`^/proc/sys/${LOWERED.source}$`), ({ text }) => /\s['"]?0\b/.test(text)) ??
    writesTo(
      reading,
      /^\/proc\/sys\/kernel\/(?:randomize_va_space|yama\/ptrace_scope|kptr_restrict)$/,
      ({ text }) => /\s['"]?0\b/.test(text),
    ),
  did: "lowered guards of the kernel",
  because: "attacks on this device are easier now",
  fires: [
    "sysctl -w kernel.randomize_va_space=0",
    "sh -c echo 0 > /proc/sys/kernel/yama/ptrace_scope",
    "sysctl kernel.kptr_restrict=0 kernel.dmesg_restrict=0",
  ],
  silent: [
    "sysctl -a",
    "sysctl -w kernel.randomize_va_space=2",
    "sysctl -w net.ipv4.ip_forward=1",
    "cat /proc/sys/kernel/randomize_va_space",
    "sysctl -p /etc/sysctl.conf",
    "sysctl kernel.kptr_restrict",
  ],
});
