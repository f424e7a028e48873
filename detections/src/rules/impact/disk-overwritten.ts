import { commandRule } from "../../command-rule.js";
import { ancestryOf, find, parentOf, writesTo } from "../../shell/look.js";

const DISK =
  /^\/dev\/(?:sd[a-z]\d*|hd[a-z]\d*|vd[a-z]\d*|nvme\d+n\d+(?:p\d+)?|mmcblk\d+(?:p\d+|boot\d)?|mtd(?:block)?\d+|root|ram0|disk\/\S+)$/;

/** A disk, a flash chip or its table of partitions was overwritten or wiped. */
export const diskOverwritten = commandRule({
  id: "disk-overwritten",
  alertType: "Picket_DiskOverwritten",
  name: "Disk overwritten",
  severity: "High",
  about: "A disk, a flash chip or its table of partitions was overwritten or wiped.",
  tactics: ["Impact"],
  techniques: ["T1561.001", "T1561.002", "T1485"],
  falsePositives: [
    "Technicians who write an image to a card; that happens on their own machine and not on the device.",
  ],
  witness: [
    "/dev/sd",
    "/dev/mmcblk",
    "/dev/mtd",
    "/dev/nvme",
    "/dev/vd",
    "wipefs",
    "sgdisk",
    "mkfs",
    "hdparm",
    "blkdiscard",
    "flash_erase",
    "nand",
    "/dev/hd",
    "/dev/root",
  ],
  sees: (reading, event) =>
    /(?:swupdate|rauc|mender|sysupgrade|fwup|debian-installer|subiquity|systemd-repart|cloud-init)/.test(
      parentOf(event) + ancestryOf(event),
    )
      ? undefined
      : (find(reading, /^dd$/, ({ argv }) =>
          argv.some((word) => word.startsWith("of=") && DISK.test(word.slice(3))),
        ) ??
        writesTo(reading, DISK, ({ redirections }) =>
          redirections.some(({ operator, target }) => operator.includes(">") && DISK.test(target)),
        ) ??
        find(
          reading,
          /^(?:shred|wipefs|blkdiscard|flash_erase(?:all)?|nandwrite|badblocks)$/,
          ({ argv, text }) =>
            argv.some((word) => DISK.test(word)) &&
            (/^\S*(?:shred|blkdiscard|flash_erase|nandwrite)/.test(text) || /\s(?:-a|--all|-w)\b/.test(text)),
        ) ??
        find(
          reading,
          /^(?:sgdisk|parted|sfdisk)$/,
          ({ text }) => /\s(?:-Z|--zap(?:-all)?|-o|mklabel|--delete)\b/.test(text) && /\/dev\//.test(text),
        ) ??
        find(reading, /^hdparm$/, ({ text }) => /--security-erase|--trim-sector-ranges/.test(text))),
  did: "overwrote a disk",
  because: "the device does not start afterwards",
  fires: [
    "dd if=/dev/zero of=/dev/sda bs=1M",
    "sh -c cat /dev/urandom > /dev/mmcblk0",
    "wipefs -a /dev/nvme0n1",
    "flash_erase /dev/mtd0 0 0",
    "busybox dd if=/dev/urandom of=/dev/mtdblock0",
  ],
  silent: [
    "dd if=/dev/sda of=/backup/sda.img",
    "wipefs /dev/sda",
    "dd if=/dev/zero of=/tmp/a bs=1M count=1",
    "lsblk",
    { line: "dd if=a.img of=/dev/mmcblk0p3", parent: "/usr/bin/swupdate" },
    "mkfs.ext4 /srv/disk.img",
    "parted /dev/sda print",
  ],
});
