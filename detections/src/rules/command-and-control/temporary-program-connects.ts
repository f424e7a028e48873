import { isInside } from "../../addresses.js";
import { eventRule } from "../../event-rule.js";
import { afterConnection } from "../../questions.js";
import { shown, textOf } from "../../rule.js";

/** A program that lies in a folder anybody may write to opened a connection to the outside. */
export const temporaryProgramConnects = eventRule({
  id: "temporary-program-connects",
  alertType: "Picket_TemporaryProgramConnects",
  name: "Program in a temporary folder connects outside",
  severity: "High",
  about: "A program that lies in a folder anybody may write to opened a connection to the outside.",
  tactics: ["Command and Control", "Execution"],
  techniques: ["T1071", "T1105"],
  remediation: "Keep the program's file, stop it, and look at how it came to the device.",
  falsePositives: ["Installers that unpack themselves to /tmp and fetch the rest."],
  reads: "ConnectionCreate",
  witness: { field: "Executable", anyOf: ["/tmp/", "/dev/shm/", "/run/shm", "memfd:", "(deleted)"] },
  sees: (event) =>
    textOf(event, "Direction") === "Out" &&
    textOf(event, "RemoteAddress") !== "" &&
    !isInside(textOf(event, "RemoteAddress")) &&
    /^(?:\/tmp\/|\/var\/tmp\/|\/dev\/shm\/|\/run\/shm\/|\/?memfd:)|^\/(?:tmp|var|dev)\/\S* \(deleted\)$/.test(
      textOf(event, "Executable"),
    ) &&
    !/\/(?:snap|pip-|npm-|go-build|rust|cargo|\.mount_|bazel|_MEI\w+)/.test(textOf(event, "Executable"))
      ? textOf(event, "Executable")
      : undefined,
  entity: (event) => textOf(event, "Executable"),
  title: (event) => `${textOf(event, "Executable")} connects from ${event.deviceId} to the outside`,
  reason: (event, matched) =>
    `${shown(matched)} opened a connection to ${textOf(event, "RemoteAddress")}:${textOf(event, "RemotePort")}; programs do not belong where it lies.`,
  next: afterConnection,
  fires: [
    [
      "a program in /tmp",
      { Direction: "Out", RemoteAddress: "203.0.113.9", RemotePort: "443", Executable: "/tmp/x" },
    ],
    [
      "a program in memory",
      { Direction: "Out", RemoteAddress: "203.0.113.9", RemotePort: "80", Executable: "memfd:a (deleted)" },
    ],
    [
      "a hidden one",
      { Direction: "Out", RemoteAddress: "2001:db8::1", RemotePort: "4444", Executable: "/dev/shm/.k" },
    ],
  ],
  silent: [
    [
      "inside the network",
      { Direction: "Out", RemoteAddress: "10.0.0.5", RemotePort: "443", Executable: "/tmp/x" },
    ],
    [
      "a normal program",
      { Direction: "Out", RemoteAddress: "203.0.113.9", RemotePort: "443", Executable: "/usr/bin/curl" },
    ],
    [
      "a build",
      {
        Direction: "Out",
        RemoteAddress: "203.0.113.9",
        RemotePort: "443",
        Executable: "/tmp/go-build123/b001/exe/main",
      },
    ],
    [
      "somebody connects",
      { Direction: "In", RemoteAddress: "203.0.113.9", RemotePort: "443", Executable: "/tmp/x" },
    ],
  ],
});
