import { commandRule } from "../../command-rule.js";
import { ancestryOf, find, parentOf, writesTo } from "../../shell/look.js";

/** A module or the configuration that checks passwords was changed by a command. */
export const pamChanged = commandRule({
  id: "pam-changed",
  alertType: "Picket_PamChanged",
  name: "Login module changed",
  severity: "High",
  about: "A module or the configuration that checks passwords was changed by a command.",
  tactics: ["Credential Access", "Persistence", "Defense Evasion"],
  techniques: ["T1556.003"],
  falsePositives: ["Hardening scripts that edit /etc/pam.d; packages do it with pam-auth-update."],
  witness: ["pam.d", "pam_"],
  sees: (reading, event) => {
    if (
      /(?:dpkg|rpm|pam-auth-update|authselect|ansible|debconf)/.test(
        `${parentOf(event)}\n${ancestryOf(event)}`,
      )
    )
      return undefined;
    return (
      writesTo(reading, /^\/etc\/pam\.d\/\S+$|\/security\/pam_\w+\.so$|^\/etc\/pam\.conf$/) ??
      find(reading, /^(?:gcc|cc)$/, ({ text }) => /\bpam_\w+\.(?:c|so)\b/.test(text) && /-shared/.test(text))
    );
  },
  did: "changed how passwords are checked",
  because: "whoever controls it reads every password or needs none",
  fires: [
    "sh -c echo 'auth sufficient pam_permit.so' >> /etc/pam.d/sshd",
    "cp /tmp/pam_unix.so /lib/x86_64-linux-gnu/security/pam_unix.so",
    "sed -i s/required/sufficient/ /etc/pam.d/common-auth",
  ],
  silent: [
    "cat /etc/pam.d/sshd",
    "grep pam_unix /etc/pam.d/common-auth",
    "pam-auth-update --package",
    { line: "cp a /etc/pam.d/cron", parent: "/usr/bin/dpkg" },
    "apt-get install libpam-google-authenticator",
    "cp /etc/pam.d/sshd /root/backup/sshd",
  ],
});
