import { commandRule } from "../rule.js";

/** The firewall on the device was switched off or emptied, often before data leaves. */
export const firewallDisabled = commandRule({
  id: "firewall-disabled",
  alertType: "IoT_DisableFirewall",
  name: "Disable firewall",
  severity: "High",
  about: "The firewall on the device was switched off or emptied, often before data leaves.",
  tactics: ["Defense Evasion"],
  techniques: ["T1562.004"],
  witness: ["iptables", "nft", "ufw", "firewalld", "firewall", "ip6tables"],
  patterns: [
    /\bip6?tables(?:-\w+)?\b.*\s(?:-F|--flush)\b(?!\s+[A-Z]+-)/i,
    /\bip6?tables\b.*\s-P\s+(?:INPUT|OUTPUT|FORWARD)\s+ACCEPT\b/i,
    /\bnft\s+flush\s+ruleset\b/i,
    /\bufw\s+(?:--force\s+)?(?:disable|reset)\b/i,
    /\b(?:systemctl|service)\b.*\b(?:stop|disable|mask)\b.*\b(?:ufw|firewalld|nftables|iptables|netfilter-persistent)\b/i,
    /\b(?:systemctl|service)\s+(?:ufw|firewalld|nftables|iptables)\s+stop\b/i,
  ],
  did: "switched the firewall off",
  because: "it empties or stops the firewall",
  fires: [
    "iptables -F",
    "iptables -P INPUT ACCEPT",
    "ufw disable",
    "systemctl stop firewalld",
    "nft flush ruleset",
  ],
  silent: ["iptables -L -n", "ufw status", "systemctl restart nftables", "iptables -F DOCKER-ISOLATION"],
});
