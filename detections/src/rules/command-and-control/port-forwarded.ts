import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";
import type { Command } from "../../shell/reading.js";

/** A port of the device or its network was opened towards another address, as intruders do to reach what stands behind a gateway. */
export const portForwarded = commandRule({
  id: "port-forwarded",
  alertType: "IoT_PortForwarding",
  name: "Port forwarding detection",
  severity: "High",
  about:
    "A port of the device or its network was opened towards another address, as intruders do to reach what stands behind a gateway.",
  tactics: ["Command and Control"],
  techniques: ["T1572", "T1090.001"],
  falsePositives: [
    "Remote support that dials in by a reverse tunnel; give its host and user an exception.",
    "Routers that publish a port for a camera or a server use DNAT by design.",
  ],
  witness: [
    "ssh",
    "socat",
    "chisel",
    "ngrok",
    "frpc",
    "frps",
    "rinetd",
    "dnat",
    "redir",
    "plink",
    "cloudflared",
    "bore",
    "ligolo",
    "gost",
    "iptables",
    "nft",
    "ncat",
    "nc",
  ],
  sees: (reading) =>
    find(reading, /^(?:ssh|autossh|dropbear|dbclient|plink)$/, forwards) ??
    find(
      reading,
      /^socat$/,
      ({ text }) =>
        /\b(?:tcp|udp|ssl|openssl)\d?-l(?:isten)?:/i.test(text) &&
        /\s(?:tcp|udp|openssl|ssl|socks4a?|proxy)\d?(?:-connect)?:/i.test(text),
    ) ??
    find(
      reading,
      /^(?:chisel|ngrok|frpc|frps|rinetd|bore|ligolo-ng|ligolo-agent|gost|rathole|pgrok)$/,
      ({ argv }) => argv.length > 1 && !/^(?:--?v(?:ersion)?|--?h(?:elp)?|version)$/.test(argv[1] ?? ""),
    ) ??
    find(reading, /^cloudflared$/, ({ text }) => /\stunnel\b.*(?:--url|\srun\b)/.test(text)) ??
    find(reading, /^(?:nc|ncat)$/, ({ text }) =>
      /\s(?:-l|--listen)\b.*(?:-c|--sh-exec)\s+['"]?(?:nc|ncat)\b/.test(text),
    ) ??
    find(
      reading,
      /^iptables$/,
      ({ text }) =>
        /\s-(?:A|I)\s+PREROUTING\b.*\s-j\s+DNAT\b/.test(text) && !/\b(?:DOCKER|KUBE|CNI)/.test(text),
    ),
  did: "forwarded a port",
  because: "it opens a way through the device for others",
  fires: [
    "ssh -N -R 2222:localhost:22 user@203.0.113.9",
    "ssh -f -N -D 1080 host.example",
    "socat tcp-listen:8080,fork tcp:10.0.0.5:80",
    "iptables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to 10.0.0.5",
    "./chisel client 203.0.113.9:8000 R:1080:socks",
    "sh -c nohup ./frpc -c /tmp/frpc.ini >/dev/null 2>&1 &",
  ],
  silent: [
    "ssh root@10.0.0.2",
    "ssh -o BatchMode=yes pump uptime",
    "/usr/sbin/sshd -D -e",
    "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups",
    "ssh -L 8080:localhost:80 op@gateway",
    "socat - UNIX-CONNECT:/run/haproxy.sock",
    "iptables -t nat -A DOCKER ! -i docker0 -p tcp --dport 80 -j DNAT --to-destination 172.17.0.2:80",
    "chisel --version",
    "scp -r op@10.0.0.2:/srv/data .",
  ],
});

/** Flags of ssh that open ports: remote and dynamic ones always, local ones when others may use them. */
const forwards = ({ argv, name }: Command): boolean => {
  const operand = argv.findIndex(
    (word, place) =>
      place > 0 && !word.startsWith("-") && !/^-[bcDEeFIiJLlmOopQRSWw]$/.test(argv[place - 1] ?? ""),
  );
  const flags = name === "plink" ? argv : argv.slice(0, operand < 0 ? undefined : argv.length);
  return flags.some((word, place) => {
    const value = /^-[A-Za-z]*[RD]$/.test(word) ? flags[place + 1] : /^-[A-Za-z]*[RD](.+)$/.exec(word)?.[1];
    const local = /^-[A-Za-z]*L$/.test(word) ? flags[place + 1] : undefined;
    return (
      (value !== undefined && /^(?:\S*:)?\d{1,5}(?::|$)/.test(value)) ||
      /^(?:0\.0\.0\.0|\*|::):/.test(local ?? "")
    );
  });
};
