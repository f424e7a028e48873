import { commandRule } from "../../command-rule.js";
import { ancestryOf, find, operandsOf, parentOf } from "../../shell/look.js";

const LOG =
  /^\/var\/(?:log(?:\/\*?|\/(?:syslog|auth\.log|messages|secure|kern\.log|daemon\.log|user\.log|cron|maillog|mail\.log|wtmp|btmp|lastlog|faillog|boot\.log|audit(?:\/\S*)?|journal(?:\/\S*)?|\*\S*)|\/\*\.log)?|run\/utmp|spool\/mail\/root)$|^\/run\/utmp$/;

/** Logs are removed or emptied to hide what happened. */
export const systemLogsRemoved = commandRule({
  id: "system-logs-removed",
  alertType: "IoT_RemovelOfSystemLogs",
  name: "Removal of system logs files detected",
  severity: "Medium",
  about: "Logs are removed or emptied to hide what happened.",
  tactics: ["Defense Evasion"],
  techniques: ["T1070.002"],
  falsePositives: [
    "Log rotation by hand; logrotate itself renames and does not remove.",
    "Image builds empty logs before an image is sealed.",
  ],
  witness: ["/var/log", "journalctl", "utmp", "wtmp", "btmp", "lastlog", "/var/spool/mail"],
  sees: (reading, event) => {
    if (/\/logrotate$/.test(parentOf(event)) || /logrotate/.test(ancestryOf(event))) return undefined;
    return (
      find(reading, /^(?:rm|shred|unlink|srm|wipe)$/, (command) =>
        operandsOf(command).some((path) => LOG.test(path)),
      ) ??
      find(
        reading,
        /^truncate$/,
        (command) =>
          /\s(?:-s\s*0|--size[= ]0)\b/.test(command.text) &&
          operandsOf(command).some((path) => LOG.test(path)),
      ) ??
      reading.commands
        .find(
          ({ name, argv, redirections }) =>
            (name === "" ||
              name === ":" ||
              name === "true" ||
              (name === "cat" && argv[1] === "/dev/null") ||
              (name === "echo" && argv.slice(1).join("").trim() === "")) &&
            redirections.some(({ operator, target }) => /^\d?>\|?$/.test(operator) && LOG.test(target)),
        )
        ?.redirections.map(({ target }) => `> ${target}`)
        .join(" ") ??
      find(reading, /^cp$/, ({ argv }) => argv[1] === "/dev/null" && LOG.test(argv[2] ?? "")) ??
      find(reading, /^ln$/, ({ argv, text }) => text.includes("/dev/null") && LOG.test(argv.at(-1) ?? "")) ??
      find(reading, /^journalctl$/, ({ text }) =>
        /--vacuum-(?:time=(?:[0-9]s|1m\b|1h\b)|size=(?:[0-9]{1,2}[KM]?\b))/.test(text),
      ) ??
      find(
        reading,
        /^find$/,
        ({ argv, text }) =>
          (argv[1] ?? "").startsWith("/var/log") &&
          /-delete\b|-exec(?:dir)? (?:rm|shred|truncate)/.test(text) &&
          !/-(?:mtime|mmin|ctime|newer)\b|\.gz|\.\d\b/.test(text),
      )
    );
  },
  did: "removed system logs",
  because: "it removes the logs in which traces would stand",
  fires: [
    "rm -rf /var/log/",
    "rm -f /var/log/auth.log",
    "sh -c cat /dev/null > /var/log/syslog",
    "shred -u /var/log/wtmp",
    "bash -c for f in wtmp btmp lastlog; do > /var/log/$f; done; > /var/log/wtmp",
    "journalctl --vacuum-time=1s",
  ],
  silent: [
    "rm -f /var/log/myapp/old.1.gz",
    "journalctl --vacuum-time=30d",
    "tail -f /var/log/syslog",
    "find /var/log -name *.gz -mtime +30 -delete",
    "rm -f /var/log/nginx/access.log.14.gz",
    { line: "rm -f /var/log/syslog", parent: "/usr/sbin/logrotate" },
    "truncate -s 10M /var/log/app.log",
  ],
});
