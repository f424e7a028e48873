import { commandRule } from "../../command-rule.js";
import { find, parentOf } from "../../shell/look.js";

const DAEMON = /\b(?:auditd|rsyslogd?|syslog-ng|syslogd|systemd-journald|klogd)(?:\.service|\.socket)?\b/;

/** The kernel's audit log or the system log was switched off, so that what follows leaves no trace. */
export const auditdDisabled = commandRule({
  id: "auditd-disabled",
  alertType: "IoT_DisableAuditdLogging",
  name: "Possible attempt to disable Auditd logging detected",
  severity: "High",
  about: "The kernel's audit log or the system log was switched off, so that what follows leaves no trace.",
  tactics: ["Defense Evasion"],
  techniques: ["T1562.012"],
  falsePositives: [
    "An administrator who reloads audit rules empties them first with augenrules; that is left alone.",
  ],
  witness: ["auditd", "auditctl", "rsyslog", "syslog", "journald", "audit=0", "klogd"],
  sees: (reading, event) => {
    if (/auditd|augenrules|dpkg|\.(?:prerm|postinst|preinst)$/.test(parentOf(event))) return undefined;
    return (
      find(reading, /^auditctl$/, ({ text }) =>
        /\s-e\s*0\b|\s-D\b|\s--backlog_wait_time\s+0\b.*-e\s*0/.test(text),
      ) ??
      find(
        reading,
        /^systemctl$/,
        ({ text }) =>
          /\s(?:stop|disable|mask|kill)\s/.test(text) &&
          DAEMON.test(text) &&
          !/(?:-s\s*|--signal[= ])(?:SIG)?(?:HUP|USR1|USR2)\b/.test(text),
      ) ??
      find(reading, /^service$/, ({ text }) => DAEMON.test(text) && /\sstop\b/.test(text)) ??
      find(
        reading,
        /^(?:pkill|killall|kill)$/,
        ({ text }) => DAEMON.test(text) && !/-(?:HUP|USR1|USR2|1|0)\b/.test(text),
      ) ??
      find(reading, /^(?:apt|apt-get|yum|dnf|apk|opkg)$/, ({ text }) =>
        /\s(?:remove|purge|erase|del|autoremove)\b.*\b(?:auditd|audit|rsyslog)\b/.test(text),
      ) ??
      find(reading, /^(?:auditd|rsyslog|syslog|log)$/, ({ text }) =>
        /^\/etc\/(?:init|rc)\.d\/\S+\s+stop\b/.test(text),
      )
    );
  },
  did: "switched the audit log off",
  because: "it stops or empties the record of what happens",
  fires: [
    "auditctl -e 0",
    "systemctl stop auditd",
    "service auditd stop",
    "pkill -9 auditd",
    "sh -c service rsyslog stop; rm -f /var/log/auth.log",
    "auditctl -D",
  ],
  silent: [
    "systemctl status auditd",
    "auditctl -l",
    "systemctl restart auditd",
    "pkill -HUP rsyslogd",
    "apt-get install auditd",
    "auditctl -w /etc/passwd -p wa",
    { line: "/sbin/auditctl -D", parent: "/usr/sbin/augenrules" },
  ],
});
