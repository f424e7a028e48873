// A list.
import type { Check, Named } from "./check.js";
import { sshOption } from "./kinds.js";

interface Option {
  readonly name: string;
  /** What the server does when nothing is said. */
  readonly fallback: string;
  readonly good: string;
  readonly isGood?: (value: string) => boolean;
}
const option = ({ name, fallback, good, isGood }: Option, ...named: Named): Check =>
  sshOption(named, { name, fallback, good, isGood: isGood ?? ((value) => value === good.toLowerCase()) });
const between = (least: number, most: number) => (value: string) =>
  seconds(value) >= least && seconds(value) <= most;

/** The server writes times as `60`, `1m`, `2h`. */
function seconds(text: string): number {
  const [, number = "", unit = ""] = /^(\d+)([smhd]?)$/.exec(text) ?? [];
  const factor = { "": 1, s: 1, m: 60, h: 3_600, d: 86_400 }[unit] ?? 1;
  return number === "" ? Number.NaN : Number(number) * factor;
}
const none = (weak: RegExp) => (value: string) => !value.split(",").some((each) => weak.test(each));

const OLD = "Old methods can be broken or weakened by who listens.";

/** How the SSH server lets people in. */
export const sshChecks: readonly Check[] = [
  option(
    {
      name: "PermitRootLogin",
      fallback: "prohibit-password",
      good: "prohibit-password",
      isGood: (value) => value !== "yes",
    },
    "PICKET-SSH-01",
    "Important",
    "Nobody logs in as root with a password over SSH.",
    "Root's name is known, so only its password is to be guessed; and nobody knows who it was.",
  ),
  option(
    { name: "PermitEmptyPasswords", fallback: "no", good: "no" },
    "PICKET-SSH-02",
    "Critical",
    "Empty passwords do not open an SSH session.",
    "An account without a password would be open to the network.",
  ),
  option(
    { name: "PasswordAuthentication", fallback: "yes", good: "no" },
    "PICKET-SSH-03",
    "Warning",
    "SSH sessions need a key, not a password.",
    "Passwords are guessed all day long by machines; keys cannot be.",
  ),
  option(
    { name: "MaxAuthTries", fallback: "6", good: "4", isGood: (value) => Number(value) <= 6 },
    "PICKET-SSH-04",
    "Warning",
    "An SSH connection has few tries to log in.",
    "Each try more makes guessing faster.",
  ),
  option(
    { name: "X11Forwarding", fallback: "no", good: "no" },
    "PICKET-SSH-05",
    "Warning",
    "Windows are not passed through SSH.",
    "A device has no screen to show, and whoever owns it could reach into the caller's.",
  ),
  option(
    { name: "IgnoreRhosts", fallback: "yes", good: "yes", isGood: (value) => value !== "no" },
    "PICKET-SSH-06",
    "Important",
    "Files of old do not let in whole hosts.",
    "A file in a home would open the account to another host.",
  ),
  option(
    { name: "HostbasedAuthentication", fallback: "no", good: "no" },
    "PICKET-SSH-07",
    "Important",
    "No host is trusted as a whole.",
    "One host that was taken over would open all.",
  ),
  option(
    { name: "LoginGraceTime", fallback: "120", good: "60", isGood: between(1, 120) },
    "PICKET-SSH-08",
    "Warning",
    "Who does not log in soon is cut off.",
    "Connections that wait for ever keep others out.",
  ),
  option(
    { name: "ClientAliveInterval", fallback: "0", good: "300", isGood: between(1, 900) },
    "PICKET-SSH-09",
    "Warning",
    "The server looks whether the other end is still there.",
    "A session that was left open is taken over.",
  ),
  option(
    { name: "ClientAliveCountMax", fallback: "3", good: "3", isGood: (value) => Number(value) <= 3 },
    "PICKET-SSH-10",
    "Informational",
    "A silent other end is given up soon.",
    "A session that was left open is taken over.",
  ),
  option(
    { name: "MaxSessions", fallback: "10", good: "10", isGood: (value) => Number(value) <= 10 },
    "PICKET-SSH-11",
    "Informational",
    "One connection has few sessions.",
    "One login could use up the device.",
  ),
  option(
    {
      name: "MaxStartups",
      fallback: "10:30:100",
      good: "10:30:60",
      isGood: (value) => Number(value.split(":").at(-1)) <= 100,
    },
    "PICKET-SSH-12",
    "Informational",
    "Few connections wait for a login at once.",
    "A flood of them keeps administrators out.",
  ),
  option(
    {
      name: "LogLevel",
      fallback: "INFO",
      good: "VERBOSE",
      isGood: (value) => /^(?:info|verbose|debug\d?)$/.test(value),
    },
    "PICKET-SSH-13",
    "Warning",
    "The server logs who came in and who was refused.",
    "Without it nobody sees that passwords are tried.",
  ),
  option(
    { name: "UsePAM", fallback: "no", good: "yes" },
    "PICKET-SSH-14",
    "Informational",
    "The server asks the system who may come in.",
    "Locks after failed tries and limits of sessions hold only then; small systems have no PAM.",
  ),
  option(
    { name: "PermitUserEnvironment", fallback: "no", good: "no" },
    "PICKET-SSH-15",
    "Important",
    "Users do not set the server's environment.",
    "A forced command could be stepped around.",
  ),
  option(
    { name: "AllowTcpForwarding", fallback: "yes", good: "no" },
    "PICKET-SSH-16",
    "Informational",
    "The device is no way into its network.",
    "Whoever logs in reaches everything that the device reaches.",
  ),
  option(
    {
      name: "Banner",
      fallback: "none",
      good: "/etc/issue.net",
      isGood: (value) => value !== "none" && value !== "",
    },
    "PICKET-SSH-17",
    "Informational",
    "A notice is shown before the login.",
    "In some countries access must be forbidden in words before it can be punished.",
  ),
  option(
    {
      name: "Ciphers",
      fallback: "",
      good: "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-gcm@openssh.com",
      isGood: none(/cbc|arcfour|3des|blowfish|cast128/),
    },
    "PICKET-SSH-18",
    "Important",
    "No weak ciphers are offered.",
    OLD,
  ),
  option(
    {
      name: "MACs",
      fallback: "",
      good: "hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com",
      isGood: none(/md5|sha1-96|ripemd|umac-64(?!-etm)/),
    },
    "PICKET-SSH-19",
    "Important",
    "No weak checksums are offered.",
    OLD,
  ),
  option(
    {
      name: "KexAlgorithms",
      fallback: "",
      good: "curve25519-sha256,curve25519-sha256@libssh.org",
      isGood: none(/group1-sha1|group14-sha1$|group-exchange-sha1/),
    },
    "PICKET-SSH-20",
    "Important",
    "No weak exchange of keys is offered.",
    OLD,
  ),
  option(
    { name: "StrictModes", fallback: "yes", good: "yes" },
    "PICKET-SSH-21",
    "Important",
    "Keys that others could have written are not believed.",
    "A file that all may write opens the account to all.",
  ),
  option(
    { name: "GatewayPorts", fallback: "no", good: "no" },
    "PICKET-SSH-22",
    "Warning",
    "Passed-on ports are not open to the network.",
    "A user could open a door into the network behind the firewall.",
  ),
  option(
    { name: "PermitTunnel", fallback: "no", good: "no" },
    "PICKET-SSH-23",
    "Warning",
    "No networks are joined through SSH.",
    "Networks that are to be apart would be one.",
  ),
  option(
    { name: "GSSAPIAuthentication", fallback: "no", good: "no" },
    "PICKET-SSH-24",
    "Informational",
    "Tickets of a domain are not taken.",
    "A device outside of a domain has no use for the code that reads them.",
  ),
  option(
    { name: "AllowAgentForwarding", fallback: "yes", good: "no" },
    "PICKET-SSH-25",
    "Informational",
    "Keys of callers are not passed on.",
    "Root of the device could use them elsewhere.",
  ),
  option(
    { name: "Protocol", fallback: "2", good: "2" },
    "PICKET-SSH-26",
    "Critical",
    "Only the second version of SSH is spoken.",
    "The first one can be broken.",
  ),
];
