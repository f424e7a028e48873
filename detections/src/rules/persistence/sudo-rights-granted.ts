import { commandRule } from "../../command-rule.js";
import { ancestryOf, find, parentOf, writesTo } from "../../shell/look.js";

/** A line that lets an account become root was written by a command. */
export const sudoRightsGranted = commandRule({
  id: "sudo-rights-granted",
  alertType: "Picket_SudoRightsGranted",
  name: "Rights of root granted by a command",
  severity: "High",
  about: "A line that lets an account become root was written by a command.",
  tactics: ["Persistence", "Privilege Escalation"],
  techniques: ["T1548.003", "T1098"],
  falsePositives: ["Set-up scripts of images grant such rights once; configuration management uses visudo."],
  witness: ["sudoers", "nopasswd", "doas.conf"],
  sees: (reading, event) =>
    /(?:dpkg|ansible|cloud-init|puppet|visudo)/.test(`${parentOf(event)}\n${ancestryOf(event)}`)
      ? undefined
      : (writesTo(
          reading,
          /^\/etc\/(?:sudoers|sudoers\.d\/\S+|doas\.conf|doas\.d\/\S+)$/,
          ({ name }) => !/^(?:install|ln)$/.test(name),
        ) ??
        find(
          reading,
          /^chmod$/,
          ({ argv }) =>
            argv.includes("/etc/sudoers") &&
            /^(?:[0-7]*[67][0-7]{1}|\+w|777|666|[ugoa]*\+w)$/.test(argv[1] ?? ""),
        )),
  did: "granted the rights of root",
  because: "the account becomes root without a password or for good",
  fires: [
    "sh -c echo 'eve ALL=(ALL) NOPASSWD:ALL' >> /etc/sudoers",
    "tee /etc/sudoers.d/90-x",
    "sh -c printf 'permit nopass op\\n' > /etc/doas.conf",
    "chmod 777 /etc/sudoers",
  ],
  silent: [
    "visudo -c",
    "cat /etc/sudoers",
    "grep NOPASSWD /etc/sudoers.d/90-cloud",
    "chmod 440 /etc/sudoers.d/app",
    { line: "cp a /etc/sudoers.d/a", parent: "/usr/bin/dpkg" },
    "sudo -l",
  ],
});
