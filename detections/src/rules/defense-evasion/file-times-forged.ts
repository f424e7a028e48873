import { commandRule } from "../../command-rule.js";
import { find, parentOf, TEMPORARY } from "../../shell/look.js";

/** A program was given the times of another file, or a date long past, so that it does not stand out. */
export const fileTimesForged = commandRule({
  id: "file-times-forged",
  alertType: "Picket_FileTimesForged",
  name: "Times of a file forged",
  severity: "Medium",
  about: "A program was given the times of another file, or a date long past, so that it does not stand out.",
  tactics: ["Defense Evasion"],
  techniques: ["T1070.006"],
  falsePositives: ["Build tools that make results the same each time; they do so inside their own folder."],
  witness: ["touch"],
  sees: (reading, event) =>
    /\/(?:make|dpkg-deb|dh_\w+|tar|cmake|ninja|rsync|git)$/.test(parentOf(event))
      ? undefined
      : find(reading, /^touch$/, (command) => {
          const isDated =
            /\s(?:-[acm]*r|--reference)[= ]?\s*\/(?:usr\/)?(?:bin|sbin|lib|etc)\//.test(command.text) ||
            /\s-[acm]*t\s*(?:19|20[01])\d{6,}/.test(command.text) ||
            /\s(?:-d|--date)[= ]?['"]?(?:19|200|201)\d/.test(command.text);
          return (
            isDated &&
            command.argv.some(
              (word) =>
                TEMPORARY.test(word) ||
                /^\/(?:usr\/(?:local\/)?)?(?:s?bin|lib)\/|^\/etc\/|^\/var\/www\/|\/\.[^./]/.test(word),
            )
          );
        }),
  did: "forged the times of a file",
  because: "a new file looks as old as the system",
  fires: [
    "touch -r /bin/ls /usr/bin/kd",
    "touch -t 201801010000 /tmp/.x",
    "sh -c touch -d 2015-01-01 /etc/cron.d/upd",
  ],
  silent: [
    "touch /var/lock/app",
    "touch -r a.in a.out",
    "touch -d 2026-01-01 src/stamp",
    { line: "touch -r /bin/ls /tmp/x", parent: "/usr/bin/make" },
    "touch /tmp/build.stamp",
    "touch -t 202601010000 report",
  ],
});
