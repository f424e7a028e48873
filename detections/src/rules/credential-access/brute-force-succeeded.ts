import { afterLogin } from "../../questions.js";
import { rule, shown, textOf } from "../../rule.js";

const ATTEMPTS = 5;
const MINUTES = 15;
const failure = { Result: "Fail", UserName: "root", RemoteAddress: "203.0.113.77" };
const success = { ...failure, Result: "Success" };

/** Many failed logins from one place and then one that works: somebody guessed a password. */
export const bruteForceSucceeded = rule({
  kind: "match",
  id: "brute-force-succeeded",
  alertType: "IoT_Bruteforce_Success",
  name: "Successful Bruteforce attempt",
  severity: "High",
  about: `At least ${ATTEMPTS} failed logins from one address within ${MINUTES} minutes and then a successful one: a password was guessed.`,
  tactics: ["Credential Access", "Initial Access"],
  techniques: ["T1110.001", "T1078"],
  remediation:
    "Take the device off the network, change the account's password, and look at what was done since the login.",
  falsePositives: [
    "Somebody who mistypes a password many times and then remembers it; the address is theirs.",
  ],
  reads: "Login",
  threshold: { count: ATTEMPTS, minutes: MINUTES },
  matches: (event) =>
    textOf(event, "Result") === "Fail" ? textOf(event, "RemoteAddress") || "this device" : undefined,
  completes: (event) => textOf(event, "Result") === "Success",
  entity: (event) => textOf(event, "RemoteAddress"),
  title: (event) =>
    `Somebody at ${textOf(event, "RemoteAddress") || "the device itself"} guessed a password of ${event.deviceId}`,
  reason: (event, matched, hits) =>
    `${hits} logins from ${matched} failed within ${MINUTES} minutes, then one as ${shown(textOf(event, "UserName"))} succeeded.`,
  next: afterLogin,
  cases: [
    {
      name: "failures and then a success from the same place",
      events: [
        ...Array.from({ length: ATTEMPTS }, (_, minute) => ({ minute, item: failure })),
        { minute: 6, item: success },
      ],
      alerts: 1,
    },
    { name: "failures only", events: Array.from({ length: 40 }, () => ({ item: failure })), alerts: 0 },
    {
      name: "a typing mistake and then a success",
      events: [{ item: failure }, { minute: 1, item: success }],
      alerts: 0,
    },
    {
      name: "the success comes from another place",
      events: [
        ...Array.from({ length: ATTEMPTS }, () => ({ item: failure })),
        { minute: 1, item: { ...success, RemoteAddress: "10.0.0.4" } },
      ],
      alerts: 0,
    },
  ],
});
