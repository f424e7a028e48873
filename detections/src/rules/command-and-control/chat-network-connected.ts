import { isInside } from "../../addresses.js";
import { eventRule } from "../../event-rule.js";
import { afterConnection } from "../../questions.js";
import { textOf } from "../../rule.js";

/** A program opened a connection to the outside at a port of chat networks, as bots have done for thirty years. */
export const chatNetworkConnected = eventRule({
  id: "chat-network-connected",
  alertType: "Picket_ChatNetworkConnected",
  name: "Connection to a chat network",
  severity: "Medium",
  about:
    "A program opened a connection to the outside at a port of chat networks, as bots have done for thirty years.",
  tactics: ["Command and Control"],
  techniques: ["T1071", "T1008"],
  remediation: "Find out which program it is and what it says.",
  falsePositives: ["People who chat; a device in service does not."],
  reads: "ConnectionCreate",
  witness: { field: "RemotePort", anyOf: ["666", "6697", "7000"] },
  sees: (event) =>
    textOf(event, "Direction") === "Out" &&
    textOf(event, "RemoteAddress") !== "" &&
    !isInside(textOf(event, "RemoteAddress")) &&
    /^(?:666[5-9]|6697)$/.test(textOf(event, "RemotePort")) &&
    !/\/(?:irssi|weechat\S*|hexchat|znc|thunderbird|firefox)$/.test(textOf(event, "Executable"))
      ? `${textOf(event, "RemoteAddress")}:${textOf(event, "RemotePort")}`
      : undefined,
  entity: (event) => `${textOf(event, "Executable")} ${textOf(event, "RemoteAddress")}`,
  title: (event) => `${event.deviceId} joined a chat network`,
  reason: (event, matched) =>
    `${textOf(event, "Executable") || "A program"} opened a connection to ${matched}.`,
  next: afterConnection,
  fires: [
    ["a bot", { Direction: "Out", RemoteAddress: "203.0.113.9", RemotePort: "6667", Executable: "/tmp/b" }],
    [
      "a script",
      { Direction: "Out", RemoteAddress: "203.0.113.9", RemotePort: "6697", Executable: "/usr/bin/perl" },
    ],
  ],
  silent: [
    [
      "a person",
      { Direction: "Out", RemoteAddress: "203.0.113.9", RemotePort: "6697", Executable: "/usr/bin/irssi" },
    ],
    ["inside", { Direction: "Out", RemoteAddress: "10.0.0.5", RemotePort: "6667" }],
    ["a web page", { Direction: "Out", RemoteAddress: "203.0.113.9", RemotePort: "443" }],
  ],
});
