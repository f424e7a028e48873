import { eventRule, many } from "../../event-rule.js";
import { afterConnection } from "../../questions.js";
import { shown, textOf } from "../../rule.js";

/** A device looked up many different names within minutes that do not exist: a program tries the names that its maker may have registered. */
export const namesMadeUp = eventRule({
  id: "names-made-up",
  alertType: "Picket_NamesMadeUp",
  name: "Many names that do not exist looked up",
  severity: "Medium",
  about:
    "A device looked up many different names within minutes that do not exist: a program tries the names that its maker may have registered.",
  tactics: ["Command and Control"],
  techniques: ["T1568.002"],
  remediation: "Find the program that asks and what it is; look at the names that did exist.",
  falsePositives: [
    "A search domain that is added to every name, browsers that probe for a proxy; those names share an ending.",
  ],
  needs: "the agent's look-ups of names",
  reads: "DnsQuery",
  threshold: { count: 60, minutes: 10, distinct: (event) => textOf(event, "QueryName") },
  sees: (event) =>
    /^(?:NXDOMAIN|3)$/.test(textOf(event, "ResponseCode")) &&
    /^[a-z0-9]{7,63}\.[a-z]{2,10}$/.test(textOf(event, "QueryName"))
      ? textOf(event, "QueryName")
      : undefined,
  entity: (event) => textOf(event, "Executable"),
  title: (event) => `${event.deviceId} tries names that do not exist`,
  reason: (event, matched, hits) =>
    `${textOf(event, "Executable") || "A program"} looked up ${hits} different names within 10 minutes that do not exist, the last ${shown(matched)}; 60 make an alert.`,
  next: afterConnection,
  fires: [
    many("sixty names", 60, (n) => ({
      QueryName: `qx${(n * 7919).toString(36)}zkw${n}.net`,
      ResponseCode: "NXDOMAIN",
    })),
  ],
  silent: [
    many("names that exist", 80, (n) => ({ QueryName: `host${n}example.net`, ResponseCode: "NOERROR" })),
    many("the same one", 80, () => ({ QueryName: "misspelt.net", ResponseCode: "NXDOMAIN" })),
    many("names inside", 80, (n) => ({
      QueryName: `printer${n}.office.example.net`,
      ResponseCode: "NXDOMAIN",
    })),
  ],
});
