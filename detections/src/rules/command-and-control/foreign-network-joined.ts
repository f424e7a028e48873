import { commandRule } from "../../command-rule.js";
import { find, TEMPORARY } from "../../shell/look.js";

/** The device joined a private network that is kept by somebody else's service. */
export const foreignNetworkJoined = commandRule({
  id: "foreign-network-joined",
  alertType: "Picket_ForeignNetworkJoined",
  name: "Device joined a foreign private network",
  severity: "Medium",
  about: "The device joined a private network that is kept by somebody else's service.",
  tactics: ["Command and Control", "Persistence"],
  techniques: ["T1133", "T1572", "T1219"],
  falsePositives: ["Remote support that the owner set up; it joins once."],
  witness: [
    "tailscale",
    "zerotier",
    "n2n",
    "edge",
    "netbird",
    "nebula",
    "openvpn",
    "wg-quick",
    "softether",
    "twingate",
    "hamachi",
  ],
  sees: (reading) =>
    find(reading, /^tailscale$/, ({ text }) => /\sup\b/.test(text)) ??
    find(reading, /^zerotier-cli$/, ({ text }) => /\sjoin\b/.test(text)) ??
    find(reading, /^(?:edge|n2n)$/, ({ text }) => /\s-c\s*\S+.*\s-l\s*\S+/.test(text)) ??
    find(reading, /^netbird$/, ({ text }) => /\sup\b/.test(text)) ??
    find(reading, /^(?:openvpn|wg-quick|nebula)$/, ({ argv }) => argv.some((word) => TEMPORARY.test(word))),
  did: "joined a foreign private network",
  because: "others in that network reach the device past its firewall",
  fires: [
    "tailscale up --authkey tskey-x",
    "zerotier-cli join 8056c2e21c000001",
    "openvpn --config /tmp/c.ovpn",
    "edge -a 10.9.9.2 -c net -k x -l 203.0.113.9:7654",
  ],
  silent: [
    "tailscale status",
    "zerotier-cli listnetworks",
    "openvpn --config /etc/openvpn/site.conf",
    "wg-quick up wg0",
    "systemctl restart tailscaled",
  ],
});
