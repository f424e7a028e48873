import { commandRule } from "../../command-rule.js";
import { ancestryOf, find, parentOf } from "../../shell/look.js";

/** A password was set, emptied or unlocked by a command and not by somebody who typed it. */
export const passwordSetByCommand = commandRule({
  id: "password-set-by-command",
  alertType: "Picket_PasswordSetByCommand",
  name: "Password set on the command line",
  severity: "Medium",
  about: "A password was set, emptied or unlocked by a command and not by somebody who typed it.",
  tactics: ["Persistence", "Impact"],
  techniques: ["T1098", "T1531"],
  falsePositives: ["Set-up scripts that give a device its first password."],
  witness: ["chpasswd", "passwd", "usermod", "openssl passwd"],
  sees: (reading, event) => {
    if (/(?:cloud-init|dpkg|ansible|debconf)/.test(`${parentOf(event)}\n${ancestryOf(event)}`))
      return undefined;
    return (
      reading.pipelines
        .find(
          (commands) =>
            commands.length > 1 &&
            /^(?:chpasswd|passwd)$/.test(commands.at(-1)?.name ?? "") &&
            /^(?:echo|printf)$/.test(commands.at(-2)?.name ?? ""),
        )
        ?.map(({ text }) => text)
        .join(" | ") ??
      find(reading, /^passwd$/, ({ text }) => /\s(?:-d|--delete|--stdin|-u)\b/.test(text)) ??
      find(reading, /^usermod$/, ({ text }) => /\s(?:-p|--password)[= ]\S+/.test(text)) ??
      find(reading, /^chpasswd$/, ({ input }) => input !== undefined)
    );
  },
  did: "set a password by a command",
  because: "whoever knows it gets in, and others may be locked out",
  fires: [
    "sh -c echo root:Passw0rd | chpasswd",
    "passwd -d root",
    "sh -c (echo x; echo x) | passwd root",
    "usermod -p $1$abc$x root",
  ],
  silent: [
    "passwd op",
    "passwd -S root",
    "usermod -aG audio op",
    { line: "chpasswd -e", parent: "/usr/bin/cloud-init" },
    "grep root /etc/passwd",
    "passwd -l guest",
  ],
});
