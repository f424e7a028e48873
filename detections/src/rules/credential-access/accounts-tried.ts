import { eventRule, many } from "../../event-rule.js";
import { afterLogin } from "../../questions.js";
import { shown, textOf } from "../../rule.js";

/** One address tried many different accounts of a device within minutes: a list of names is gone through. */
export const accountsTried = eventRule({
  id: "accounts-tried",
  alertType: "Picket_AccountsTried",
  name: "Many accounts tried from one address",
  severity: "Medium",
  about:
    "One address tried many different accounts of a device within minutes: a list of names is gone through.",
  tactics: ["Credential Access"],
  techniques: ["T1110.003", "T1110.004"],
  remediation: "Block the address, allow logins by key only, and look for a login that went well.",
  falsePositives: ["A script with a wrong list; it comes from an address of your own."],
  reads: "Login",
  threshold: { count: 8, minutes: 10, distinct: (event) => textOf(event, "UserName") },
  sees: (event) =>
    textOf(event, "Result") === "Fail" && textOf(event, "RemoteAddress") !== ""
      ? textOf(event, "RemoteAddress")
      : undefined,
  entity: (event) => textOf(event, "RemoteAddress"),
  title: (event) => `${textOf(event, "RemoteAddress")} tries accounts of ${event.deviceId}`,
  reason: (event, matched, hits) =>
    `${matched} tried ${hits} different accounts within 10 minutes, the last ${shown(textOf(event, "UserName"))}; 8 make an alert.`,
  next: afterLogin,
  fires: [
    many("eight accounts", 8, (n) => ({
      Result: "Fail",
      UserName: `user${n}`,
      RemoteAddress: "203.0.113.9",
    })),
  ],
  silent: [
    many("one account", 20, () => ({ Result: "Fail", UserName: "root", RemoteAddress: "203.0.113.9" })),
    many("people who log in", 20, (n) => ({
      Result: "Success",
      UserName: `user${n}`,
      RemoteAddress: "10.0.0.5",
    })),
    many("three accounts", 20, (n) => ({
      Result: "Fail",
      UserName: `user${n % 3}`,
      RemoteAddress: "203.0.113.9",
    })),
  ],
});
