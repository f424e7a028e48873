import { commandRule } from "../rule.js";

/** A tool or command that reads passwords and keys. */
export const credentialToolUsed = commandRule({
  id: "credential-tool-used",
  alertType: "IoT_CredentialAccessTools",
  name: "Suspected malicious credentials access tools detected",
  severity: "Medium",
  about: "A tool or command that reads passwords and keys.",
  tactics: ["Credential Access"],
  techniques: ["T1003.008", "T1552"],
  witness: ["mimipenguin", "lazagne", "unshadow", "/etc/shadow", "id_rsa", "gcore", "procdump"],
  patterns: [
    /\b(?:mimipenguin|lazagne|unshadow|3snake|procdump)\b\S*/i,
    /\b(?:cat|cp|less|more|head|tail|scp|curl|tar)\b[^|;]*\s\/etc\/(?:g?shadow)(?!-)\b.*/i,
    /\bfind\b.*\bid_(?:rsa|ed25519|ecdsa)\b.*/i,
  ],
  did: "read credentials",
  because: "it reads passwords or keys of other accounts",
  fires: ["cat /etc/shadow", "python lazagne.py all", "find / -name id_rsa", "cp /etc/shadow /tmp/s"],
  silent: [
    "ls -l /etc/shadow",
    "ssh -i /root/.ssh/id_ed25519 host",
    "cat /etc/passwd",
    "chmod 640 /etc/shadow",
  ],
});
