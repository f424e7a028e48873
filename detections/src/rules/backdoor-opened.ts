import { commandRule } from "../rule.js";

/** A way back in: a key, a cron job or a start script put in place by a command. */
export const backdoorOpened = commandRule({
  id: "backdoor-opened",
  alertType: "IoT_LinuxBackdoor",
  name: "Possible backdoor detected",
  severity: "Medium",
  about: "A way back in: a key, a cron job or a start script put in place by a command.",
  tactics: ["Persistence"],
  techniques: ["T1098.004", "T1053.003", "T1546.004"],
  witness: ["authorized_keys", "crontab", "/etc/cron", "ld.so.preload", "rc.local"],
  patterns: [
    />>?\s*\S*\.ssh\/authorized_keys\d?\b.*/i,
    /\|\s*crontab\s+-.*/i,
    />>?\s*\/etc\/(?:cron\S*|rc\.local|ld\.so\.preload)\b.*/i,
  ],
  did: "put a way back in place",
  because: "it lets somebody in or starts a program later",
  fires: [
    "sh -c echo ssh-rsa AAAA >> /root/.ssh/authorized_keys",
    "bash -c (crontab -l; echo x) | crontab -",
    "sh -c echo /tmp/l.so > /etc/ld.so.preload",
  ],
  silent: [
    "crontab -l",
    "cat /root/.ssh/authorized_keys",
    "run-parts /etc/cron.hourly",
    "ssh-copy-id op@10.0.0.2",
  ],
});
