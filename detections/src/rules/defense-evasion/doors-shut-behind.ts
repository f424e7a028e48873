import { commandRule } from "../../command-rule.js";

/** The ports through which a device is looked after are closed on a device's own firewall, several at once: bots keep rivals and owners out. */
export const doorsShutBehind = commandRule({
  id: "doors-shut-behind",
  alertType: "Picket_DoorsShutBehind",
  name: "Doors shut behind an intruder",
  severity: "High",
  about:
    "The ports through which a device is looked after are closed on a device's own firewall, several at once: bots keep rivals and owners out.",
  tactics: ["Defense Evasion", "Impact"],
  techniques: ["T1562.004", "T1531"],
  falsePositives: ["Hardening scripts that close telnet; they leave the way for updates open."],
  witness: ["iptables", "dport"],
  sees: (reading) => {
    const closed = reading.commands.filter(
      ({ name, text }) =>
        name === "iptables" &&
        /\s-(?:A|I)\s+INPUT\b/.test(text) &&
        /--(?:dport|destination-port)s?\s+(?:22|23|2323|80|443|7547|5555|8080|37215|52869|48101|60001)\b/.test(
          text,
        ) &&
        /-j\s+(?:DROP|REJECT)\b/.test(text),
    );
    return closed.length >= 2 &&
      !reading.commands.some(({ text }) => /-s\s+\d+\.\d+\.\d+|-m\s+(?:conntrack|state|limit)/.test(text))
      ? closed.map(({ text }) => text).join("; ")
      : undefined;
  },
  did: "shut the ways in behind itself",
  because: "owners and rivals are kept out",
  fires: [
    "sh -c iptables -A INPUT -p tcp --dport 23 -j DROP; iptables -A INPUT -p tcp --dport 7547 -j DROP",
    "sh -c busybox iptables -I INPUT -p tcp --dport 22 -j DROP; busybox iptables -I INPUT -p tcp --dport 2323 -j DROP",
    "bash -c iptables -A INPUT -p tcp --destination-port 5555 -j REJECT && iptables -A INPUT -p tcp --destination-port 22 -j REJECT",
  ],
  silent: [
    "iptables -A INPUT -p tcp --dport 23 -j DROP",
    "sh -c iptables -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT; iptables -A INPUT -p tcp --dport 22 -j DROP; iptables -A INPUT -p tcp --dport 80 -j DROP",
    "iptables -A INPUT -p tcp --dport 22 -j ACCEPT",
    "sh -c iptables -N web; iptables -A web -p tcp --dport 80 -j ACCEPT",
    "iptables-save",
  ],
});
