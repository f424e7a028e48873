import { eventRule } from "../../event-rule.js";
import { afterConnection } from "../../questions.js";
import { shown, textOf } from "../../rule.js";

/** A name of a service that gives changing addresses, tunnels or throw-away pages was looked up: cheap infrastructure of malware, and of tinkerers. */
export const changingNameLookedUp = eventRule({
  id: "changing-name-looked-up",
  alertType: "Picket_ChangingNameLookedUp",
  name: "Name of a service for changing addresses looked up",
  severity: "Low",
  about:
    "A name of a service that gives changing addresses, tunnels or throw-away pages was looked up: cheap infrastructure of malware, and of tinkerers.",
  tactics: ["Command and Control"],
  techniques: ["T1568.001", "T1102"],
  remediation: "Find out whose name it is. If nobody knows, look at the program that asked.",
  falsePositives: ["Cameras and home servers that are reached by such a name on purpose."],
  needs: "the agent's look-ups of names",
  reads: "DnsQuery",
  sees: (event) =>
    /\.(?:duckdns\.org|no-ip\.(?:com|org|biz)|ddns\.net|hopto\.org|zapto\.org|serveo\.net|ngrok(?:-free)?\.(?:io|app|dev)|trycloudflare\.com|loca\.lt|dynu\.net|servehttp\.com|myftp\.biz|3utilities\.com|chickenkiller\.com|portmap\.(?:io|host))$|^(?:pastebin\.com|transfer\.sh|api\.telegram\.org|discord\.com|temp\.sh|bashupload\.com)$/i.exec(
      textOf(event, "QueryName"),
    )?.[0],
  entity: (event) => textOf(event, "QueryName"),
  title: (event) => `${event.deviceId} asked for ${textOf(event, "QueryName")}`,
  reason: (event, matched) =>
    `${textOf(event, "Executable") || "A program"} looked up ${shown(textOf(event, "QueryName"))}; names of ${matched.replace(/^\./, "")} are cheap to get and to drop.`,
  next: afterConnection,
  fires: [
    ["a changing address", { QueryName: "bot7.duckdns.org" }],
    ["a tunnel", { QueryName: "x.trycloudflare.com" }],
    ["a chat service", { QueryName: "api.telegram.org" }],
  ],
  silent: [
    ["an update", { QueryName: "updates.example.net" }],
    ["a cloud", { QueryName: "www.cloudflare.com" }],
    ["a help page", { QueryName: "docs.ngrok.example" }],
  ],
});
