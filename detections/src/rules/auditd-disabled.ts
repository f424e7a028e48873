import { commandRule } from "../rule.js";

/** The kernel's audit log was switched off, so that what follows leaves no trace. */
export const auditdDisabled = commandRule({
  id: "auditd-disabled",
  alertType: "IoT_DisableAuditdLogging",
  name: "Possible attempt to disable Auditd logging detected",
  severity: "High",
  about: "The kernel's audit log was switched off, so that what follows leaves no trace.",
  tactics: ["Defense Evasion"],
  techniques: ["T1562.012"],
  witness: ["auditd", "auditctl", "rsyslog"],
  patterns: [
    /\bauditctl\s+(?:-e\s*0|-D)\b/i,
    /\b(?:systemctl|service)\b.*\b(?:stop|disable|mask|kill)\b.*\bauditd\b/i,
    /\bservice\s+auditd\s+stop\b/i,
    /\b(?:pkill|killall|kill)\b.*\bauditd\b/i,
    /\b(?:apt|apt-get|yum|dnf)\b.*\b(?:remove|purge|erase)\b.*\bauditd?\b/i,
  ],
  did: "switched the audit log off",
  because: "it stops or empties the kernel's audit log",
  fires: ["auditctl -e 0", "systemctl stop auditd", "service auditd stop", "pkill -9 auditd"],
  silent: ["systemctl status auditd", "auditctl -l", "systemctl restart auditd"],
});
