import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** An account was made with the rights of root, a fixed password, or a disguise. */
export const useraddSuspicious = commandRule({
  id: "useradd-suspicious",
  alertType: "IoT_SuspiciousUseradd",
  name: "Detected suspicious use of the useradd command",
  severity: "Medium",
  about: "An account was made with the rights of root, a fixed password, or a disguise.",
  tactics: ["Persistence"],
  techniques: ["T1136.001", "T1098.007"],
  falsePositives: [
    "Provisioning that makes an administrator's account with a password hash; it runs once, at setup.",
  ],
  witness: ["useradd", "adduser", "usermod", "/etc/passwd"],
  sees: (reading) =>
    find(
      reading,
      /^useradd$/,
      (command) =>
        /\s(?:-o\b|--non-unique\b|-u\s*0\b|--uid[= ]0\b|-\w*o\w*u?\s*0\b)/.test(command.text) ||
        /\s(?:-p\s*\S+|--password[= ]\S+)/.test(command.text),
    ) ??
    find(reading, /^(?:useradd|adduser)$/, ({ text }) =>
      /\s(?:-g|-G|--gid|--groups?|--ingroup)[= ]\S*\b(?:root|sudo|wheel|docker|admin)\b/.test(text),
    ) ??
    find(reading, /^usermod$/, ({ text }) => /\s(?:-u|--uid)[= ]0\b/.test(text)) ??
    find(
      reading,
      /^echo$/,
      ({ text, redirections }) =>
        /\b[\w-]+:[^:]*:0:0:/.test(text) && redirections.some(({ target }) => target === "/etc/passwd"),
    ),
  did: "added an account with special rights",
  because: "the account gets root's rights or a password on the command line",
  fires: [
    "useradd -o -u 0 -g 0 toor",
    "useradd -m -p $6$abc op",
    "useradd -m -G sudo eve",
    "sh -c echo 'x::0:0::/root:/bin/sh' >> /etc/passwd",
    "usermod -o -u 0 guest",
  ],
  silent: [
    "useradd -m operator",
    "useradd --system --home /var/lib/mosquitto mosquitto",
    "adduser --system --group www",
    "usermod -aG dialout op",
    "useradd -r -g nogroup -s /usr/sbin/nologin node_exporter",
    "adduser --system --no-create-home --ingroup avahi avahi",
  ],
});
