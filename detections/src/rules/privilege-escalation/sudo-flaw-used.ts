import { commandRule } from "../../command-rule.js";

/** A tool that has the rights of root was called in a way that only attacks on a known flaw use. */
export const sudoFlawUsed = commandRule({
  id: "sudo-flaw-used",
  alertType: "Picket_SudoFlawUsed",
  name: "Known flaw of sudo tried",
  severity: "High",
  about: "A tool that has the rights of root was called in a way that only attacks on a known flaw use.",
  tactics: ["Privilege Escalation"],
  techniques: ["T1068"],
  falsePositives: ["Scanners that test for the flaw."],
  witness: ["sudoedit", "sudo", "pkexec", "gconv_path", "su -"],
  patterns: [
    /\bsudoedit\s+(?:-[a-zA-Z]\s+)*-s\s+.{0,80}\\/,
    /\bsudo\s+-u\s*#?(?:-1|4294967295)\b.{0,60}/,
    /\bGCONV_PATH=\.?\S{0,60}/,
    /\bsudo\b.{0,60}\s(?:--chroot|-R)[= ]\s?(?:\.|\/tmp|woot)\S{0,60}/,
    /\bEDITOR=['"]?\S{1,40}\s+--\s+\/etc\/\S{1,60}/,
  ],
  did: "tried a known flaw of sudo",
  because: "nobody calls it like this but to become root",
  fires: [
    "sudoedit -s \\ AAAAAAAAAAAAAAAA",
    "sudo -u#-1 /bin/bash",
    "sh -c PATH=GCONV_PATH=. CHARSET=x pkexec",
    "sudo -R woot woot",
  ],
  silent: [
    "sudo -l",
    "sudo -u postgres psql",
    "sudoedit /etc/hosts",
    "pkexec --version",
    "sudo --chroot /srv/chroot ls",
    "sudo -u #1000 id",
  ],
});
