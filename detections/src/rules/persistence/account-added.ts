import { shown } from "../../rule.js";
import { fieldOf, snapshotRule } from "../../snapshot-rule.js";

/** An account is there that was not there before. */
export const accountAdded = snapshotRule({
  id: "account-added",
  alertType: "Picket_AccountAdded",
  name: "Account added",
  severity: "Low",
  about: "An account is there that was not there before.",
  tactics: ["Persistence"],
  techniques: ["T1136.001"],
  remediation: "Ask whoever looks after the device whether the account is meant to be; remove it if not.",
  falsePositives: [
    "Packages that add an account for their service; those have ids below 1000 and are left alone.",
  ],
  reads: "LocalUsers",
  on: "appears",
  remember: (item) =>
    Number(fieldOf(item, "UserId")) >= 1000 && Number(fieldOf(item, "UserId")) < 60000
      ? [fieldOf(item, "UserName"), fieldOf(item, "GroupNames")]
      : undefined,
  title: (key, deviceId) => `The account ${key} was added to ${deviceId}`,
  reason: (key, value) =>
    `${shown(key)} was not there in the last snapshot; it is in ${value || "no group"}.`,
  cases: [
    {
      name: "somebody new",
      before: [{ UserName: "op", UserId: "1000", GroupNames: "op", GroupIds: "1000" }],
      after: [
        { UserName: "op", UserId: "1000", GroupNames: "op", GroupIds: "1000" },
        { UserName: "eve", UserId: "1001", GroupNames: "op", GroupIds: "1000" },
      ],
      alerts: 1,
    },
    {
      name: "a service",
      before: [{ UserName: "op", UserId: "1000", GroupNames: "op", GroupIds: "1000" }],
      after: [
        { UserName: "op", UserId: "1000", GroupNames: "op", GroupIds: "1000" },
        { UserName: "mosquitto", UserId: "110", GroupNames: "op", GroupIds: "1000" },
      ],
      alerts: 0,
    },
    {
      name: "a change of groups",
      before: [{ UserName: "op", UserId: "1000", GroupNames: "op", GroupIds: "1000" }],
      after: [{ UserName: "op", UserId: "1000", GroupNames: "op;sudo", GroupIds: "1000" }],
      alerts: 0,
    },
  ],
});
