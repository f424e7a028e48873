import { rule } from "../../rule.js";

const account = (UserName: string, GroupNames: string): object => ({
  UserName,
  UserId: "1000",
  GroupNames,
  GroupIds: "1000",
});
/** An account is gone. */
export const userDeleted = rule({
  kind: "snapshot",
  id: "user-deleted",
  alertType: "IoT_LocalUserDeleted",
  name: "Local user deletion detected",
  severity: "Low",
  about: "An account that was there in the last snapshot is gone: somebody tidies up, or locks others out.",
  tactics: ["Persistence"],
  techniques: ["T1098"],
  remediation: "Ask whoever looks after the device whether the change was intended; undo it if not.",
  falsePositives: ["A package that was removed together with its account."],
  reads: "LocalUsers",
  remember: (item) => [String(item.UserName), String(item.GroupNames)],
  compare: (deviceId, before, after) =>
    [...before.keys()]
      .filter((user) => !after.has(user))
      .map((user) => ({
        entity: user,
        title: `The account ${user} was deleted on ${deviceId}`,
        reason: `The account ${user} was in the last snapshot and is not in this one.`,
      })),
  cases: [
    {
      name: "an account is gone",
      before: [account("op", "op"), account("eve", "eve")],
      after: [account("op", "op")],
      alerts: 1,
    },
    {
      name: "an account leaves a group",
      before: [account("op", "op;adm")],
      after: [account("op", "op")],
      alerts: 0,
    },
    {
      name: "the same accounts in another order",
      before: [account("op", "op"), account("eve", "eve")],
      after: [account("eve", "eve"), account("op", "op")],
      alerts: 0,
    },
  ],
});
