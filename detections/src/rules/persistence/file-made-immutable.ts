import { commandRule } from "../../command-rule.js";
import { find, parentOf, TEMPORARY } from "../../shell/look.js";

/** A file was locked against change and removal, as bots protect their own cron jobs and programs. */
export const fileMadeImmutable = commandRule({
  id: "file-made-immutable",
  alertType: "Picket_FileMadeImmutable",
  name: "File made impossible to change",
  severity: "Medium",
  about: "A file was locked against change and removal, as bots protect their own cron jobs and programs.",
  tactics: ["Persistence", "Defense Evasion"],
  techniques: ["T1222.002"],
  falsePositives: ["Administrators who lock resolv.conf."],
  witness: ["chattr"],
  sees: (reading, event) =>
    /\/(?:systemd\S*|dpkg)$/.test(parentOf(event))
      ? undefined
      : find(
          reading,
          /^chattr$/,
          ({ argv }) =>
            argv.some((word) => /^\+\w*[ia]/.test(word)) &&
            argv
              .slice(2)
              .some(
                (word) =>
                  TEMPORARY.test(word) ||
                  /(?:cron|authorized_keys|\.ssh|rc\.local|init\.d|systemd|ld\.so\.preload|\/passwd|\/shadow|\/hosts$|\/bin\/|\.bashrc)/.test(
                    word,
                  ),
              ),
        ),
  did: "locked a file against change",
  because: "it cannot be removed until the lock is found",
  fires: [
    "chattr +i /tmp/.x/xmr",
    "chattr +ia /etc/cron.d/upd",
    "chattr -R +i /root/.ssh",
    "sh -c chattr +i /etc/ld.so.preload",
  ],
  silent: [
    "chattr -i /etc/resolv.conf",
    "lsattr /etc/passwd",
    "chattr +C /var/lib/images",
    "chattr +i /etc/resolv.conf",
    "chattr +a /var/log/app.log",
    "man chattr",
  ],
});
