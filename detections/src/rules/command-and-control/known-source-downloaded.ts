import { rule, shown } from "../../rule.js";

/** A command names an address, or a file has a hash, that is on a list of threat intelligence. */
export const knownSourceDownloaded = rule({
  kind: "indicator",
  id: "known-source-downloaded",
  alertType: "IoT_PossibleMalware",
  name: "File downloads from a known malicious source detected",
  severity: "Medium",
  about: "A command names an address, or a file has a hash, that is on a list of threat intelligence.",
  tactics: ["Command and Control"],
  techniques: ["T1105", "T1588.001"],
  remediation: "Keep the file, take the device off the network, and look at what was started since.",
  falsePositives: ["Analysts who fetch malware on purpose."],
  needs: "a list of threat intelligence",
  observes: ["url", "domain", "address", "hash"],
  reads: ["ProcessCreate", "FileChange"],
  title: (sighting) => `Something on ${sighting.deviceId} comes from a known malicious source`,
  reason: (sighting) =>
    `${shown(sighting.observed)} in ${sighting.where} is on the list ${sighting.source}: ${sighting.description}.`,
});
