import { eventRule } from "../../event-rule.js";
import { afterLogin } from "../../questions.js";
import { shown, textOf } from "../../rule.js";

/** Somebody logged in over telnet: the password went over the network for all to read. */
export const telnetLogin = eventRule({
  id: "telnet-login",
  alertType: "Picket_TelnetLogin",
  name: "Login over telnet",
  severity: "Medium",
  about: "Somebody logged in over telnet: the password went over the network for all to read.",
  tactics: ["Initial Access"],
  techniques: ["T1078", "T1040"],
  remediation: "Switch telnet off and change the password.",
  falsePositives: ["Old equipment that has nothing else."],
  reads: "Login",
  witness: { field: "Executable", anyOf: ["telnetd", "rlogind", "rshd"] },
  sees: (event) =>
    textOf(event, "Result") === "Success" && /(?:telnetd|rlogind|rshd)$/.test(textOf(event, "Executable"))
      ? textOf(event, "Executable")
      : undefined,
  entity: (event) => textOf(event, "UserName"),
  title: (event) => `${textOf(event, "UserName") || "Somebody"} logged in to ${event.deviceId} over telnet`,
  reason: (event, matched) =>
    `${matched} let in ${shown(textOf(event, "UserName"))} from ${textOf(event, "RemoteAddress") || "an unknown address"}.`,
  next: afterLogin,
  fires: [
    [
      "telnet",
      { Result: "Success", UserName: "root", RemoteAddress: "10.0.0.5", Executable: "/usr/sbin/in.telnetd" },
    ],
    ["remote login", { Result: "Success", UserName: "op", Executable: "/usr/sbin/rlogind" }],
  ],
  silent: [
    ["ssh", { Result: "Success", UserName: "op", RemoteAddress: "10.0.0.5", Executable: "/usr/sbin/sshd" }],
    ["refused", { Result: "Fail", UserName: "op", Executable: "/usr/sbin/in.telnetd" }],
  ],
});
