import { rule, shown } from "../../rule.js";

/** A device spoke to an address that is on a list of threat intelligence. */
export const knownAddressContacted = rule({
  kind: "indicator",
  id: "known-address-contacted",
  alertType: "IoT_TiConnection",
  name: "Suspicious IP address communication",
  severity: "Medium",
  about: "A device spoke to an address that is on a list of threat intelligence.",
  tactics: ["Command and Control"],
  techniques: ["T1071", "T1571"],
  remediation:
    "Find out which program spoke and why. Block the address, and take the device off the network if nobody can explain it.",
  falsePositives: [
    "Addresses that many sites share, and lists that are old; the indicator's source and age are in the evidence.",
  ],
  needs: "a list of threat intelligence",
  observes: ["address"],
  reads: ["ConnectionCreate", "ConnectionTerminate"],
  title: (sighting) => `${sighting.deviceId} spoke to a suspicious address`,
  reason: (sighting) =>
    `${shown(sighting.observed)} in ${sighting.where} is on the list ${sighting.source}: ${sighting.description}.`,
});
