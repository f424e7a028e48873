import { eventRule, many } from "../../event-rule.js";
import { afterConnection } from "../../questions.js";
import { type RuleEvent, shown, textOf } from "../../rule.js";

const KNOWN =
  /\.(?:cloudfront\.net|akamai\w*\.net|amazonaws\.com|azure\w*\.(?:com|net)|windows\.net|googleusercontent\.com|spamhaus\.org|sophosxl\.net|in-addr\.arpa|ip6\.arpa|mcafee\.com|trendmicro\.com)$/;
const domainOf = (event: RuleEvent): string => textOf(event, "QueryName").split(".").slice(-2).join(".");

/** A device looked up many different long names below one domain within minutes: data leaves or orders come inside names. */
export const namesCarryData = eventRule({
  id: "names-carry-data",
  alertType: "Picket_NamesCarryData",
  name: "Look-ups that carry data",
  severity: "High",
  about:
    "A device looked up many different long names below one domain within minutes: data leaves or orders come inside names.",
  tactics: ["Exfiltration", "Command and Control"],
  techniques: ["T1048.003", "T1071.004"],
  remediation: "Block the domain and find the program that asks.",
  falsePositives: [
    "Filters against spam and content networks use long names as well; name their domain in an exception.",
  ],
  needs: "the agent's look-ups of names",
  reads: "DnsQuery",
  threshold: { count: 60, minutes: 10, distinct: (event) => textOf(event, "QueryName") },
  sees: (event) => {
    const labels = textOf(event, "QueryName").split(".");
    const isLong =
      labels.slice(0, -2).some((label) => label.length >= 30 && /[0-9]/.test(label)) ||
      labels.slice(0, -2).join("").length >= 60;
    return isLong && !KNOWN.test(textOf(event, "QueryName")) ? domainOf(event) : undefined;
  },
  entity: (event) => domainOf(event),
  title: (event) => `Data may leave ${event.deviceId} inside names`,
  reason: (event, matched, hits) =>
    `${textOf(event, "Executable") || "A program"} looked up ${hits} different long names below ${shown(matched)} within 10 minutes; 60 make an alert.`,
  next: afterConnection,
  fires: [
    many("sixty long names", 60, (n) => ({
      QueryName: `${n}a9f3c1d2e4b5a69788f0c1d2e3f4a5b6c7.t.example.net`,
    })),
  ],
  silent: [
    many("long names of a cloud", 80, (n) => ({
      QueryName: `${n}a9f3c1d2e4b5a69788f0c1d2e3f4a5b6c7.cloudfront.net`,
    })),
    many("short names", 80, (n) => ({ QueryName: `h${n}.example.net` })),
    many("one long name", 80, () => ({ QueryName: "a9f3c1d2e4b5a69788f0c1d2e3f4a5b6c71.t.example.net" })),
  ],
});
