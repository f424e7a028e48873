import { commandRule } from "../rule.js";

/** Several questions about the host in one command, as intruders ask first. */
export const hostReconnaissance = commandRule({
  id: "host-reconnaissance",
  alertType: "IoT_LinuxReconnaissance",
  name: "Local host reconnaissance detected",
  severity: "Medium",
  about: "Several questions about the host in one command, as intruders ask first.",
  tactics: ["Discovery"],
  techniques: ["T1082", "T1033", "T1016"],
  witness: ["whoami", "uname", "/etc/passwd", "ifconfig"],
  patterns: [
    /(?=(?:.*(?:\bwhoami\b|\buname\s+-a\b|\bid\b(?=\s*[;&|])|\/etc\/(?:passwd|issue|shadow)|\bifconfig\b|\bip\s+a(?:ddr)?\b|\bnetstat\b|\blast\b(?=\s*[;&|])|\bw\b(?=\s*[;&|]))){3}).*[;&|].*/i,
  ],
  did: "asked who and where it is",
  because: "it asks several questions about the host at once",
  fires: ["sh -c whoami; uname -a; cat /etc/passwd", "bash -c id; uname -a && cat /etc/issue; ifconfig"],
  silent: ["uname -a", "whoami", "sh -c uname -a > /tmp/report", "cat /etc/passwd"],
});
