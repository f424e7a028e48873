import type { Reply, Routes } from "@picket/api";
import type { House } from "../house.js";

type Notice = Reply<Routes["GET /health"]>["notices"][number];

/** What detection and delivery need a person for: broken feeds, alerts that went nowhere, rules that were switched off. */
export async function detectionNotices(house: House): Promise<Notice[]> {
  const feeds = house.feeds.list().flatMap(({ name, problem, lastTriedAt }): Notice[] =>
    problem === undefined
      ? []
      : [
          {
            code: "FEED_BROKEN",
            level: "warning",
            message:
              `The feed ${name} of indicators fails: ${problem} Its last good set stays in force.`.slice(
                0,
                1_000,
              ),
            ...(lastTriedAt === undefined ? {} : { since: lastTriedAt }),
          },
        ],
  );
  const dead = house.deliveries.log(1_000).filter(({ state }) => state === "dead");
  const off = (await house.rooms.analysis.settings("ruleState")).filter(({ actor }) => actor === "picket");
  return [...feeds, ...deliveryNotices(dead.map(({ route }) => route)), ...off.map(ruleNotice)];
}

function deliveryNotices(routes: readonly string[]): Notice[] {
  if (routes.length === 0) return [];
  const names = [...new Set(routes)].join(", ");
  return [
    {
      code: "ALERTS_UNDELIVERED",
      level: "error",
      message: `${routes.length} alert${routes.length === 1 ? "" : "s"} could not be delivered for a day and were set aside (${names}). Mend the route and try them again.`,
    },
  ];
}

const ruleNotice = ({ name, reason, since }: { name: string; reason: string; since: string }): Notice => ({
  code: "RULE_SWITCHED_OFF",
  level: "warning",
  message: `The rule ${name} was switched off. ${reason} Mend it and switch it on again.`.slice(0, 1_000),
  since,
});
