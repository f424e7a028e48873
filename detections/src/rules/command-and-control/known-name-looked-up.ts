import { rule, shown } from "../../rule.js";

/** A device looked up a name that is on a list of threat intelligence. */
export const knownNameLookedUp = rule({
  kind: "indicator",
  id: "known-name-looked-up",
  alertType: "IoT_MaliciousNameQueriesDetection",
  name: "Malicious Domain Name Request",
  severity: "Medium",
  about: "A device looked up a name that is on a list of threat intelligence.",
  tactics: ["Command and Control"],
  techniques: ["T1071.004", "T1568"],
  remediation: "Take the device off the network and look for the program that asked.",
  falsePositives: ["Filters and name servers that ask for every name on a list."],
  needs: "a list of threat intelligence, and the agent's look-ups of names",
  observes: ["domain"],
  reads: ["DnsQuery"],
  title: (sighting) => `${sighting.deviceId} looked up a malicious name`,
  reason: (sighting) =>
    `${shown(sighting.observed)} in ${sighting.where} is on the list ${sighting.source}: ${sighting.description}.`,
});
