import { commandRule } from "../../command-rule.js";

/** A one-liner joins a chat network and waits for orders. */
export const chatBotStarted = commandRule({
  id: "chat-bot-started",
  alertType: "Picket_ChatBotStarted",
  name: "Bot of a chat network started",
  severity: "High",
  about: "A one-liner joins a chat network and waits for orders.",
  tactics: ["Command and Control", "Execution"],
  techniques: ["T1071.001", "T1059.006"],
  falsePositives: ["None are known on devices."],
  witness: ["privmsg", "join #", "6665", "6666", "6667", "6668", "6669", "6697", "nick"],
  patterns: [
    /\b(?:PRIVMSG|JOIN)\s+[#$]\S{1,40}/,
    /\b(?:python[\d.]*|perl|ruby|nc|ncat|telnet)\b.{0,200}(?:\s|:|,|['"])66(?:6[5-9]|97)\b.{0,80}/,
  ],
  except: [/^(?:\S*\/)?(?:weechat|irssi|znc|hexchat|grep)\b/],
  did: "started a bot of a chat network",
  because: "it takes orders from a chat",
  fires: [
    'perl -e use IO::Socket; $s=IO::Socket::INET->new("203.0.113.9:6667"); print $s "NICK x\\nJOIN #b\\n"',
    "sh -c printf 'NICK x\\r\\nJOIN #pwn\\r\\n' | nc 203.0.113.9 6667",
    "python3 bot.py 203.0.113.9 6697",
  ],
  silent: [
    "irssi -c chat.example.net -p 6697",
    "grep PRIVMSG irc.log",
    "nc -zv 10.0.0.5 22",
    "python3 -m http.server 8000",
    "perl -ne print if /nick/ users.txt",
  ],
});
