import { afterLogin } from "../../questions.js";
import { rule, shown, textOf } from "../../rule.js";

const CONSOLES = /(?:login|getty|gdm|lightdm|sddm)[\w-]*$/;

/** Somebody failed to log in at the device itself. */
export const localLoginFailed = rule({
  kind: "match",
  id: "local-login-failed",
  alertType: "IoT_FailedLocalLogin",
  name: "Failed local login",
  severity: "Medium",
  about: "Somebody failed to log in at the device itself.",
  tactics: ["Initial Access"],
  techniques: ["T1078.003"],
  remediation:
    "Find out who stood at the device. If nobody should have, look after its lock and its console port.",
  falsePositives: ["A technician at the console who mistypes; the visit is in the diary."],
  reads: "Login",
  matches: (event) =>
    textOf(event, "Result") === "Fail" &&
    textOf(event, "RemoteAddress") === "" &&
    CONSOLES.test(textOf(event, "Executable"))
      ? textOf(event, "Executable")
      : undefined,
  entity: (event) => textOf(event, "UserName"),
  title: (event) =>
    `${textOf(event, "UserName") || "Somebody"} failed to log in at the console of ${event.deviceId}`,
  reason: (event, matched) =>
    `${shown(matched)} refused ${shown(textOf(event, "UserName"))} without a remote address: somebody is at the device.`,
  next: afterLogin,
  cases: [
    {
      name: "at the console",
      events: [{ item: { Result: "Fail", Executable: "/bin/login", UserName: "op" } }],
      alerts: 1,
    },
    {
      name: "over the network",
      events: [
        { item: { Result: "Fail", Executable: "/usr/sbin/sshd", UserName: "op", RemoteAddress: "10.0.0.4" } },
      ],
      alerts: 0,
    },
    {
      name: "the other result",
      events: [{ item: { Result: "Success", Executable: "/bin/login", UserName: "op" } }],
      alerts: 0,
    },
    {
      name: "cron starting a session",
      events: [{ item: { Result: "Fail", Executable: "/usr/sbin/cron", UserName: "root" } }],
      alerts: 0,
    },
  ],
});
