import { fieldOf, snapshotRule } from "../../snapshot-rule.js";

/** A chain of the firewall that denied something does so no more. */
export const firewallRuleVanished = snapshotRule({
  id: "firewall-rule-vanished",
  alertType: "Picket_FirewallRuleVanished",
  name: "Rules of the firewall gone",
  severity: "Medium",
  about: "A chain of the firewall that denied something does so no more.",
  tactics: ["Defense Evasion"],
  techniques: ["T1562.004"],
  remediation: "Load the rules again and find out who removed them.",
  falsePositives: ["A firewall that is being loaded anew at that moment."],
  reads: "FirewallConfiguration",
  on: "vanishes",
  remember: (item) =>
    fieldOf(item, "Action") === "Deny" &&
    /^(?:INPUT|FORWARD|OUTPUT|input|forward|output)$/.test(fieldOf(item, "ChainName"))
      ? [fieldOf(item, "ChainName"), "Deny"]
      : undefined,
  title: (key, deviceId) => `The chain ${key} of ${deviceId} denies nothing any more`,
  reason: (key) => `The chain ${key} had rules that deny in the last snapshot and has none now.`,
  cases: [
    {
      name: "it is emptied",
      before: [
        { ChainName: "INPUT", Action: "Deny" },
        { ChainName: "INPUT", Action: "Allow", Enabled: true, SourceAddress: "10.0.0.1", Priority: 1 },
      ],
      after: [{ ChainName: "INPUT", Action: "Allow", Enabled: true, SourceAddress: "10.0.0.1", Priority: 1 }],
      alerts: 1,
    },
    {
      name: "it stays",
      before: [{ ChainName: "INPUT", Action: "Deny" }],
      after: [
        { ChainName: "INPUT", Action: "Deny" },
        { ChainName: "INPUT", Action: "Allow", Enabled: true, SourceAddress: "10.0.0.2", Priority: 2 },
      ],
      alerts: 0,
    },
    {
      name: "a chain of containers",
      before: [{ ChainName: "DOCKER-USER", Action: "Deny" }],
      after: [],
      alerts: 0,
    },
  ],
});
