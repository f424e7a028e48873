import { recommendation } from "../recommendation.js";

const SHARE = 0.1;
type Item = Readonly<Record<string, unknown>>;
const sum = (items: readonly Item[], field: string): number =>
  items.reduce((total, item) => total + (Number(item[field]) || 0), 0);

/** Every message costs as much as a full one: small ones waste money and battery. */
export const messagesUnderused = recommendation({
  kind: "rolling",
  id: "IoT_AgentSendsUnutilizedMessages",
  name: "Agent sends unutilized messages",
  severity: "Low",
  about:
    "Ten per cent or more of a device's security messages of the last day were smaller than 4 KB; each costs as much as a full one.",
  remediation:
    "Let the agent wait longer before it sends: raise highPriorityMessageFrequency and lowPriorityMessageFrequency in its twin.",
  reads: "MessageStatistics",
  hours: 24,
  matters: () => true,
  evaluate: (items) => {
    const sent = sum(items, "MessagesSent");
    const small = sum(items, "MessagesUnder4KB");
    if (sent < 10 || small < sent * SHARE) return undefined;
    const percent = Math.round((small / sent) * 100);
    return {
      description: `${small} of ${sent} security messages of the last day were smaller than 4 KB (${percent} %); 10 % make a recommendation.`,
      evidence: { MessagesSent: sent, MessagesUnder4KB: small },
    };
  },
  cases: [
    { name: "half are small", items: [{ MessagesSent: 50, MessagesUnder4KB: 25 }], active: true },
    {
      name: "over several reports",
      items: [
        { MessagesSent: 50, MessagesUnder4KB: 2 },
        { MessagesSent: 50, MessagesUnder4KB: 9 },
      ],
      active: true,
    },
    { name: "few are small", items: [{ MessagesSent: 100, MessagesUnder4KB: 5 }], active: false },
    { name: "hardly any were sent", items: [{ MessagesSent: 3, MessagesUnder4KB: 3 }], active: false },
  ],
});
