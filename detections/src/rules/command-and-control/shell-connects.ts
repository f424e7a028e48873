import { isInside } from "../../addresses.js";
import { eventRule } from "../../event-rule.js";
import { afterConnection } from "../../questions.js";
import { textOf } from "../../rule.js";

/** A shell itself, and not a program that it started, opened a connection to the outside: it takes its orders from there. */
export const shellConnects = eventRule({
  id: "shell-connects",
  alertType: "Picket_ShellConnects",
  name: "Shell holds a connection to the outside",
  severity: "High",
  about:
    "A shell itself, and not a program that it started, opened a connection to the outside: it takes its orders from there.",
  tactics: ["Command and Control", "Execution"],
  techniques: ["T1059.004", "T1071"],
  remediation: "Take the device off the network, and look at what the shell did.",
  falsePositives: ["Scripts that test a port with the shell's own means; they do so inside the network."],
  reads: "ConnectionCreate",
  witness: { field: "Executable", anyOf: ["sh"] },
  sees: (event) =>
    textOf(event, "Direction") === "Out" &&
    textOf(event, "RemoteAddress") !== "" &&
    !isInside(textOf(event, "RemoteAddress")) &&
    /\/(?:ba|da|z|a|k|c|tc|fi)?sh$/.test(textOf(event, "Executable"))
      ? textOf(event, "Executable")
      : undefined,
  entity: (event) => textOf(event, "RemoteAddress"),
  title: (event) => `A shell of ${event.deviceId} is connected to ${textOf(event, "RemoteAddress")}`,
  reason: (event, matched) =>
    `${matched} opened a connection to ${textOf(event, "RemoteAddress")}:${textOf(event, "RemotePort")}; shells do not do so by themselves.`,
  next: afterConnection,
  fires: [
    [
      "bash",
      { Direction: "Out", RemoteAddress: "203.0.113.9", RemotePort: "4444", Executable: "/usr/bin/bash" },
    ],
    ["dash", { Direction: "Out", RemoteAddress: "203.0.113.9", RemotePort: "443", Executable: "/bin/dash" }],
  ],
  silent: [
    [
      "a port inside",
      { Direction: "Out", RemoteAddress: "10.0.0.5", RemotePort: "5432", Executable: "/usr/bin/bash" },
    ],
    ["ssh", { Direction: "Out", RemoteAddress: "203.0.113.9", RemotePort: "22", Executable: "/usr/bin/ssh" }],
    [
      "a login",
      { Direction: "In", RemoteAddress: "203.0.113.9", RemotePort: "50000", Executable: "/usr/sbin/sshd" },
    ],
  ],
});
