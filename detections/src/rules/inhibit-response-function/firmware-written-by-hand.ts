import { commandRule } from "../../command-rule.js";
import { ancestryOf, find, parentOf } from "../../shell/look.js";

/** The firmware of the device or of a part of it was written by a command and not by its updater. */
export const firmwareWrittenByHand = commandRule({
  id: "firmware-written-by-hand",
  alertType: "Picket_FirmwareWrittenByHand",
  name: "Firmware written by hand",
  severity: "High",
  about: "The firmware of the device or of a part of it was written by a command and not by its updater.",
  tactics: ["Inhibit Response Function", "Persistence"],
  techniques: ["T0857", "T0839", "T1542.001"],
  falsePositives: ["A repair by the vendor; it is announced."],
  witness: [
    "mtd ",
    "flashcp",
    "flashrom",
    "sysupgrade",
    "fwupdate",
    "dfu-util",
    "esptool",
    "avrdude",
    "stm32flash",
    "openocd",
    "nandwrite",
    "bossac",
    "st-flash",
  ],
  sees: (reading, event) =>
    /(?:swupdate|rauc|mender|fwupd|hawkbit|picket|dpkg|platformio|arduino|idf\.py|make)/.test(
      parentOf(event) + ancestryOf(event),
    )
      ? undefined
      : (find(reading, /^mtd$/, ({ text }) => /\s(?:-r\s+)?(?:write|erase)\b/.test(text)) ??
        find(reading, /^(?:flashcp|nandwrite)$/, ({ argv }) => argv.length > 2) ??
        find(reading, /^flashrom$/, ({ text }) => /\s(?:-w|--write|-E|--erase)\b/.test(text)) ??
        find(reading, /^sysupgrade$/, ({ text }) => /\s(?:-F|--force|https?:)\S*/.test(text)) ??
        find(reading, /^(?:dfu-util|st-flash|stm32flash|bossac)$/, ({ text }) =>
          /\s(?:-D|--download|write|-w)\b/.test(text),
        ) ??
        find(reading, /^(?:esptool(?:\.py)?|avrdude)$/, ({ text }) =>
          /\bwrite_flash\b|\s-U\s*\w+:w:/.test(text),
        )),
  did: "wrote firmware by hand",
  because: "what runs below everything else is changed",
  fires: [
    "mtd write /tmp/fw.bin firmware",
    "flashrom -p internal -w /tmp/bios.rom",
    "sysupgrade -F -n /tmp/fw.bin",
    "esptool.py --port /dev/ttyUSB0 write_flash 0 /tmp/a.bin",
  ],
  silent: [
    "flashrom -p internal",
    "sysupgrade -b /tmp/backup.tgz",
    "esptool.py chip_id",
    { line: "flashcp /tmp/a /dev/mtd1", parent: "/usr/bin/swupdate" },
    "dfu-util -l",
    "cat /proc/mtd",
  ],
});
