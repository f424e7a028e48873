import { listed, type RollingRecommendation, recommendation } from "../recommendation.js";

const ofError = (
  errorType: "NotOptimal" | "Conflict",
  about: Pick<RollingRecommendation, "id" | "name" | "about" | "remediation">,
): RollingRecommendation =>
  recommendation({
    kind: "rolling",
    ...about,
    severity: "Low",
    reads: "ConfigurationError",
    hours: 24 * 365,
    clearsOnTwin: true,
    matters: (item) => item["ErrorType"] === errorType,
    evaluate: (items) => {
      if (items.length === 0) return undefined;
      const last = new Map(items.map((item) => [String(item["ConfigurationName"]), item]));
      return {
        description: `The agent says of ${listed([...last.keys()])}: ${String([...last.values()].at(-1)?.["Message"] ?? "")}`,
        evidence: { Settings: [...last.values()] },
      };
    },
    cases: [
      {
        name: "the agent complains",
        items: [
          {
            ErrorType: errorType,
            ConfigurationName: "maxMessageSizeInBytes",
            Message: "5000 is no multiple of 4096",
          },
        ],
        active: true,
      },
      { name: "nothing was said", items: [], active: false },
    ],
  });

/** The agent's settings work and waste room. */
export const twinNotOptimal = ofError("NotOptimal", {
  id: "IoT_TwinConfigurationNotOptimal",
  name: "Security twin configuration not optimal",
  about:
    "A setting in the agent's twin works and wastes room, such as a message size that is no multiple of 4 KB.",
  remediation:
    "Change the setting that the evidence names in the twin of the security module; a newer twin clears this until the agent says so again.",
});

/** Settings of the agent contradict each other. */
export const twinConflict = ofError("Conflict", {
  id: "IoT_TwinConfigurationConflict",
  name: "Security twin configuration conflict",
  about: "Settings in the agent's twin contradict each other, so that it uses others than you asked for.",
  remediation:
    "Change one of the settings that the evidence names in the twin of the security module; a newer twin clears this until the agent says so again.",
});
