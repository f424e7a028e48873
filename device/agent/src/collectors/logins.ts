import { isAddress, type Payload } from "@picket/schema";

/** One login, or one that failed. */
export type Login = Payload<"Login">;

const TAG = String.raw`\b(sshd(?:-session)?|login|su)\[(\d+)\]: `;
// Names come from whoever knocks: what stands last in the line was written by the program itself.
const SSH = new RegExp(
  `${TAG}(Accepted|Failed) (\\S+) for (?:invalid user )?(.*) from (\\S+) port (\\d+)(?: ssh2)?(?:: .*)?$`,
);
const OPENED = new RegExp(
  `${TAG}pam_unix\\((?:login|su(?:-l)?):session\\): session opened for user ([^\\s(]+)`,
);
const REFUSED = new RegExp(
  `${TAG}(?:FAILED LOGIN \\(\\d+\\) on '[^']*'(?: from '[^']*')? FOR '([^']*)'|FAILED SU \\(to ([^)]*)\\))`,
);
const programs: Readonly<Record<string, string>> = {
  sshd: "/usr/sbin/sshd",
  "sshd-session": "/usr/sbin/sshd",
  login: "/bin/login",
  su: "/bin/su",
};

/** Reads one line of the authentication log; undefined when it is about something else. */
export function loginOf(line: string): Login | undefined {
  if (line.length > 2_000) return undefined;
  const ssh = SSH.exec(line);
  if (ssh) {
    const [, tag = "", pid = "0", verb, method = "", user = "", address = "", port = ""] = ssh;
    return {
      ProcessId: Number(pid),
      Executable: programs[tag] ?? tag,
      Operation: `ssh:${method}`,
      Result: verb === "Accepted" ? "Success" : "Fail",
      UserName: user,
      ...(isAddress(address) ? { RemoteAddress: address } : {}),
      RemotePort: port,
    };
  }
  const opened = OPENED.exec(line);
  const [, tag = "", pid = "0", first, second] = opened ?? REFUSED.exec(line) ?? [];
  const user = first ?? second;
  if (user === undefined) return undefined;
  return {
    ProcessId: Number(pid),
    Executable: programs[tag] ?? tag,
    Operation: tag,
    Result: opened ? "Success" : "Fail",
    UserName: user,
  };
}
