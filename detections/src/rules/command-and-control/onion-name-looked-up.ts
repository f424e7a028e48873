import { eventRule } from "../../event-rule.js";
import { afterConnection } from "../../questions.js";
import { shown, textOf } from "../../rule.js";

/** A name that exists only behind Tor was looked up: a program tries to reach it. */
export const onionNameLookedUp = eventRule({
  id: "onion-name-looked-up",
  alertType: "Picket_OnionNameLookedUp",
  name: "Name behind Tor looked up",
  severity: "Medium",
  about: "A name that exists only behind Tor was looked up: a program tries to reach it.",
  tactics: ["Command and Control"],
  techniques: ["T1090.003"],
  remediation: "Find the program that asked and what it is.",
  falsePositives: ["People who follow such a link with a plain browser."],
  needs: "the agent's look-ups of names",
  reads: "DnsQuery",
  witness: { field: "QueryName", anyOf: [".onion", "tor2web", "onion.", "torproject"] },
  sees: (event) =>
    /\.onion$|\.(?:onion\.(?:to|ws|pet|ly|link|cab|dog)|tor2web\.\w+)$/i.exec(
      textOf(event, "QueryName"),
    )?.[0],
  entity: (event) => textOf(event, "QueryName"),
  title: (event) => `${event.deviceId} asked for a name behind Tor`,
  reason: (event) =>
    `${textOf(event, "Executable") || "A program"} looked up ${shown(textOf(event, "QueryName"))}.`,
  next: afterConnection,
  fires: [
    ["a name behind Tor", { QueryName: "2gzyxa5ihm7nsggf.onion" }],
    ["through a gateway", { QueryName: "2gzyxa5ihm7nsggf.onion.ws" }],
  ],
  silent: [
    ["a vegetable", { QueryName: "onion.example.net" }],
    ["the project", { QueryName: "www.torproject.org" }],
    ["a shop", { QueryName: "onions.shop.example" }],
  ],
});
