import { eventRule } from "../../event-rule.js";
import { afterLogin } from "../../questions.js";
import { shown, textOf } from "../../rule.js";

/** Somebody logged in with an account that devices have when they leave the factory, and whose password is on lists. */
export const factoryAccountUsed = eventRule({
  id: "factory-account-used",
  alertType: "Picket_FactoryAccountUsed",
  name: "Account from the factory used",
  severity: "Medium",
  about:
    "Somebody logged in with an account that devices have when they leave the factory, and whose password is on lists.",
  tactics: ["Initial Access"],
  techniques: ["T1078.001"],
  remediation: "Give the account another password or remove it.",
  falsePositives: ["Technicians who set up a device for the first time."],
  reads: "Login",
  sees: (event) =>
    textOf(event, "Result") === "Success" &&
    textOf(event, "RemoteAddress") !== "" &&
    /^(?:pi|ubnt|support|guest|default|service|supervisor|tech|user|admin1|telecomadmin|888888|666666|mother|Administrator|adm|cisco|tomcat|oracle|test|vagrant|dietpi|osmc|volumio|openhabian)$/.test(
      textOf(event, "UserName"),
    )
      ? textOf(event, "UserName")
      : undefined,
  entity: (event) => textOf(event, "UserName"),
  title: (event) => `The factory's account ${textOf(event, "UserName")} was used on ${event.deviceId}`,
  reason: (event, matched) =>
    `${shown(matched)} logged in from ${textOf(event, "RemoteAddress")}; the passwords of such accounts are on lists.`,
  next: afterLogin,
  fires: [
    ["a small computer", { Result: "Success", UserName: "pi", RemoteAddress: "10.0.0.5" }],
    ["a radio", { Result: "Success", UserName: "ubnt", RemoteAddress: "203.0.113.9" }],
  ],
  silent: [
    ["refused", { Result: "Fail", UserName: "pi", RemoteAddress: "203.0.113.9" }],
    ["one's own account", { Result: "Success", UserName: "anna", RemoteAddress: "10.0.0.5" }],
    ["at the console", { Result: "Success", UserName: "pi" }],
  ],
});
