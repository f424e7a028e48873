import { commandRule } from "../rule.js";

/** A program everyone uses was replaced. */
export const commonFilesOverwritten = commandRule({
  id: "common-files-overwritten",
  alertType: "IoT_OverridingCommonFiles",
  name: "Potential overriding of common files",
  severity: "Medium",
  about: "A program everyone uses was replaced.",
  tactics: ["Persistence", "Defense Evasion"],
  techniques: ["T1554"],
  witness: ["/bin/", "/sbin/"],
  patterns: [
    /\b(?:cp|mv|install|ln\s+-s\w*)\b\s(?:-\S+\s+)*(?:\/tmp|\/var\/tmp|\/dev\/shm|\.)\/\S+\s+(?:\/usr)?\/s?bin\/(?:ls|ps|netstat|ss|login|sshd|sudo|su|bash|sh|top|find|crontab|passwd)\b/i,
    />\s*(?:\/usr)?\/s?bin\/(?:ls|ps|netstat|ss|login|sshd|sudo|su|bash|sh|top|find|crontab|passwd)\b/i,
  ],
  did: "replaced a common program",
  because: "a program that everybody uses is overwritten",
  fires: ["cp /tmp/ps /bin/ps", "mv ./x /usr/sbin/sshd", "sh -c cat a > /usr/bin/sudo"],
  silent: ["cp /bin/ls /tmp/ls", "install -m 755 build/app /usr/bin/app", "mv /tmp/tool /usr/local/bin/tool"],
});
