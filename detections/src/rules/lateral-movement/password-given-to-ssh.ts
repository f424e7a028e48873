import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** A password stands on the command line of a tool that logs in elsewhere; anybody on this device can read it. */
export const passwordGivenToSsh = commandRule({
  id: "password-given-to-ssh",
  alertType: "Picket_PasswordGivenToSsh",
  name: "Password handed to SSH on the command line",
  severity: "Low",
  about:
    "A password stands on the command line of a tool that logs in elsewhere; anybody on this device can read it.",
  tactics: ["Lateral Movement", "Credential Access"],
  techniques: ["T1021.004", "T1552.001"],
  falsePositives: ["Scripts for network equipment that knows no keys."],
  witness: ["sshpass", "plink"],
  sees: (reading) =>
    find(reading, /^sshpass$/, ({ text }) => /\s-p\s*\S+/.test(text)) ??
    find(reading, /^plink$/, ({ text }) => /\s-pw\s+\S+/.test(text)),
  did: "handed a password to SSH on the command line",
  because: "anybody on the device can read it, and worms do so",
  fires: [
    "sshpass -p admin ssh root@10.0.0.7",
    "sshpass -pS3cret scp a root@10.0.0.7:/tmp",
    "plink -pw x root@10.0.0.7 id",
  ],
  silent: [
    "sshpass -f /root/.pw ssh op@10.0.0.7",
    "sshpass -e ssh op@10.0.0.7",
    "sshpass -V",
    "plink -i key.ppk op@10.0.0.7",
    "which sshpass",
  ],
});
