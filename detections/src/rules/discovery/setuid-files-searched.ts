import { commandRule } from "../../command-rule.js";
import { ancestryOf, find, parentOf } from "../../shell/look.js";

/** The whole device is searched for programs that run with the rights of their owner or have capabilities: the first step to become root. */
export const setuidFilesSearched = commandRule({
  id: "setuid-files-searched",
  alertType: "Picket_SetuidFilesSearched",
  name: "Search for programs with rights of root",
  severity: "Medium",
  about:
    "The whole device is searched for programs that run with the rights of their owner or have capabilities: the first step to become root.",
  tactics: ["Discovery", "Privilege Escalation"],
  techniques: ["T1083", "T1548.001"],
  falsePositives: ["Hardening checks search for them as well; they run as root and on a timer."],
  witness: ["-perm", "getcap"],
  sees: (reading, event) =>
    /(?:lynis|rkhunter|checksec|openscap|oscap|aide|cron|dpkg)/.test(
      `${parentOf(event)}\n${ancestryOf(event)}`,
    )
      ? undefined
      : (find(
          reading,
          /^find$/,
          ({ text }) =>
            /-perm\s+[-/+]?(?:0?[4267]000|u[=+]s|g[=+]s|[246]000)\b/.test(text) &&
            /^find\s+(?:-\w+\s+)*\/(?:\s|usr\b|bin\b|$)/.test(text.replace(/^\S*\/find/, "find")),
        ) ?? find(reading, /^getcap$/, ({ text }) => /\s-r\s+\/(?:\s|$)/.test(text))),
  did: "searched for programs with rights of root",
  because: "it lists ways to become root",
  fires: ["find / -perm -4000 -type f", "sh -c find / -perm -u=s -type f 2>/dev/null", "getcap -r / "],
  silent: [
    "find /home/op -perm 0644",
    "getcap /usr/bin/ping",
    "find . -perm -4000",
    "find /var/www -perm 777",
    { line: "find / -perm -4000", parent: "/usr/sbin/lynis" },
    "find / -name *.conf",
  ],
});
