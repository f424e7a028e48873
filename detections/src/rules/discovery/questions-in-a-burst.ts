import { afterCommand } from "../../questions.js";
import { rule, shown, textOf, userOf } from "../../rule.js";
import { ancestryOf, parentOf } from "../../shell/look.js";

const QUESTIONS = 7;
const MINUTES = 3;
const asked = (line: string) => ({
  item: { CommandLine: line, Executable: line.split(" ")[0] ?? "", UserName: "op" },
});

const TOOL =
  /(?:configure|config\.guess|sosreport|ansible|puppet|facter|ohai|salt|dpkg|apt|cmake|make|node|python|java|picket|telegraf|collectd|node_exporter|zabbix|run-parts|update-motd|neofetch)/;

/** What a started program asks about its host; undefined when it asks nothing. */
function questionOf(line: string): string | undefined {
  const [program = "", ...words] = line.slice(0, 400).split(" ");
  const name = program.slice(program.lastIndexOf("/") + 1);
  if (
    /^(?:whoami|id|w|who|last|lastlog|lscpu|lsblk|lsusb|lspci|lsmod|hostnamectl|arp|ifconfig|netstat|ss|route|pstree|getcap)$/.test(
      name,
    )
  )
    return name;
  if (name === "ps" && /a|e/.test(words[0] ?? "")) return "ps";
  if (name === "uname" && /a/.test(words[0] ?? "")) return "uname";
  if (name === "ip" && /^(?:a|addr|r|route|n|neigh)/.test(words[0] ?? "")) return `ip ${words[0]?.[0]}`;
  if (name === "sudo" && words[0] === "-l") return "sudo";
  if (name === "crontab" && words.includes("-l")) return "crontab";
  if (name === "find" && /-perm/.test(line)) return "find";
  const file =
    /\/etc\/(?:passwd|shadow|group|issue|os-release|crontab|hosts|sudoers|resolv\.conf)|\/proc\/(?:version|cpuinfo|mounts|net\/\w+)/.exec(
      line,
    )?.[0];
  return /^(?:cat|head|tail|less|more)$/.test(name) ? file : undefined;
}

/** Many different questions about the host within minutes, each harmless: somebody new looks around. */
export const questionsInABurst = rule({
  kind: "match",
  id: "questions-in-a-burst",
  alertType: "Picket_QuestionsInABurst",
  name: "Many questions about the host in a short time",
  severity: "Medium",
  about: `At least ${QUESTIONS} different questions about the host within ${MINUTES} minutes, each harmless by itself: somebody new looks around.`,
  tactics: ["Discovery"],
  techniques: ["T1082", "T1033", "T1016", "T1057", "T1049", "T1087.001"],
  remediation:
    "Ask whoever was logged in. If it was nobody of yours, look at how they came in, and take the device off the network.",
  falsePositives: [
    "An administrator who looks for a fault; the account and the address tell.",
    "Inventory and support tools; their program is the parent and can be named in an exception.",
  ],
  reads: "ProcessCreate",
  witness: {
    field: "CommandLine",
    anyOf: [
      "sudo -l",
      "-perm",
      "/etc/passwd",
      "/etc/shadow",
      "/etc/group",
      "/etc/issue",
      "/etc/os-release",
      "/etc/crontab",
      "/etc/hosts",
      "/etc/sudoers",
      "/etc/resolv.conf",
      "/proc/version",
      "/proc/cpuinfo",
      "/proc/mounts",
      "/proc/net",
    ],
    words: [
      "whoami",
      "id",
      "w",
      "who",
      "last",
      "lastlog",
      "lscpu",
      "lsblk",
      "lsusb",
      "lspci",
      "lsmod",
      "hostnamectl",
      "arp",
      "ifconfig",
      "netstat",
      "ss",
      "route",
      "pstree",
      "getcap",
      "ps",
      "uname",
      "ip",
      "crontab",
    ],
  },
  threshold: {
    count: QUESTIONS,
    minutes: MINUTES,
    distinct: (event) => questionOf(textOf(event, "CommandLine")) ?? "",
  },
  matches: (event) => {
    const question = questionOf(textOf(event, "CommandLine"));
    return question === undefined || TOOL.test(`${parentOf(event)}\n${ancestryOf(event)}`)
      ? undefined
      : question;
  },
  entity: (event) => textOf(event, "UserName"),
  title: (event) => `${userOf(event)} looks around on ${event.deviceId}`,
  reason: (event, _matched, hits) =>
    `${hits} different questions about the host within ${MINUTES} minutes, the last ${shown(textOf(event, "CommandLine"))}; ${QUESTIONS} make an alert.`,
  next: afterCommand,
  cases: [
    {
      name: "seven questions",
      events: ["whoami", "id", "uname -a", "cat /etc/passwd", "ps aux", "netstat -an", "ifconfig"].map(asked),
      alerts: 1,
    },
    {
      name: "other questions",
      events: [
        "w",
        "last",
        "ip a",
        "ip r",
        "ss -tlnp",
        "sudo -l",
        "cat /etc/crontab",
        "cat /proc/version",
      ].map(asked),
      alerts: 1,
    },
    {
      name: "questions of somebody in a hurry",
      events: ["id", "lsmod", "lsblk", "arp -a", "crontab -l", "cat /etc/issue", "find / -perm -4000"].map(
        asked,
      ),
      alerts: 1,
    },
    {
      name: "the same question many times",
      events: Array.from({ length: 40 }, () => asked("id")),
      alerts: 0,
    },
    { name: "a few questions", events: ["id", "uname -a", "ps aux"].map(asked), alerts: 0 },
    {
      name: "as many over an hour",
      events: ["whoami", "id", "uname -a", "cat /etc/passwd", "ps aux", "netstat -an", "ifconfig"].map(
        (line, place) => ({ ...asked(line), minute: place * 8 }),
      ),
      alerts: 0,
    },
    {
      name: "an inventory tool",
      events: ["whoami", "id", "uname -a", "cat /etc/passwd", "ps aux", "netstat -an", "ifconfig"].map(
        (line) => ({
          item: { ...asked(line).item, ExtraDetails: { ParentExecutable: "/usr/bin/facter" } },
        }),
      ),
      alerts: 0,
    },
    {
      name: "programs that ask nothing",
      events: ["make", "gcc a.c", "ls", "cat a", "git pull", "vim b", "npm i"].map(asked),
      alerts: 0,
    },
  ],
});
