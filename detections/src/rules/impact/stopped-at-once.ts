import { commandRule } from "../../command-rule.js";
import { find, hasFlag, writesTo } from "../../shell/look.js";

/** The device was restarted or stopped without closing anything, by the kernel's emergency keys or by force. */
export const stoppedAtOnce = commandRule({
  id: "stopped-at-once",
  alertType: "Picket_StoppedAtOnce",
  name: "Device stopped at once",
  severity: "Medium",
  about:
    "The device was restarted or stopped without closing anything, by the kernel's emergency keys or by force.",
  tactics: ["Impact", "Inhibit Response Function"],
  techniques: ["T1529", "T0816"],
  falsePositives: ["Watch scripts of cheap devices that restart them like this on purpose."],
  witness: ["sysrq", "reboot", "poweroff", "halt", "kexec"],
  sees: (reading) =>
    writesTo(reading, /^\/proc\/sysrq-trigger$/, ({ text }) => /\s['"]?[bocu]['"]?$/.test(text)) ??
    find(
      reading,
      /^(?:reboot|poweroff|halt)$/,
      (command) => hasFlag(command, "f", "--force") && !hasFlag(command, "w"),
    ) ??
    find(
      reading,
      /^systemctl$/,
      ({ text }) => /\s(?:reboot|poweroff|halt)\b/.test(text) && /(?:--force.*--force|-ff)\b/.test(text),
    ),
  did: "stopped the device at once",
  because: "nothing is saved, and logs of the last seconds are lost",
  fires: ["sh -c echo b > /proc/sysrq-trigger", "reboot -f", "systemctl reboot -ff", "busybox poweroff -f"],
  silent: [
    "reboot",
    "systemctl reboot",
    "shutdown -r +5",
    "cat /proc/sys/kernel/sysrq",
    "sh -c echo h > /proc/sysrq-trigger",
  ],
});
