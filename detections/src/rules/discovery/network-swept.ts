import { commandRule } from "../../command-rule.js";
import { textOf } from "../../rule.js";
import { find } from "../../shell/look.js";

/** A shell loop asks each address or port of a network, as one does without a scanner. */
export const networkSwept = commandRule({
  id: "network-swept",
  alertType: "Picket_NetworkSwept",
  name: "Network swept from a shell",
  severity: "Medium",
  about: "A shell loop asks each address or port of a network, as one does without a scanner.",
  tactics: ["Discovery"],
  techniques: ["T1018", "T1046"],
  falsePositives: ["Monitoring scripts that ping a list of their own devices."],
  witness: [
    "seq",
    "/dev/tcp/",
    "nc -z",
    "ping -c",
    "fping",
    "arp-scan",
    "nbtscan",
    "arping",
    "{1..254}",
    "for i in",
    "netdiscover",
    "nc -nvz",
    "nc -w",
  ],
  sees: (reading, event) => {
    const loops =
      /(?:seq\s+(?:1|0|2)\s+25[0-5]|\{[012]\.\.25[0-5]\}|seq\s+1\s+(?:1024|65535)|\{1\.\.(?:1024|65535)\})/.exec(
        `${textOf(event, "CommandLine")}\n${reading.plain}`,
      )?.[0];
    if (
      loops !== undefined &&
      /\bping\b|\/dev\/tcp\/|\bnc\b|\barping\b|\bcurl\b|\btelnet\b/.test(
        `${reading.plain}${textOf(event, "CommandLine")}`,
      )
    )
      return loops;
    return (
      find(reading, /^(?:fping|arp-scan|nbtscan|netdiscover)$/, ({ text }) =>
        /\/(?:8|16|2[0-4])\b|\s-g\b|--localnet|-l\b/.test(text),
      ) ?? find(reading, /^(?:nc|ncat)$/, ({ text }) => /\s-\w*z/.test(text) && /\s\d+-\d{3,}\b/.test(text))
    );
  },
  did: "swept the network",
  because: "it looks for other devices to go to",
  fires: [
    "bash -c for i in {1..254}; do ping -c1 -W1 10.0.0.$i & done",
    "sh -c for p in $(seq 1 1024); do (echo > /dev/tcp/10.0.0.5/$p) 2>/dev/null; done",
    "arp-scan --localnet",
    "nc -zv 10.0.0.5 1-65535",
  ],
  silent: [
    "ping -c 3 10.0.0.1",
    "nc -zv 10.0.0.5 22",
    "sh -c for i in 1 2 3; do ping -c1 gw$i; done",
    "bash -c for i in {1..254}; do touch f$i; done",
    "fping 10.0.0.1",
    "arp -a",
  ],
});
