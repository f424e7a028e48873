import { afterLogin } from "../../questions.js";
import { rule, shown, textOf } from "../../rule.js";

const ATTEMPTS = 8;
const MINUTES = 10;

/** Many failed logins from one place in a short time: somebody guesses passwords. */
export const bruteForceFailed = rule({
  kind: "match",
  id: "brute-force-failed",
  alertType: "IoT_Bruteforce_Fail",
  name: "Failed Bruteforce attempt",
  severity: "Low",
  about: `At least ${ATTEMPTS} failed logins from one address within ${MINUTES} minutes: somebody guesses passwords.`,
  tactics: ["Credential Access"],
  techniques: ["T1110.001"],
  remediation: "Block the address, allow logins by key only, and limit who can reach the login port.",
  falsePositives: [
    "A script with an old password; it comes from a known address and names one user.",
    "Monitoring that logs in with a wrong password on purpose.",
  ],
  reads: "Login",
  threshold: { count: ATTEMPTS, minutes: MINUTES },
  matches: (event) =>
    textOf(event, "Result") === "Fail" ? textOf(event, "RemoteAddress") || "this device" : undefined,
  entity: (event) => textOf(event, "RemoteAddress"),
  title: (event) =>
    `Somebody at ${textOf(event, "RemoteAddress") || "the device itself"} guesses passwords of ${event.deviceId}`,
  reason: (event, matched, hits) =>
    `${hits} logins from ${matched} failed within ${MINUTES} minutes, the last as ${shown(textOf(event, "UserName"))}; ${ATTEMPTS} make an alert.`,
  next: afterLogin,
  cases: [
    {
      name: `${ATTEMPTS} failures within ${MINUTES} minutes`,
      events: Array.from({ length: ATTEMPTS }, (_, minute) => ({
        minute,
        item: { Result: "Fail", UserName: "root", RemoteAddress: "203.0.113.77" },
      })),
      alerts: 1,
    },
    {
      name: "an aggregated event counts for what it stands for",
      events: [{ item: { Result: "Fail", UserName: "root", RemoteAddress: "203.0.113.77" }, hits: ATTEMPTS }],
      alerts: 1,
    },
    {
      name: "as many failures spread over a day",
      events: Array.from({ length: ATTEMPTS }, (_, hour) => ({
        minute: hour * 60,
        item: { Result: "Fail", UserName: "op", RemoteAddress: "203.0.113.77" },
      })),
      alerts: 0,
    },
    {
      name: "failures from many places",
      events: Array.from({ length: ATTEMPTS }, (_, host) => ({
        minute: 0,
        item: { Result: "Fail", UserName: "op", RemoteAddress: `203.0.113.${host}` },
      })),
      alerts: 0,
    },
  ],
});
