import { commandRule } from "../../command-rule.js";
import { find, hasFlag, writesTo } from "../../shell/look.js";

/** The binary records of who logged in were taken apart and put together again, which nobody does but to take an entry out. */
export const loginRecordsEdited = commandRule({
  id: "login-records-edited",
  alertType: "Picket_LoginRecordsEdited",
  name: "Records of logins edited",
  severity: "High",
  about:
    "The binary records of who logged in were taken apart and put together again, which nobody does but to take an entry out.",
  tactics: ["Defense Evasion"],
  techniques: ["T1070.001", "T1070.006"],
  falsePositives: ["None are known."],
  witness: ["utmpdump", "wtmp", "btmp", "lastlog"],
  sees: (reading) =>
    find(reading, /^utmpdump$/, (command) => hasFlag(command, "r", "--reverse")) ??
    writesTo(
      reading,
      /^\/var\/(?:log\/(?:wtmp|btmp|lastlog)|run\/utmp)$/,
      ({ name }) => /^(?:cp|mv|dd|sed|tee|utmpdump)$/.test(name) || /^(?:python\d?|perl)$/.test(name),
    ),
  did: "edited the records of logins",
  because: "an entry is missing afterwards",
  fires: [
    "utmpdump -r wtmp.txt",
    "sh -c utmpdump /var/log/wtmp | sed /203.0.113/d | utmpdump -r > /var/log/wtmp",
    "cp /tmp/w /var/log/wtmp",
  ],
  silent: [
    "utmpdump /var/log/wtmp",
    "last -f /var/log/wtmp",
    "lastlog",
    "cp /var/log/wtmp /backup/wtmp",
    "who /var/log/wtmp",
  ],
});
