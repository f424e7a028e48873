import { commandRule } from "../../command-rule.js";

/** One command looks for several known miners, bots or busy programs and kills them: malware makes room for itself. */
export const rivalsKilled = commandRule({
  id: "rivals-killed",
  alertType: "Picket_RivalsKilled",
  name: "Rival miners and bots killed",
  severity: "High",
  about:
    "One command looks for several known miners, bots or busy programs and kills them: malware makes room for itself.",
  tactics: ["Defense Evasion", "Impact"],
  techniques: ["T1562.001", "T1496"],
  falsePositives: ["Clean-up scripts after an infection."],
  witness: ["kill", "kinsing", "kdevtmpfsi", "xmrig", "minerd", "pkill", "killall"],
  sees: (reading) => {
    const killers = reading.commands.filter(
      ({ name, via }) => /^(?:pkill|killall|kill)$/.test(name) || via.includes("xargs"),
    );
    if (killers.length === 0) return undefined;
    const rivals = new Set(
      reading.plain
        .match(
          /\b(?:kinsing|kdevtmpfsi|xmrig|minerd|xmr|cryptonight|watchbog|kthrotlds|kswapd0|sustes|dbused|pnscan|ddgs|qW3xT|biosetjenkins|kworkerds|networkservice|sysguard|zzh|masscan|tsm|stratum|monero|crypto|\.arm7|\.mips|mozi|gafgyt|donate)\b/gi,
        )
        ?.map((word) => word.toLowerCase()),
    );
    return rivals.size >= 2 || (rivals.size === 1 && killers.length >= 3)
      ? [...rivals].join(", ")
      : undefined;
  },
  did: "killed rival malware",
  because: "malware kills others of its kind before it settles",
  fires: [
    "sh -c pkill -f kinsing; pkill -f kdevtmpfsi; pkill -f xmrig",
    "bash -c ps aux | grep -v grep | egrep 'kinsing|xmrig|minerd' | awk '{print $2}' | xargs kill -9",
    "sh -c killall -9 kswapd0 xmrig",
  ],
  silent: [
    "pkill -f app.jar",
    "sh -c kill -9 1234",
    "sh -c pkill node; pkill java",
    "sh -c ps aux | grep nginx | awk '{print $2}' | xargs kill",
    "killall -HUP dnsmasq",
  ],
});
