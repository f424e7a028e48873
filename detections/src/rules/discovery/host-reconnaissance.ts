import { commandRule } from "../../command-rule.js";
import { textOf } from "../../rule.js";
import type { Command } from "../../shell/reading.js";

/** Several different questions about the host in one command, as intruders ask first. */
export const hostReconnaissance = commandRule({
  id: "host-reconnaissance",
  alertType: "IoT_LinuxReconnaissance",
  name: "Local host reconnaissance detected",
  severity: "Medium",
  about: "Several different questions about the host in one command, as intruders ask first.",
  tactics: ["Discovery"],
  techniques: ["T1082", "T1033", "T1016"],
  falsePositives: [
    "Support bundles and inventory scripts ask as much; their user and folder tell them apart.",
  ],
  witness: [
    "whoami",
    "uname",
    "/etc/passwd",
    "ifconfig",
    "ip a",
    "hostname",
    "lscpu",
    "/proc/cpuinfo",
    "/etc/issue",
    "os-release",
    "id",
    "w",
    "ps",
    "ss",
    "arp",
    "last",
    "who",
    "route",
    "netstat",
    "lsblk",
    "free",
    "nproc",
    "dmidecode",
    "crontab",
    "sudo",
    "users",
    "logname",
    "pstree",
    "/etc/",
    "/proc/",
  ],
  sees: (reading, event) => {
    const isScript =
      /^(?:\S*\/)?(?:ba|da|a|z|k)?sh\s+-\w*c\b/.test(textOf(event, "CommandLine")) ||
      reading.pipelines.length > 1;
    const asked = new Set(reading.commands.map(questionOf).filter((question) => question !== undefined));
    return isScript && asked.size >= 3 ? reading.plain.slice(0, 300) : undefined;
  },
  except: [/\/(?:configure|config\.guess|neofetch|fastfetch|sosreport)\b|^(?:\S*\/)?(?:ba)?sh -c set -e/],
  did: "asked who and where it is",
  because: "it asks several questions about the host at once",
  fires: [
    "sh -c whoami; uname -a; cat /etc/passwd",
    "bash -c id; uname -a && cat /etc/issue; ifconfig",
    "sh -c uname -a;w;id;ps aux;cat /proc/cpuinfo",
    "bash -c echo aWQ7dW5hbWUgLWE7Y2F0IC9ldGMvcGFzc3dkO2lmY29uZmln | base64 -d | bash; uname -a",
  ],
  silent: [
    "uname -a",
    "whoami",
    "sh -c uname -a > /tmp/report",
    "cat /etc/passwd",
    "bash -c id -u; id -g",
    "sh -c . /etc/os-release; echo $VERSION_CODENAME; uname -m",
    "sh -c hostname; date",
  ],
});

/** What a command asks about the host; undefined when it asks nothing. */
const questionOf = ({ name, text, argv }: Command): string | undefined => {
  if (/^(?:whoami|id|w|who|last|users|logname)$/.test(name)) return argv.length <= 3 ? "user" : undefined;
  if (name === "uname") return "kernel";
  if (
    /^(?:ifconfig|arp|route|netstat|ss)$/.test(name) ||
    (name === "ip" && /\s(?:a|addr|r|route|n|neigh)\b/.test(text))
  )
    return "network";
  if (/^(?:ps|top|pstree)$/.test(name)) return "processes";
  if (/^(?:hostname|hostnamectl|lscpu|nproc|free|lsblk|dmidecode|lspci|lsusb)$/.test(name)) return "hardware";
  if (name === "crontab" && text.includes("-l")) return "jobs";
  if (name === "sudo" || /\bsudo\s+-l\b/.test(text)) return "rights";
  const file =
    /\/(etc\/(?:passwd|shadow|issue|os-release|hosts|group|crontab|resolv\.conf)|proc\/(?:cpuinfo|version|meminfo|mounts))\b/.exec(
      text,
    )?.[1];
  return file !== undefined && /^(?:cat|head|tail|grep|less|more|awk|cut)$/.test(name) ? file : undefined;
};
