import { isAddress, type Payload } from "@picket/schema";

/** One login, or one that failed. */
export type Login = Payload<"Login">;
/** The end of a session. */
export type Logout = Payload<"Logout">;

/** What a line of the authentication log tells. */
export type LoginLine = { readonly login: Login } | { readonly logout: Logout };

interface Match {
  readonly pid: number;
  readonly tag: string;
  readonly text: string;
}

const MOST_LINE = 2_000;
// Time and host stand before the program, and the program writes its own name: what a user typed comes after it.
const HEAD =
  /^(?:\d{4}-\d\d-\d\dT\S+|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) \S+ (sshd(?:-session|-auth)?|login|su|sudo|doas|dropbear|systemd-logind)(?:\[(\d+)\])?: (.*)$/s;
const programs: ReadonlyMap<string, string> = new Map([
  ["sshd", "/usr/sbin/sshd"],
  ["sshd-session", "/usr/sbin/sshd"],
  ["sshd-auth", "/usr/sbin/sshd"],
  ["login", "/bin/login"],
  ["su", "/bin/su"],
  ["sudo", "/usr/bin/sudo"],
  ["doas", "/usr/bin/doas"],
  ["dropbear", "/usr/sbin/dropbear"],
]);

type Reader = (groups: readonly string[], match: Match) => LoginLine | undefined;

const head = ({ pid, tag }: Match, operation: string) => ({
  ProcessId: pid,
  Executable: programs.get(tag) ?? tag,
  Operation: operation,
});

const remote = (address: string, port: string) => ({
  ...(isAddress(address) ? { RemoteAddress: address } : {}),
  ...(port === "" ? {} : { RemotePort: port }),
});

const detailsOf = (given: Readonly<Record<string, string>>) => {
  const said = Object.entries(given).filter(([, value]) => value !== "");
  return said.length > 0 ? { ExtraDetails: Object.fromEntries(said) } : {};
};

const ssh: Reader = ([verb = "", method = "", user = "", address = "", port = ""], match) => ({
  login: {
    ...head(match, `ssh:${method}`),
    Result: verb === "Accepted" ? "Success" : "Fail",
    UserName: user,
    ...remote(address, port),
  },
});

const dropbear: Reader = ([verb = "", user = "", address = "", port = ""], match) => ({
  login: {
    ...head(match, /pubkey/i.test(verb) ? "ssh:publickey" : "ssh:password"),
    Result: /succeeded/.test(verb) ? "Success" : "Fail",
    UserName: user,
    ...remote(address, port),
  },
});

/** `sudo` writes who asked, where, and what for. */
const sudo: Reader = ([by = "", reason = "", terminal = "", user = "", command = ""], match) => ({
  login: {
    ...head(match, "sudo"),
    Result: reason === "" ? "Success" : "Fail",
    UserName: user,
    ...detailsOf({ ByUserName: by, Terminal: terminal, CommandLine: command, Reason: reason.trim() }),
  },
});

const opened: Reader = ([user = "", by = ""], match) => ({
  login: {
    ...head(match, match.tag),
    Result: "Success",
    UserName: user,
    ...detailsOf({ ByUserName: by === "root" && match.tag === "login" ? "" : by }),
  },
});

const refused: Reader = ([terminal = "", host = "", user = ""], match) => ({
  login: {
    ...head(match, match.tag),
    Result: "Fail",
    UserName: user,
    ...remote(host, ""),
    ...detailsOf({ Terminal: terminal }),
  },
});

const closed: Reader = ([user = ""], match) => ({
  logout: { ...head(match, /^ssh/.test(match.tag) ? "ssh" : match.tag), UserName: user },
});

/** What programs write, by program. What stands last in a line was written by the program itself. */
const sentences: readonly { readonly of: RegExp; readonly text: RegExp; readonly read: Reader }[] = [
  {
    of: /^sshd/,
    text: /^(Accepted|Failed) (\S+) for (?:invalid user )?(.*) from (\S+) port (\d+)(?: ssh2)?(?:: .*)?$/s,
    read: ssh,
  },
  { of: /^sshd/, text: /^pam_unix\(sshd:session\): session closed for user (\S+)$/, read: closed },
  {
    of: /^dropbear$/,
    text: /^((?:Password|Pubkey) auth succeeded|Bad password attempt) for '(.*)'(?: with \S+ key \S+)? from (\S+?):(\d+)$/s,
    read: dropbear,
  },
  {
    of: /^sudo$/,
    text: /^ *(\S+) : (?:(\d+ incorrect password attempts?|user NOT in sudoers|command not allowed) ; )?TTY=(\S+) ; PWD=.*? ; USER=(\S+) ; (?:.*? ; )?COMMAND=(.*)$/s,
    read: sudo,
  },
  {
    of: /^(?:login|su)$/,
    text: /^pam_unix\((?:login|su(?:-l)?):session\): session opened for user ([^\s(]+)(?:\(uid=\d+\))?(?: by ([^\s(]*))?/,
    read: opened,
  },
  {
    of: /^(?:login|su)$/,
    text: /^pam_unix\((?:login|su(?:-l)?):session\): session closed for user (\S+)$/,
    read: closed,
  },
  {
    of: /^login$/,
    text: /^FAILED LOGIN \(\d+\) on '([^']*)'(?: from '([^']*)')? FOR '(.*)', [^']*$/s,
    read: refused,
  },
  { of: /^su$/, text: /^FAILED SU \(()to (?:)()(.*)\) \S+ on \S+$/s, read: refused },
];

/** Reads one line of the authentication log; undefined when it is about something else. */
export function loginOf(line: string): LoginLine | undefined {
  if (line.length > MOST_LINE) return undefined;
  const [, tag = "", pid = "0", text] = HEAD.exec(line) ?? [];
  return text === undefined ? undefined : loginText({ tag, pid: Number(pid), text });
}

/** Reads what a program said of a login, wherever that was found. */
export function loginText(match: Match): LoginLine | undefined {
  for (const { of, text, read } of sentences) {
    if (!of.test(match.tag)) continue;
    const groups = text.exec(match.text);
    if (groups)
      return read(
        [...groups].slice(1).map((group = "") => group),
        match,
      );
  }
  return undefined;
}
