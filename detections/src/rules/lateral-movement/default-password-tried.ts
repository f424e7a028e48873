import { commandRule } from "../../command-rule.js";

/** A script hands a vendor's default name and password to telnet, as Mirai and its kin do to spread. */
export const defaultPasswordTried = commandRule({
  id: "default-password-tried",
  alertType: "Picket_DefaultPasswordTried",
  name: "Default password tried over telnet",
  severity: "High",
  about: "A script hands a vendor's default name and password to telnet, as Mirai and its kin do to spread.",
  tactics: ["Lateral Movement", "Credential Access"],
  techniques: ["T1110.001", "T1021", "T1078.001"],
  falsePositives: ["Technicians who set up a batch of devices."],
  witness: [
    "telnet",
    "nc",
    "xc3511",
    "vizxv",
    "7ujmko0",
    "anko",
    "juantech",
    "zlxx",
    "dreambox",
    "klv123",
    "hi3518",
  ],
  patterns: [
    /\b(?:xc3511|vizxv|7ujMko0(?:admin|vizxv)?|juantech|zlxx\.?|klv1234?|hi3518|jvbzd|Zte521|fucker|OxhlwSG8)\b/,
  ],
  sees: (reading) =>
    reading.pipelines
      .find(
        (commands) =>
          commands.length > 1 &&
          /^(?:telnet|nc|busybox)$/.test(commands.at(-1)?.name ?? "") &&
          /\s\d+\.\d+\.\d+\.\d+(?:\s+23|\s+2323|\s*$)/.test(commands.at(-1)?.text ?? "") &&
          commands.some(({ name }) => /^(?:echo|printf|sleep)$/.test(name)),
      )
      ?.map(({ text }) => text)
      .join(" | "),
  except: [/^(?:\S*\/)?(?:grep|vim?|less|cat|git)\s/],
  did: "tried default passwords on another device",
  because: "bots spread like this",
  fires: [
    "sh -c (echo root; sleep 1; echo xc3511; sleep 1) | telnet 10.0.0.9",
    "sh -c printf 'admin\\nadmin\\n' | nc 10.0.0.9 23",
    "python3 scan.py --user root --password vizxv 10.0.0.0/16",
  ],
  silent: [
    "telnet 10.0.0.9 23",
    "sh -c echo quit | telnet mail.example.net 25",
    "nc -zv 10.0.0.9 23",
    "grep xc3511 /var/log/auth.log",
    "sh -c echo PING | nc 10.0.0.9 6379",
  ],
});
