import { eventRule } from "../../event-rule.js";
import { afterFile } from "../../questions.js";
import { shown, textOf } from "../../rule.js";

/** A list of keys that open an account was changed. */
export const authorisedKeyWritten = eventRule({
  id: "authorised-key-written",
  alertType: "Picket_AuthorisedKeyWritten",
  name: "List of keys changed",
  severity: "High",
  about: "A list of keys that open an account was changed.",
  tactics: ["Persistence"],
  techniques: ["T1098.004"],
  remediation: "Ask whose key was added. Remove it if nobody knows it, and look at logins with it.",
  falsePositives: ["People who add a key of their own, and configuration management."],
  needs: "the agent's file events",
  reads: "FileChange",
  witness: { field: "Path", anyOf: ["authorized_keys"] },
  sees: (event) =>
    /\.ssh\/authorized_keys2?$/.test(textOf(event, "Path")) &&
    /^(?:Create|Modify)$/.test(textOf(event, "Operation")) &&
    !/\/(?:ansible\S*|puppet|cloud-init|google_guest_agent|waagent|vim?|nano)$/.test(
      textOf(event, "Executable"),
    )
      ? textOf(event, "Path")
      : undefined,
  entity: (event) => textOf(event, "Path"),
  title: (event) => `The list of keys ${textOf(event, "Path")} changed on ${event.deviceId}`,
  reason: (event, matched) =>
    `${shown(matched)} was changed by ${textOf(event, "Executable") || "a program that is not known"}; its keys open the account.`,
  next: afterFile,
  fires: [
    ["by a shell", { Path: "/root/.ssh/authorized_keys", Operation: "Modify", Executable: "/usr/bin/bash" }],
    [
      "by a cache server",
      { Path: "/home/op/.ssh/authorized_keys", Operation: "Create", Executable: "/usr/bin/redis-server" },
    ],
  ],
  silent: [
    [
      "with an editor",
      { Path: "/root/.ssh/authorized_keys", Operation: "Modify", Executable: "/usr/bin/vim" },
    ],
    ["known hosts", { Path: "/root/.ssh/known_hosts", Operation: "Modify", Executable: "/usr/bin/ssh" }],
    [
      "by the cloud's set-up",
      { Path: "/home/op/.ssh/authorized_keys", Operation: "Create", Executable: "/usr/bin/cloud-init" },
    ],
  ],
});
