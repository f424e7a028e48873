import { commandRule } from "../rule.js";

/** Files are encrypted in bulk or a ransom note is left. */
export const ransomwareBehaviour = commandRule({
  id: "ransomware-behaviour",
  alertType: "IoT_Ransomware",
  name: "Behavior similar to ransomware detected",
  severity: "High",
  about: "Files are encrypted in bulk or a ransom note is left.",
  tactics: ["Impact"],
  techniques: ["T1486"],
  witness: ["openssl", "gpg", "ransom", "decrypt", "7z", "shred"],
  patterns: [
    /\b(?:find|xargs|for)\b.*\b(?:openssl\s+(?:enc|aes)|gpg\s+(?:-c|--symmetric|-e)).*/i,
    /\S*(?:readme|how)[_-]?(?:to|for)?[_-]?(?:decrypt|restore|recover)\S*/i,
    /\b(?:your files (?:have been|are) encrypted)\b/i,
  ],
  did: "seems to encrypt files for ransom",
  because: "it encrypts many files or leaves a note about it",
  fires: [
    "find /home -type f -exec openssl enc -aes-256-cbc -in {} -out {}.enc ;",
    "sh -c echo pay > /home/README_TO_DECRYPT.txt",
  ],
  silent: [
    "openssl enc -aes-256-cbc -in backup.tar -out backup.enc",
    "gpg --decrypt secrets.gpg",
    "find /var/log -name *.gz",
  ],
});
