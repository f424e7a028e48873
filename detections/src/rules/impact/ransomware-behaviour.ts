import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** Files are encrypted in bulk, their backups are removed, or a ransom note is left. */
export const ransomwareBehaviour = commandRule({
  id: "ransomware-behaviour",
  alertType: "IoT_Ransomware",
  name: "Behavior similar to ransomware detected",
  severity: "High",
  about: "Files are encrypted in bulk, their backups are removed, or a ransom note is left.",
  tactics: ["Impact"],
  techniques: ["T1486"],
  falsePositives: [
    "Backup scripts that encrypt archives one by one with openssl or gpg; those that loop over files fire here once a day.",
  ],
  witness: [
    "openssl",
    "gpg",
    "ransom",
    "decrypt",
    "7z",
    "shred",
    "encrypted",
    "restore",
    "recover",
    ".locked",
    "zip",
    "age",
    "lockbit",
    "babuk",
    "blackcat",
    "deadbolt",
    "ech0raix",
    "qlocker",
    "esxcli",
  ],
  patterns: [
    /\S{0,100}(?:readme|how|files?)[_-]?(?:to|for)?[_-]?(?:decrypt|restore|recover)\S{0,60}\.(?:txt|html?|hta)\b/i,
    /\byour (?:files|data|device) (?:have|has|are|is)(?: been)? (?:encrypted|locked)\b/i,
    /(?:^|[/\s])(?:lockbit|babuk|ech0raix|deadbolt|qlocker|blackcat|darkradiation|rook|akira|hellokitty)(?:[-_.]?(?:linux|encrypt\w*|esxi?|elf|arm\d?|x64|x86))\S{0,40}/i,
  ],
  sees: (reading) =>
    reading.commands.some(({ name, argv }) => name === "find" && argv.some((word) => /^-exec/.test(word))) ||
    /^(?:for|while)\b|\| xargs|\bxargs\b/m.test(reading.plain) ||
    reading.commands.some(({ via }) => via.includes("xargs") || via.includes("parallel"))
      ? (find(
          reading,
          /^openssl$/,
          ({ text }) => /\s(?:enc|aes-\d+-\w+|chacha20)\b/.test(text) && !/\s-d\b/.test(text),
        ) ??
        find(reading, /^gpg2?$/, ({ text }) => /\s(?:-c|--symmetric|-e|--encrypt)\b/.test(text)) ??
        find(
          reading,
          /^(?:7z|7za|7zz|zip)$/,
          ({ text }) => /\s(?:-p\S+|--password|-P)\b/.test(text) && /\s-(?:sdel|m)\b/.test(text),
        ))
      : find(reading, /^(?:7z|7za)$/, ({ text }) => /\s-sdel\b/.test(text) && /\s-p\S/.test(text)),
  did: "seems to encrypt files for ransom",
  because: "it encrypts many files, or leaves a note about it",
  fires: [
    "find /home -type f -exec openssl enc -aes-256-cbc -in {} -out {}.enc ;",
    "sh -c echo pay > /home/README_TO_DECRYPT.txt",
    "sh -c find /mnt/data -type f | xargs -I{} gpg --batch --passphrase x -c {}",
    "7z a -p1234 -mhe=on -sdel /share/data.7z /share/data",
    "/tmp/.x/babuk_esxi_encryptor /vmfs/volumes",
  ],
  silent: [
    "openssl enc -aes-256-cbc -in backup.tar -out backup.enc",
    "gpg --decrypt secrets.gpg",
    "find /var/log -name *.gz",
    "vim how-to-restore-database.md",
    "7z a backup.7z /srv/data",
    "find /etc/ssl -name *.pem -exec openssl x509 -noout -enddate -in {} ;",
    "gpg --batch --yes -e -r ops /backup/db.sql",
    "sh -c for f in *.enc; do openssl enc -d -aes-256-cbc -in $f; done",
  ],
});
