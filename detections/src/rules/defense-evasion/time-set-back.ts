import { commandRule } from "../../command-rule.js";
import { ancestryOf, find, parentOf } from "../../shell/look.js";

/** The clock of the device was set or its synchronisation switched off, which upsets certificates and the order of logs. */
export const timeSetBack = commandRule({
  id: "time-set-back",
  alertType: "Picket_TimeSetBack",
  name: "Clock set by a command",
  severity: "Low",
  about:
    "The clock of the device was set or its synchronisation switched off, which upsets certificates and the order of logs.",
  tactics: ["Defense Evasion"],
  techniques: ["T1070.006", "T1562"],
  falsePositives: ["Devices without a network whose clock a technician sets."],
  witness: ["timedatectl", "date", "hwclock", "ntpd", "chronyd", "timesyncd"],
  sees: (reading, event) =>
    /(?:ntp|chrony|timesync|dhclient|cloud-init|hwclock-set|udevd|systemd)/.test(
      `${parentOf(event)}\n${ancestryOf(event)}`,
    )
      ? undefined
      : (find(reading, /^date$/, ({ text }) => /\s(?:-s|--set)\b/.test(text)) ??
        find(reading, /^timedatectl$/, ({ text }) =>
          /\sset-time\b|\sset-ntp\s+(?:false|0|no)\b/.test(text),
        ) ??
        find(
          reading,
          /^(?:systemctl|service)$/,
          ({ text }) =>
            /\s(?:stop|disable|mask)\b/.test(text) && /\b(?:chronyd?|ntpd?|systemd-timesyncd)\b/.test(text),
        )),
  did: "changed the clock",
  because: "certificates and the order of logs depend on it",
  fires: ["date -s 2019-01-01", "timedatectl set-ntp false", "systemctl stop chronyd"],
  silent: [
    "date -u +%s",
    "timedatectl status",
    "systemctl restart chronyd",
    "hwclock --systohc",
    "date -d yesterday",
  ],
});
