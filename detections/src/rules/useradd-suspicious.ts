import { commandRule } from "../rule.js";

/** An account was made with the rights of root, a fixed password, or a disguise. */
export const useraddSuspicious = commandRule({
  id: "useradd-suspicious",
  alertType: "IoT_SuspiciousUseradd",
  name: "Detected suspicious use of the useradd command",
  severity: "Medium",
  about: "An account was made with the rights of root, a fixed password, or a disguise.",
  tactics: ["Persistence"],
  techniques: ["T1136.001"],
  witness: ["useradd", "adduser"],
  patterns: [
    /\buseradd\b(?=.*\s(?:-o\b|--non-unique\b|-u\s*0\b|--uid[= ]0\b)).*/i,
    /\buseradd\b(?=.*\s(?:-p\s*\S+|--password[= ]\S+)).*/i,
    /\b(?:useradd|adduser)\b.*\s(?:-g|-G|--groups?|--ingroup)[= ]\S*\b(?:root|sudo|wheel)\b.*/i,
  ],
  did: "added an account with special rights",
  because: "the account gets root's rights or a password on the command line",
  fires: ["useradd -o -u 0 -g 0 toor", "useradd -m -p $6$abc op", "useradd -m -G sudo eve"],
  silent: [
    "useradd -m operator",
    "useradd --system --home /var/lib/mosquitto mosquitto",
    "adduser --system --group www",
  ],
});
