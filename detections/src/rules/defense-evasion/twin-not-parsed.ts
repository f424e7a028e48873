import { rule, shown, textOf } from "../../rule.js";

/** An agent could not read its settings: it goes on with the old ones, perhaps without what you just asked for. */
export const twinNotParsed = rule({
  kind: "match",
  id: "twin-not-parsed",
  alertType: "IoT_TwinParseFailure",
  name: "IoT agent attempted and failed to parse the module twin configuration",
  severity: "Medium",
  about:
    "An agent could not read its settings: it goes on with the old ones, perhaps without what you just asked for.",
  tactics: ["Defense Evasion"],
  techniques: ["T1562.001"],
  remediation: "Mend the setting named in the evidence; the agent reads it again at once.",
  falsePositives: ["A slip in a setting, right after somebody changed the twin."],
  reads: "ConfigurationError",
  matches: (event) =>
    textOf(event, "ErrorType") === "TypeMismatch" ? textOf(event, "ConfigurationName") : undefined,
  entity: (event) => textOf(event, "ConfigurationName"),
  title: (event) => `The agent of ${event.deviceId} cannot read its settings`,
  reason: (event, matched) => `The setting ${shown(matched)} could not be read: ${textOf(event, "Message")}`,
  cases: [
    {
      name: "a value of a wrong type",
      events: [
        {
          item: { ErrorType: "TypeMismatch", ConfigurationName: "snapshotFrequency", Message: "no duration" },
        },
      ],
      alerts: 1,
    },
    {
      name: "a value that works and wastes room",
      events: [
        { item: { ErrorType: "NotOptimal", ConfigurationName: "maxMessageSizeInBytes", Message: "" } },
      ],
      alerts: 0,
    },
    {
      name: "values that do not go together",
      events: [
        { item: { ErrorType: "Conflict", ConfigurationName: "maxLocalCacheSizeInBytes", Message: "small" } },
      ],
      alerts: 0,
    },
  ],
});
