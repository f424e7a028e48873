import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** A tool that floods another host was started on the device. */
export const floodStarted = commandRule({
  id: "flood-started",
  alertType: "Picket_FloodStarted",
  name: "Flood against others started",
  severity: "High",
  about: "A tool that floods another host was started on the device.",
  tactics: ["Impact"],
  techniques: ["T1498.001", "T1499"],
  falsePositives: ["Load tests against one's own servers."],
  witness: [
    "hping3",
    "ping -f",
    "slowloris",
    "slowhttptest",
    "goldeneye",
    "mz ",
    "t50",
    "udpflood",
    "synflood",
    "siege",
    "hulk",
    "xerxes",
    "torshammer",
    "--flood",
    "mhddos",
    "ufonet",
  ],
  sees: (reading) =>
    find(reading, /^hping3?$/, ({ text }) => /--flood|--faster|-i\s*u\d{1,3}\b/.test(text)) ??
    find(
      reading,
      /^(?:slowloris(?:\.p[ly])?|slowhttptest|goldeneye(?:\.py)?|t50|udpflood\S*|synflood\S*|hulk(?:\.py)?|xerxes|torshammer(?:\.py)?|mhddos|ufonet|ddos\S*)$/,
      ({ argv }) => argv.length > 1 && !/^--?(?:help|version)/.test(argv[1] ?? ""),
    ) ??
    reading.commands.find(
      ({ name, argv }) =>
        /^(?:python[\d.]*|perl)$/.test(name) &&
        /(?:^|\/)(?:slowloris|goldeneye|hulk|torshammer|udpflood|synflood|ddos|mhddos|start)\.(?:py|pl)$/.test(
          argv[1] ?? "",
        ) &&
        !/start\.py$/.test(argv[1] ?? ""),
    )?.text ??
    find(reading, /^ping$/, ({ text }) => /\s-f\b/.test(text) && /\s-s\s*(?:\d{4,5})\b/.test(text)),
  did: "started a flood against others",
  because: "the device takes part in an attack",
  fires: [
    "hping3 -S --flood -p 80 203.0.113.9",
    "python3 slowloris.py 203.0.113.9",
    "ping -f -s 65000 203.0.113.9",
  ],
  silent: [
    "hping3 -c 3 10.0.0.1",
    "ping -c 5 10.0.0.1",
    "siege --version",
    "ab -n 100 http://127.0.0.1/",
    "slowhttptest --help",
  ],
});
