import { isInside } from "../../addresses.js";
import { eventRule } from "../../event-rule.js";
import { afterLogin } from "../../questions.js";
import { shown, textOf } from "../../rule.js";

/** Somebody logged in as root from an address on the internet. */
export const rootLoginFromOutside = eventRule({
  id: "root-login-from-outside",
  alertType: "Picket_RootLoginFromOutside",
  name: "Root logged in from outside",
  severity: "High",
  about: "Somebody logged in as root from an address on the internet.",
  tactics: ["Initial Access", "Lateral Movement"],
  techniques: ["T1078.003", "T1021.004"],
  remediation:
    "Make sure it was one of you. Let the firewall admit known addresses only, and forbid logins of root.",
  falsePositives: ["Administrators who look after devices from home without a private network."],
  reads: "Login",
  sees: (event) =>
    textOf(event, "Result") === "Success" &&
    /^(?:root|admin|administrator)$/.test(textOf(event, "UserName")) &&
    textOf(event, "RemoteAddress") !== "" &&
    !isInside(textOf(event, "RemoteAddress"))
      ? textOf(event, "RemoteAddress")
      : undefined,
  entity: (event) => `${textOf(event, "UserName")} ${textOf(event, "RemoteAddress")}`,
  title: (event) => `${textOf(event, "UserName")} logged in to ${event.deviceId} from the internet`,
  reason: (event, matched) =>
    `${textOf(event, "Executable")} let in ${shown(textOf(event, "UserName"))} from ${matched}, which is no address of a private network.`,
  next: afterLogin,
  fires: [
    [
      "root",
      { Result: "Success", UserName: "root", RemoteAddress: "203.0.113.9", Executable: "/usr/sbin/sshd" },
    ],
    [
      "admin",
      {
        Result: "Success",
        UserName: "admin",
        RemoteAddress: "2001:db8::7",
        Executable: "/usr/sbin/dropbear",
      },
    ],
  ],
  silent: [
    ["inside", { Result: "Success", UserName: "root", RemoteAddress: "10.0.0.5" }],
    ["refused", { Result: "Fail", UserName: "root", RemoteAddress: "203.0.113.9" }],
    ["another account", { Result: "Success", UserName: "op", RemoteAddress: "203.0.113.9" }],
  ],
});
