import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** Something was mounted over a process's folder, so that lists of processes do not show it. */
export const processHiddenByMount = commandRule({
  id: "process-hidden-by-mount",
  alertType: "Picket_ProcessHiddenByMount",
  name: "Process hidden behind a mount",
  severity: "High",
  about: "Something was mounted over a process's folder, so that lists of processes do not show it.",
  tactics: ["Defense Evasion"],
  techniques: ["T1564.013", "T1564"],
  falsePositives: ["None are known."],
  witness: ["/proc/"],
  sees: (reading) =>
    find(
      reading,
      /^mount$/,
      ({ argv, text }) =>
        /(?:--bind|-B|\bbind\b|-o\s*(?:r?bind))/.test(text) &&
        /^\/proc\/(?:\d+|self|\$\w+)\/?$/.test(argv.at(-1) ?? ""),
    ),
  did: "hid a process",
  because: "lists of processes do not show it any more",
  fires: [
    "mount --bind /tmp/empty /proc/1234",
    "mount -o bind /var/tmp/x /proc/812",
    "sh -c mkdir /tmp/e; mount -B /tmp/e /proc/$pid",
  ],
  silent: [
    "mount -t proc proc /srv/chroot/proc",
    "mount --bind /proc /srv/chroot/proc",
    "cat /proc/mounts",
    "umount /proc/1234",
    "mount -o remount,hidepid=2 /proc",
  ],
});
