import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";
import type { Reading } from "../../shell/reading.js";

const TOOL =
  /^(?:nmap|masscan|zmap|zgrab2?|hydra|medusa|ncrack|patator|msfconsole|msfvenom|msfdb|sqlmap(?:\.py)?|nikto(?:\.pl)?|linpeas\w*(?:\.sh)?|linenum(?:\.sh)?|lse\.sh|les\.sh|linux-exploit-suggester\S*|hashcat(?:\.bin)?|john|ettercap|bettercap|arpspoof|dsniff|yersinia|responder(?:\.py)?|crackmapexec|cme|netexec|nxc|aircrack-ng|aireplay-ng|airodump-ng|gobuster|dirbuster|ffuf|feroxbuster|wpscan|nuclei|kerbrute|enum4linux(?:-ng)?|pspy(?:32|64)?s?|rsf\.py|routersploit|sliver-\w+|traitor|deepce(?:\.sh)?|evil-winrm|mbtget|plcscan(?:\.py)?|isf\.py|impacket-\w+)$/;

/** A tool that attackers use to scan, break in, raise their rights or move on. */
export const knownAttackTool = commandRule({
  id: "known-attack-tool",
  alertType: "IoT_KnownAttackTools",
  name: "Known attack tool",
  severity: "Medium",
  about: "A tool that attackers use to scan, break in, raise their rights or move on.",
  tactics: ["Execution", "Discovery"],
  techniques: ["T1588.002", "T1046"],
  falsePositives: [
    "Network monitoring that runs nmap on purpose; give its user and folder an exception.",
    "An account with the name of a tool, such as john.",
  ],
  witness: [
    "nmap",
    "masscan",
    "hydra",
    "medusa",
    "metasploit",
    "msfconsole",
    "msfvenom",
    "sqlmap",
    "nikto",
    "linpeas",
    "linenum",
    "john",
    "hashcat",
    "ettercap",
    "responder",
    "zmap",
    "crackmapexec",
    "netexec",
    "aircrack",
    "dirbuster",
    "gobuster",
    "ffuf",
    "bettercap",
    "patator",
    "ncrack",
    "chisel",
    "ligolo",
    "evil-winrm",
    "impacket",
    "bloodhound",
    "pspy",
    "linux-exploit-suggester",
    "routersploit",
    "zgrab",
    "sliver",
    "traitor",
    "deepce",
    "pupy",
    "empire",
    "beef-xss",
    "wpscan",
    "feroxbuster",
    "nuclei",
    "kerbrute",
    "enum4linux",
    "arpspoof",
    "dsniff",
    "yersinia",
    "modbus-cli",
    "mbtget",
    "plcscan",
    "s7scan",
    "isf.py",
  ],
  sees: (reading) =>
    find(reading, TOOL, ({ argv }) => !/^(?:-v|-V|--version|--help|-h)$/.test(argv[1] ?? "")) ??
    scripted(reading),
  did: "started an attack tool",
  because: "that is a tool for breaking into systems",
  fires: [
    "nmap -sS 10.0.0.0/24",
    "hydra -l root -P p.txt ssh://10.0.0.2",
    "sh -c ./linpeas.sh",
    "python3 /opt/sqlmap/sqlmap.py -u http://10.0.0.2/?id=1",
    "sudo masscan 0.0.0.0/0 -p2323 --rate 5000",
    'sh -c n""map -Pn 10.1.0.0/16',
  ],
  silent: [
    "apt-get install nmap",
    "id john",
    "man nmap",
    "ls /usr/share/nmap",
    "nmap --version",
    "su - john -c ls",
    "chown john:john /home/john/notes",
    "pip install responder",
  ],
});

/** Tools that are scripts: the interpreter is the program. */
const scripted = ({ commands }: Reading): string | undefined =>
  commands.find(
    ({ name, argv }) =>
      /^(?:python[\d.]*|perl|ruby|(?:ba|da)?sh)$/.test(name) &&
      argv
        .slice(1, 4)
        .some((word) => TOOL.test(word.slice(word.lastIndexOf("/") + 1)) && /\.(?:py|pl|sh|rb)$/.test(word)),
  )?.text;
