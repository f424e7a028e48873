import { commandRule } from "../../command-rule.js";
import { find, parentOf, TEMPORARY } from "../../shell/look.js";

const SHELLS =
  /(?:^|\/)(?:ba|da|z|a|k|rba)?sh[\d.]*$|\/(?:python[\d.]*|perl[\d.]*|ruby|vim?|vim\.basic|find|cp|nano|env|php[\d.]*|node|busybox|gdb|awk|tar|dd|tee)$/;

/** A shell, an interpreter or a program in an unusual place was given the rights of its owner. */
export const setuidBitGranted = commandRule({
  id: "setuid-bit-granted",
  alertType: "Picket_SetuidBitGranted",
  name: "Rights of root put on a program",
  severity: "High",
  about: "A shell, an interpreter or a program in an unusual place was given the rights of its owner.",
  tactics: ["Privilege Escalation", "Persistence"],
  techniques: ["T1548.001"],
  falsePositives: ["Packages set the bit on a few programs of their own; those lie in /usr."],
  witness: ["chmod", "install"],
  sees: (reading, event) =>
    /\/(?:dpkg|dpkg-statoverride|rpm|apk)$/.test(parentOf(event))
      ? undefined
      : (find(
          reading,
          /^chmod$/,
          ({ argv }) =>
            /^(?:[0-7]?[4-7][0-7]{3}|[uga]*\+\w*s\w*|u=\w*s\w*)$/.test(
              argv[1]?.startsWith("-") ? (argv[2] ?? "") : (argv[1] ?? ""),
            ) &&
            !/^0?[0-3]?[0-7]{3}$/.test(argv[1] ?? "") &&
            argv
              .slice(2)
              .some(
                (word) =>
                  SHELLS.test(word) ||
                  TEMPORARY.test(word) ||
                  /^\/(?:home|root|mnt|var)\//.test(word) ||
                  /\/\.[^./]/.test(word) ||
                  word.startsWith("./"),
              ),
        ) ??
        find(
          reading,
          /^install$/,
          ({ text }) => /\s-m\s*[4-6]\d{3}\b/.test(text) && /\/(?:tmp|home|dev\/shm)\//.test(text),
        )),
  did: "put the rights of root on a program",
  because: "whoever starts it has the rights of its owner",
  fires: [
    "chmod u+s /bin/bash",
    "chmod 4755 /tmp/sh",
    "sh -c cp /bin/sh /var/tmp/.s; chmod +s /var/tmp/.s",
    "install -m 4755 /bin/sh /home/op/sh",
  ],
  silent: [
    "chmod 4755 /usr/lib/dbus-1.0/dbus-daemon-launch-helper",
    "chmod 755 /tmp/a.sh",
    "chmod 2775 /srv/shared",
    "chmod 0644 /home/op/a.txt",
    "chmod u+x /tmp/run.sh",
    "chmod g+s /srv/git",
    { line: "chmod 4755 /var/lib/x", parent: "/usr/bin/dpkg" },
  ],
});
