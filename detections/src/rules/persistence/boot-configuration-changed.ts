import { commandRule } from "../../command-rule.js";
import { ancestryOf, find, parentOf, writesTo } from "../../shell/look.js";

/** What the device boots, or with which options, was changed by a command. */
export const bootConfigurationChanged = commandRule({
  id: "boot-configuration-changed",
  alertType: "Picket_BootConfigurationChanged",
  name: "Boot configuration changed",
  severity: "High",
  about: "What the device boots, or with which options, was changed by a command.",
  tactics: ["Persistence", "Defense Evasion"],
  techniques: ["T1542.003", "T1542.005"],
  falsePositives: [
    "Updates of the kernel and of the firmware; they come from the package manager or the updater.",
  ],
  witness: [
    "grub",
    "fw_setenv",
    "cmdline.txt",
    "extlinux",
    "uboot",
    "u-boot",
    "efibootmgr",
    "grubby",
    "bootargs",
    "syslinux",
  ],
  sees: (reading, event) =>
    /(?:dpkg|apt|rpm|kernel-install|update-grub|swupdate|rauc|mender|postinst)/.test(
      `${parentOf(event)}\n${ancestryOf(event)}`,
    )
      ? undefined
      : (writesTo(
          reading,
          /^\/(?:boot|etc)\/(?:grub\/grub\.cfg|default\/grub|cmdline\.txt|firmware\/cmdline\.txt|config\.txt|extlinux\/extlinux\.conf|grub\.d\/\S+)$/,
        ) ??
        find(reading, /^fw_setenv$/, ({ argv }) =>
          /^(?:bootargs|bootcmd|bootdelay|preboot|init\w*)$/.test(argv[1] ?? ""),
        ) ??
        find(reading, /^grubby$/, ({ text }) =>
          /--args[= ]\S*(?:init=|selinux=0|audit=0|module\.sig_enforce=0)/.test(text),
        ) ??
        find(reading, /^efibootmgr$/, ({ text }) => /\s(?:-c|--create|-B|--delete-bootnum)\b/.test(text))),
  did: "changed what the device boots",
  because: "it decides what runs before anything that watches",
  fires: [
    "sh -c echo 'init=/tmp/x' >> /boot/cmdline.txt",
    "fw_setenv bootargs console=ttyS0 init=/bin/sh",
    "sed -i s/quiet/audit=0/ /etc/default/grub",
    "efibootmgr -c -d /dev/sda -L x -l \\EFI\\x.efi",
  ],
  silent: [
    "update-grub",
    "cat /boot/cmdline.txt",
    "fw_printenv bootcmd",
    { line: "cp a /boot/grub/grub.cfg", parent: "/usr/bin/dpkg" },
    "efibootmgr -v",
    "fw_setenv upgrade_available 0",
  ],
});
