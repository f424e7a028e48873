import { commandRule } from "../../command-rule.js";
import { ancestryOf, find, parentOf, writesTo } from "../../shell/look.js";

/** The circuit that restarts a device when it hangs was switched off or is fed by a stranger, as Mirai does to stay in memory. */
export const watchdogStopped = commandRule({
  id: "watchdog-stopped",
  alertType: "Picket_WatchdogStopped",
  name: "Watchdog of the device stopped",
  severity: "High",
  about:
    "The circuit that restarts a device when it hangs was switched off or is fed by a stranger, as Mirai does to stay in memory.",
  tactics: ["Defense Evasion", "Inhibit Response Function"],
  techniques: ["T1562.001", "T0878"],
  falsePositives: ["Firmware updates stop the watchdog for as long as they write."],
  witness: ["watchdog", "_wdt", "softdog"],
  sees: (reading, event) =>
    /(?:swupdate|rauc|mender|sysupgrade|procd|systemd)/.test(`${parentOf(event)}\n${ancestryOf(event)}`)
      ? undefined
      : (writesTo(reading, /^\/dev\/(?:misc\/)?watchdog\d?$/) ??
        find(reading, /^(?:kill|killall|pkill)$/, ({ text }) => /\bwatchdogd?\b/.test(text)) ??
        find(
          reading,
          /^(?:systemctl|service)$/,
          ({ text }) => /\s(?:stop|disable|mask)\b/.test(text) && /\bwatchdog\b/.test(text),
        ) ??
        find(
          reading,
          /^(?:rmmod|modprobe)$/,
          ({ text }) => /(?:_wdt|softdog)\b/.test(text) && /^\S*rmmod|\s-r\b/.test(text),
        )),
  did: "stopped the watchdog of the device",
  because: "the device does not restart by itself any more",
  fires: [
    "sh -c echo V > /dev/watchdog",
    "killall -9 watchdogd",
    "systemctl stop watchdog",
    "rmmod bcm2835_wdt",
  ],
  silent: [
    "ls -l /dev/watchdog",
    "wdctl",
    "systemctl status watchdog",
    { line: "sh -c echo V > /dev/watchdog", parent: "/usr/bin/swupdate" },
    "modprobe softdog",
    "node watchdog.js",
  ],
});
