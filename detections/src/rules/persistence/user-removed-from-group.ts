import { rule } from "../../rule.js";

const account = (UserName: string, GroupNames: string): object => ({
  UserName,
  UserId: "1000",
  GroupNames,
  GroupIds: "1000",
});
const groups = (joined: string | undefined): string[] =>
  (joined ?? "").split(";").filter((group) => group !== "");

/** An account is no longer in groups it was in before. */
export const userRemovedFromGroup = rule({
  kind: "snapshot",
  id: "user-removed-from-group",
  alertType: "IoT_LocalUserRemovedFromGroup",
  name: "Local user deleted from one or more groups",
  severity: "Low",
  about: "An account is no longer in groups it was in before.",
  tactics: ["Persistence"],
  techniques: ["T1098"],
  remediation: "Ask whoever looks after the device whether the change was intended; undo it if not.",
  falsePositives: ["Somebody who changed their work and gave up rights."],
  reads: "LocalUsers",
  remember: (item) => [String(item.UserName), String(item.GroupNames)],
  compare: (deviceId, before, after) =>
    [...after].flatMap(([user, joined]) => {
      const gone = groups(before.get(user)).filter((group) => !groups(joined).includes(group));
      if (gone.length === 0) return [];
      const reason = `The account ${user} was in ${before.get(user)} and is no longer in ${gone.join(", ")}.`;
      return [
        {
          entity: `${user}:${gone.join(";")}`,
          title: `${user} was removed from ${gone.join(", ")} on ${deviceId}`,
          reason,
        },
      ];
    }),
  cases: [
    {
      name: "an account leaves adm",
      before: [account("op", "op;adm")],
      after: [account("op", "op")],
      alerts: 1,
    },
    {
      name: "an account is gone altogether",
      before: [account("op", "op"), account("eve", "eve;adm")],
      after: [account("op", "op")],
      alerts: 0,
    },
    {
      name: "an account joins sudo",
      before: [account("op", "op")],
      after: [account("op", "op;sudo")],
      alerts: 0,
    },
  ],
});
