import { commandRule } from "../../command-rule.js";

/** The list of processes is searched for programs that watch the device. */
export const guardsSearched = commandRule({
  id: "guards-searched",
  alertType: "Picket_GuardsSearched",
  name: "Security tools searched for",
  severity: "Medium",
  about: "The list of processes is searched for programs that watch the device.",
  tactics: ["Discovery"],
  techniques: ["T1518.001"],
  falsePositives: ["Health checks of the very tool."],
  witness: [
    "falco",
    "osquery",
    "clam",
    "wazuh",
    "ossec",
    "crowdstrike",
    "falcon",
    "sysmon",
    "suricata",
    "snort",
    "auditd",
    "sentinel",
    "mdatp",
    "picket",
  ],
  sees: (reading) => {
    const isAsking = reading.commands.some(({ name }) =>
      /^(?:ps|pgrep|systemctl|lsmod|which|dpkg|rpm|ls|service)$/.test(name),
    );
    if (!isAsking) return undefined;
    const tools = new Set(
      reading.plain
        .match(
          /\b(?:falcon?(?:-sensor)?|osqueryd?|clam(?:av|d)|wazuh|ossec|crowdstrike|sysmon|suricata|snort|auditd|sentinel(?:one|d)?|mdatp|picket|carbonblack|cbdaemon|tripwire|rkhunter|fail2ban)\b/gi,
        )
        ?.map((tool) => tool.toLowerCase()),
    );
    return tools.size >= 2 ? [...tools].join(", ") : undefined;
  },
  did: "looked for security tools",
  because: "intruders look who watches before they go on",
  fires: [
    "sh -c ps aux | egrep -i 'falco|osquery|clamav|auditd'",
    "bash -c which clamd; which osqueryd; systemctl status wazuh-agent",
    "sh -c ps -ef | grep -i crowdstrike; ps -ef | grep -i mdatp",
  ],
  silent: [
    "systemctl status falco",
    "sh -c ps aux | grep nginx",
    "pgrep auditd",
    "apt-get install clamav fail2ban",
    "dpkg -l falco",
  ],
});
