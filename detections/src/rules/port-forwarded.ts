import { commandRule } from "../rule.js";

/** A port of the device or its network was opened towards an outside address. */
export const portForwarded = commandRule({
  id: "port-forwarded",
  alertType: "IoT_PortForwarding",
  name: "Port forwarding detection",
  severity: "High",
  about: "A port of the device or its network was opened towards an outside address.",
  tactics: ["Command and Control"],
  techniques: ["T1572", "T1090"],
  witness: ["ssh", "-r", "socat", "chisel", "ngrok", "frpc", "rinetd", "dnat", "plink"],
  patterns: [
    /\bssh\b(?=.*\s-\w*R\s*\S*\d+:)\S*.*/i,
    /\b(?:ssh|autossh)\b.*\s-D\s*(?:\S+:)?\d+\b.*/i,
    /\bsocat\b.*\btcp\d?-listen:\d+.*\btcp\d?(?:-connect)?:.*/i,
    /\b(?:chisel\s+client|ngrok\s+(?:tcp|http)|frpc\b|rinetd\b).*/i,
    /\biptables\b.*\s-j\s+DNAT\b.*/i,
  ],
  did: "forwarded a port",
  because: "it opens a way through the device for others",
  fires: [
    "ssh -N -R 2222:localhost:22 user@203.0.113.9",
    "ssh -f -N -D 1080 host.example",
    "socat tcp-listen:8080,fork tcp:10.0.0.5:80",
    "iptables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to 10.0.0.5",
  ],
  silent: [
    "ssh root@10.0.0.2",
    "ssh -o BatchMode=yes pump uptime",
    "sshd: /usr/sbin/sshd -D",
    "/usr/sbin/sshd -D -e",
  ],
});
