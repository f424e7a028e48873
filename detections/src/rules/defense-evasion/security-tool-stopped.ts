import { commandRule } from "../../command-rule.js";
import { ancestryOf, find, hasFlag, parentOf } from "../../shell/look.js";

const TOOL =
  /(?:^|[\s/._-])(?:falco|osqueryd?|wazuh[\w-]*|ossec[\w-]*|clamd|clamav[\w-]*|freshclam|aegis|aliyun[\w-]*|cloudmonitor|picket-agent|picket|defender-iot[\w-]*|mdatp|sysmon|falcon-sensor|fail2ban(?:-server)?|snort|suricata|tetragon|qcloud|YDService|sentinelone|sentinelctl|cb(?:daemon|agentd)|auditbeat|filebeat|elastic-agent|elastic-endpoint|tripwire)(?:$|[\s/.*_-])/i;

/** A program that watches the device was stopped, killed or removed. */
export const securityToolStopped = commandRule({
  id: "security-tool-stopped",
  alertType: "Picket_SecurityToolStopped",
  name: "Security tool stopped or removed",
  severity: "High",
  about: "A program that watches the device was stopped, killed or removed.",
  tactics: ["Defense Evasion"],
  techniques: ["T1562.001"],
  falsePositives: ["Upgrades of such a tool stop it for a moment; the package manager is the parent then."],
  witness: [
    "falco",
    "osquery",
    "wazuh",
    "ossec",
    "clamav",
    "clamd",
    "freshclam",
    "aegis",
    "aliyun",
    "cloudmonitor",
    "picket",
    "defender",
    "mdatp",
    "sysmon",
    "crowdstrike",
    "falcon-sensor",
    "fail2ban",
    "chkrootkit",
    "rkhunter",
    "snort",
    "suricata",
    "tetragon",
    "qcloud",
    "sentinelone",
    "apparmor",
    "cbdaemon",
    "cbagent",
    "carbon",
    "auditbeat",
    "filebeat",
    "elastic-agent",
    "tripwire",
    "aide",
  ],
  sees: (reading, event) =>
    /\/(?:dpkg|apt|apt-get|rpm|dnf|yum|systemd|picket\S*)$/.test(parentOf(event)) ||
    /dpkg|\.(?:prerm|postinst|preinst)/.test(ancestryOf(event))
      ? undefined
      : (find(
          reading,
          /^systemctl$/,
          ({ text }) => /\s(?:stop|disable|mask|kill)\s/.test(text) && TOOL.test(text),
        ) ??
        find(reading, /^service$/, ({ text }) => /\sstop\b/.test(text) && TOOL.test(text)) ??
        find(
          reading,
          /^(?:pkill|killall)$/,
          ({ text }) => TOOL.test(text) && !/-(?:HUP|USR1|USR2|0|1)\b/.test(text),
        ) ??
        find(
          reading,
          /^(?:apt|apt-get|yum|dnf|dpkg|rpm|opkg|apk)$/,
          ({ text }) => /\s(?:remove|purge|erase|-r|-P|-e|del|autoremove)\b/.test(text) && TOOL.test(text),
        ) ??
        find(
          reading,
          /^rm$/,
          (command) =>
            hasFlag(command, "r", "f") &&
            /\/(?:etc|opt|usr|var)\S*/.test(command.text) &&
            TOOL.test(command.text) &&
            !/\.(?:log|gz|\d|tmp|bak|pid)(?:\s|$)|\/(?:cache|tmp|log)\//.test(command.text),
        ) ??
        find(reading, /^(?:falco|clamd|picket-agent|aegis|fail2ban)$/, ({ text }) =>
          /^\/etc\/init\.d\/\S+\s+stop\b/.test(text),
        )),
  did: "stopped a security tool",
  because: "nothing watches what follows",
  fires: [
    "systemctl stop falco",
    "pkill -9 osqueryd",
    "apt-get purge -y clamav-daemon",
    "sh -c /etc/init.d/aegis stop; rm -rf /usr/local/aegis",
    "systemctl disable --now picket-agent",
  ],
  silent: [
    "systemctl status falco",
    "systemctl restart wazuh-agent",
    "apt-get install clamav",
    { line: "systemctl stop clamav-daemon", parent: "/usr/bin/dpkg" },
    "pkill -HUP suricata",
    "rm -f /var/log/suricata/eve.json.1",
    "fail2ban-client status",
  ],
});
