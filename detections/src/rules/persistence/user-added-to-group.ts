import { rule } from "../../rule.js";

const account = (UserName: string, GroupNames: string): object => ({
  UserName,
  UserId: "1000",
  GroupNames,
  GroupIds: "1000",
});
const groups = (joined: string | undefined): string[] =>
  (joined ?? "").split(";").filter((group) => group !== "");

/** An account got into groups it was not in before. */
export const userAddedToGroup = rule({
  kind: "snapshot",
  id: "user-added-to-group",
  alertType: "IoT_LocalUserAddedToGroup",
  name: "Local user added to one or more groups",
  severity: "Low",
  about: "An account got into groups it was not in before.",
  tactics: ["Persistence"],
  techniques: ["T1098"],
  remediation: "Ask whoever looks after the device whether the change was intended; undo it if not.",
  falsePositives: ["Package upgrades that add a service's account to a group, such as docker or dialout."],
  reads: "LocalUsers",
  remember: (item) => [String(item.UserName), String(item.GroupNames)],
  compare: (deviceId, before, after) =>
    [...after].flatMap(([user, joined]) => {
      const had = before.get(user);
      const added = had === undefined ? [] : groups(joined).filter((group) => !groups(had).includes(group));
      if (added.length === 0) return [];
      const reason = `The account ${user} was in ${had} and is now also in ${added.join(", ")}.`;
      return [
        {
          entity: `${user}:${added.join(";")}`,
          title: `${user} was added to ${added.join(", ")} on ${deviceId}`,
          reason,
        },
      ];
    }),
  cases: [
    {
      name: "an account joins sudo",
      before: [account("op", "op")],
      after: [account("op", "op;sudo")],
      alerts: 1,
    },
    { name: "nothing changes", before: [account("op", "op")], after: [account("op", "op")], alerts: 0 },
    {
      name: "a new account appears",
      before: [account("op", "op")],
      after: [account("op", "op"), account("eve", "eve")],
      alerts: 0,
    },
  ],
});
