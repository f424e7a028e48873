import { commandRule } from "../../command-rule.js";
import { find, parentOf, readsFile } from "../../shell/look.js";

const TOOL =
  /^(?:mimipenguin|lazagne|unshadow|3snake|swap_digger|gimmecredz|linikatz|keytabextract|tickey|procdump|hackbrowserdata|pwdump)\b/;
const SECRET =
  /^@?(?:\/etc\/g?shadow|\/mnt\S*\/etc\/shadow|\/proc\/1\/root\/etc\/shadow|\/var\/lib\/(?:sss\/secrets\/\S+|extrausers\/shadow)|\/etc\/security\/opasswd|\/etc\/krb5\.keytab|\S*\/\.(?:git-credentials|pgpass|netrc|aws\/credentials|docker\/config\.json|kube\/config)|\/root\/\.ssh\/id_\w+)$/;

/** A tool or command that reads passwords and keys of others. */
export const credentialToolUsed = commandRule({
  id: "credential-tool-used",
  alertType: "IoT_CredentialAccessTools",
  name: "Suspected malicious credentials access tools detected",
  severity: "Medium",
  about: "A tool or command that reads passwords and keys of others.",
  tactics: ["Credential Access"],
  techniques: ["T1003.007", "T1003.008", "T1552.001", "T1552.004"],
  falsePositives: [
    "Backups that read /etc/shadow as part of /etc; they read the folder, not the file.",
    "Administrators who look for keys that were lost.",
  ],
  witness: [
    "mimipenguin",
    "lazagne",
    "unshadow",
    "/etc/shadow",
    "/etc/gshadow",
    "id_rsa",
    "id_ed25519",
    "id_ecdsa",
    "gcore",
    "procdump",
    "3snake",
    "swapdigger",
    "gimmecredz",
    "linikatz",
    "keytabextract",
    "tickey",
    "/etc/krb5",
    "truffle",
    "credmaster",
    ".git-credentials",
    ".pgpass",
    ".netrc",
    ".aws/credentials",
    "private",
  ],
  sees: (reading, event) => {
    if (/\/(?:dpkg|passwd|chpasswd|useradd|usermod|debconf|shadow)\b/.test(parentOf(event))) return undefined;
    return (
      find(reading, TOOL) ??
      reading.commands.find(
        ({ name, argv }) =>
          /^(?:python[\d.]*|(?:ba|da)?sh)$/.test(name) &&
          argv.slice(1, 4).some((word) => TOOL.test(word.slice(word.lastIndexOf("/") + 1))),
      )?.text ??
      readsFile(reading, SECRET) ??
      find(
        reading,
        /^(?:find|locate|grep)$/,
        ({ text, argv }) =>
          /\bid_(?:rsa|ed25519|ecdsa|dsa)\b|\.(?:git-credentials|pgpass|netrc)\b|BEGIN (?:RSA|OPENSSH) PRIVATE/.test(
            text,
          ) && argv.some((word) => /^(?:\/|\/root\/?|\/home\/?)$/.test(word)),
      ) ??
      find(reading, /^gcore$/, ({ text }) => /\b(?:sshd|gnome-keyring|vsftpd|apache2|lightdm)\b/.test(text))
    );
  },
  except: [/^(?:\S*\/)?(?:vipw|pwck|chkrootkit|rkhunter|aide|tripwire)\b/],
  did: "read credentials",
  because: "it reads passwords or keys of other accounts",
  fires: [
    "cat /etc/shadow",
    "python lazagne.py all",
    "find / -name id_rsa",
    "cp /etc/shadow /tmp/s",
    "sh -c c\\at /et''c/sha\\dow",
    "grep -rl BEGIN RSA PRIVATE KEY /home",
    "sh -c base64 < /etc/shadow",
  ],
  silent: [
    "ls -l /etc/shadow",
    "ssh -i /root/.ssh/id_ed25519 host",
    "cat /etc/passwd",
    "chmod 640 /etc/shadow",
    "find . -name id_rsa.pub",
    "tar czf /backup/etc.tgz /etc",
    "ssh-keygen -t ed25519 -f /root/.ssh/id_ed25519",
    { line: "cat /etc/shadow", parent: "/usr/sbin/chpasswd" },
  ],
});
