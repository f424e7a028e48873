import { eventRule } from "../../event-rule.js";
import { afterConnection } from "../../questions.js";
import { shown, textOf } from "../../rule.js";

/** The name of a pool for coin miners was looked up. */
export const miningPoolLookedUp = eventRule({
  id: "mining-pool-looked-up",
  alertType: "Picket_MiningPoolLookedUp",
  name: "Name of a mining pool looked up",
  severity: "High",
  about: "The name of a pool for coin miners was looked up.",
  tactics: ["Command and Control", "Impact"],
  techniques: ["T1496.001", "T1071.004"],
  remediation: "Find the program that asked and stop it; look at how it came to the device.",
  falsePositives: ["Name servers and filters that ask for every name on a list."],
  needs: "the agent's look-ups of names",
  reads: "DnsQuery",
  sees: (event) =>
    /(?:^|\.)(?:supportxmr\.com|moneroocean\.stream|minexmr\.com|nanopool\.org|hashvault\.pro|2miners\.com|f2pool\.com|nicehash\.com|c3pool\.(?:com|org)|unmineable\.com|herominers\.com|xmrpool\.(?:eu|net)|minergate\.com|dwarfpool\.com|ethermine\.org|skypool\.org|xmr\.pt|kryptex\.network)$|^(?:xmr|monero|pool|stratum)[\w-]*\.[\w-]*(?:pool|mine|xmr)[\w-]*\.\w+$/i.exec(
      textOf(event, "QueryName"),
    )?.[0],
  entity: (event) => textOf(event, "QueryName"),
  title: (event) => `${event.deviceId} asked for a mining pool`,
  reason: (event, matched) =>
    `${textOf(event, "Executable") || "A program"} looked up ${shown(textOf(event, "QueryName"))}, which belongs to ${matched.replace(/^\./, "")}.`,
  next: afterConnection,
  fires: [
    ["a pool", { QueryName: "pool.supportxmr.com" }],
    ["another", { QueryName: "xmr-eu1.nanopool.org" }],
    ["by its shape", { QueryName: "xmr.mypool-mine.net" }],
  ],
  silent: [
    ["a shop", { QueryName: "pool-supplies.example.net" }],
    ["an update", { QueryName: "updates.example.net" }],
    ["a carpool", { QueryName: "carpool.example.net" }],
  ],
});
