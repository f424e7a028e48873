import { commandRule } from "../../command-rule.js";
import { find, hasFlag, parentOf, writesTo } from "../../shell/look.js";

/** SELinux, AppArmor or the kernel's lockdown was switched off. */
export const mandatoryControlOff = commandRule({
  id: "mandatory-control-off",
  alertType: "Picket_MandatoryControlOff",
  name: "Mandatory access control switched off",
  severity: "High",
  about: "SELinux, AppArmor or the kernel's lockdown was switched off.",
  tactics: ["Defense Evasion"],
  techniques: ["T1562.001"],
  falsePositives: ["Administrators who look for the cause of a refusal and forget to switch it on again."],
  witness: ["setenforce", "selinux", "apparmor", "aa-teardown", "aa-disable", "aa-complain"],
  sees: (reading, event) =>
    /dpkg|rpm/.test(parentOf(event))
      ? undefined
      : (find(reading, /^setenforce$/, ({ argv }) => /^(?:0|permissive)$/i.test(argv[1] ?? "")) ??
        find(reading, /^(?:aa-teardown|aa-disable)$/) ??
        find(
          reading,
          /^(?:systemctl|service)$/,
          ({ text }) => /\bapparmor\b/.test(text) && /\s(?:stop|disable|mask|teardown)\b/.test(text),
        ) ??
        find(reading, /^apparmor_parser$/, (command) => hasFlag(command, "R", "--remove")) ??
        writesTo(reading, /^\/etc\/(?:selinux\/config|sysconfig\/selinux)$/, ({ text }) =>
          /disabled|permissive/i.test(text),
        ) ??
        writesTo(reading, /^\/(?:sys\/fs\/selinux\/(?:enforce|disable)|selinux\/enforce)$/)),
  did: "switched mandatory access control off",
  because: "programs may do what their profiles forbid",
  fires: [
    "setenforce 0",
    "systemctl stop apparmor",
    "sed -i s/SELINUX=enforcing/SELINUX=disabled/ /etc/selinux/config",
    "aa-teardown",
  ],
  silent: [
    "getenforce",
    "setenforce 1",
    "systemctl reload apparmor",
    "aa-status",
    "apparmor_parser -r /etc/apparmor.d/usr.sbin.app",
    "cat /etc/selinux/config",
  ],
});
