import { shown } from "../../rule.js";
import { fieldOf, snapshotRule } from "../../snapshot-rule.js";

/** Another account than root has the id 0: whoever has its password is root. */
export const secondRootAccount = snapshotRule({
  id: "second-root-account",
  alertType: "Picket_SecondRootAccount",
  name: "Second account with the rights of root",
  severity: "High",
  about: "Another account than root has the id 0: whoever has its password is root.",
  tactics: ["Persistence", "Privilege Escalation"],
  techniques: ["T1136.001", "T1098"],
  remediation: "Remove the account and look at who made it.",
  falsePositives: ["A few systems have a second root on purpose, such as toor."],
  reads: "LocalUsers",
  on: "appears",
  remember: (item) =>
    fieldOf(item, "UserId") === "0" && fieldOf(item, "UserName") !== "root"
      ? [fieldOf(item, "UserName"), "0"]
      : undefined,
  title: (key, deviceId) => `${key} is root on ${deviceId}`,
  reason: (key) => `The account ${shown(key)} has the id 0, which only root should have.`,
  cases: [
    {
      name: "a second root",
      before: [{ UserName: "root", UserId: "0", GroupNames: "op", GroupIds: "1000" }],
      after: [
        { UserName: "root", UserId: "0", GroupNames: "op", GroupIds: "1000" },
        { UserName: "toor", UserId: "0", GroupNames: "op", GroupIds: "1000" },
      ],
      alerts: 1,
    },
    {
      name: "root alone",
      before: [{ UserName: "root", UserId: "0", GroupNames: "op", GroupIds: "1000" }],
      after: [{ UserName: "root", UserId: "0", GroupNames: "op", GroupIds: "1000" }],
      alerts: 0,
    },
    {
      name: "an ordinary account",
      before: [],
      after: [{ UserName: "eve", UserId: "1001", GroupNames: "op", GroupIds: "1000" }],
      alerts: 0,
    },
  ],
});
