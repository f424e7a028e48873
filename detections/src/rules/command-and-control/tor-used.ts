import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** A client of Tor was started, or an address behind it is called. */
export const torUsed = commandRule({
  id: "tor-used",
  alertType: "Picket_TorUsed",
  name: "Tor used",
  severity: "Medium",
  about: "A client of Tor was started, or an address behind it is called.",
  tactics: ["Command and Control"],
  techniques: ["T1090.003", "T1188"],
  falsePositives: ["People who use Tor on purpose; a device in service has no need of it."],
  witness: ["tor", "torsocks", "torify", ".onion", "tor2web", "/tor", "obfs4proxy", "torrc"],
  patterns: [/\b[a-z2-7]{16,56}\.onion(?:\.\w{2,6})?\b\S{0,60}/],
  sees: (reading) =>
    find(
      reading,
      /^(?:tor|obfs4proxy)$/,
      ({ argv }) => !/^(?:--version|--help|--verify-config)$/.test(argv[1] ?? ""),
    ) ?? reading.commands.find(({ via }) => via.includes("torsocks") || via.includes("torify"))?.text,
  did: "used Tor",
  because: "it hides whom the device speaks to",
  fires: [
    "tor -f /tmp/torrc",
    "torsocks curl http://203.0.113.9/",
    "curl --socks5-hostname 127.0.0.1:9050 http://2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion/",
  ],
  silent: [
    "tor --version",
    "apt-get install torbrowser-launcher",
    "vim torrc.example",
    "node monitor tor.js",
    "grep onion recipes.txt",
  ],
});
