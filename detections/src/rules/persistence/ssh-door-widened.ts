import { commandRule } from "../../command-rule.js";
import { find, writesTo } from "../../shell/look.js";

/** The configuration of the SSH server was changed by a command so that more gets in, or a second server was started. */
export const sshDoorWidened = commandRule({
  id: "ssh-door-widened",
  alertType: "Picket_SshDoorWidened",
  name: "SSH server opened wider",
  severity: "Medium",
  about:
    "The configuration of the SSH server was changed by a command so that more gets in, or a second server was started.",
  tactics: ["Persistence", "Defense Evasion"],
  techniques: ["T1098.004", "T1556", "T1021.004"],
  falsePositives: ["Set-up scripts that turn password logins on for a first visit."],
  witness: [
    "sshd_config",
    "sshd",
    "dropbear",
    "permitrootlogin",
    "permitemptypasswords",
    "authorizedkeysfile",
  ],
  sees: (reading) =>
    writesTo(reading, /^\/etc\/ssh\/sshd_config(?:\.d\/\S+)?$/, ({ text, input }) =>
      /(?:(?:PermitRootLogin|PermitEmptyPasswords|PasswordAuthentication|GatewayPorts)\s+yes(?:\/\w{0,3}(?=\s|$)|(?=\s|$|['"\\]))|AuthorizedKeysFile|AuthorizedKeysCommand\b|Port\s+\d{3,5})/i.test(
        `${text} ${input ?? ""}`,
      ),
    ) ??
    find(reading, /^sshd$/, ({ text }) =>
      /\s-f\s*(?:\/tmp|\/dev\/shm|\/var\/tmp|\.)\S*|\s-o\s*(?:PermitRootLogin|PermitEmptyPasswords)=yes/i.test(
        text,
      ),
    ) ??
    find(
      reading,
      /^dropbear$/,
      ({ text }) => /\s-p\s*(?:\S+:)?(?!22\b)\d+/.test(text) && /\s-[a-zA-Z]*r|\s-B\b|\/tmp/.test(text),
    ),
  did: "opened the SSH server wider",
  because: "more people get in than before",
  fires: [
    "sh -c echo 'PermitRootLogin yes' >> /etc/ssh/sshd_config",
    "sed -i s/#PermitEmptyPasswords no/PermitEmptyPasswords yes/ /etc/ssh/sshd_config",
    "/usr/sbin/sshd -f /tmp/sshd_config -p 2222",
    "./dropbear -p 443 -r /tmp/key -B",
  ],
  silent: [
    "sed -i s/PermitRootLogin yes/PermitRootLogin no/ /etc/ssh/sshd_config",
    "sshd -t",
    "cat /etc/ssh/sshd_config",
    "systemctl restart sshd",
    "/usr/sbin/sshd -D",
    "dropbear -p 22 -F",
  ],
});
