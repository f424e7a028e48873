import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** A disk was read or changed past its file system and its rights. */
export const hostDiskOpened = commandRule({
  id: "host-disk-opened",
  alertType: "Picket_HostDiskOpened",
  name: "Disk opened past its file system",
  severity: "High",
  about: "A disk was read or changed past its file system and its rights.",
  tactics: ["Privilege Escalation", "Defense Evasion", "Credential Access"],
  techniques: ["T1006", "T1611"],
  falsePositives: ["Administrators who mend a file system or take an image of a disk."],
  witness: ["debugfs", "/dev/sd", "/dev/nvme", "/dev/mmcblk", "/dev/vd", "/dev/dm-"],
  sees: (reading) =>
    find(
      reading,
      /^debugfs$/,
      ({ text }) => /\s-w\b|-R\s*['"]?(?:cat|dump|rdump|write)\b/.test(text) || /\/dev\//.test(text),
    ) ??
    find(reading, /^(?:strings|xxd|hexdump)$/, ({ argv }) =>
      argv.some((word) =>
        /^\/dev\/(?:sd[a-z]\d*|nvme\d+n\d+(?:p\d+)?|mmcblk\d+(?:p\d+)?|vd[a-z]\d*|mem|kmem)$/.test(word),
      ),
    ),
  did: "opened a disk past its file system",
  because: "rights of files do not matter there",
  fires: ["debugfs -R cat /etc/shadow /dev/sda1", "debugfs -w /dev/mmcblk0p2", "strings /dev/sda1"],
  silent: [
    "lsblk /dev/sda",
    "mount /dev/sda1 /mnt",
    "fsck -n /dev/sda1",
    "smartctl -a /dev/sda",
    "dd if=/dev/mmcblk0 of=/backup/sd.img",
    "grep /dev/sda1 /etc/fstab",
  ],
});
