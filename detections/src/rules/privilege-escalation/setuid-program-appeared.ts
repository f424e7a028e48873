import { shown } from "../../rule.js";
import { fieldOf, snapshotRule } from "../../snapshot-rule.js";

/** A program that runs with its owner's rights is there that was not there before, and lies where packages put none. */
export const setuidProgramAppeared = snapshotRule({
  id: "setuid-program-appeared",
  alertType: "Picket_SetuidProgramAppeared",
  name: "Program with rights of root appeared",
  severity: "High",
  about:
    "A program that runs with its owner's rights is there that was not there before, and lies where packages put none.",
  tactics: ["Privilege Escalation", "Persistence"],
  techniques: ["T1548.001"],
  remediation: "Look at what it is. Remove it if no package brought it.",
  falsePositives: ["Software that is installed by hand to /opt or /usr/local."],
  needs: "the agent's snapshot of such programs",
  reads: "SetuidFiles",
  on: "appears",
  remember: (item) =>
    /^\/(?:usr\/)?(?:s?bin|lib(?:exec|64)?)\/|^\/snap\/|^\/var\/lib\/(?:docker|containerd|snapd)\//.test(
      fieldOf(item, "Path"),
    )
      ? undefined
      : [fieldOf(item, "Path"), fieldOf(item, "HashAfter")],
  title: (key, deviceId) => `${key} runs with its owner's rights on ${deviceId}`,
  reason: (key, value) =>
    `${shown(key)}${value ? ` (${value})` : ""} was not in the last snapshot; whoever starts it runs as its owner.`,
  cases: [
    {
      name: "a shell in /tmp",
      before: [{ Path: "/usr/bin/su", Mode: "4755", OwnerId: "0:0" }],
      after: [
        { Path: "/usr/bin/su", Mode: "4755", OwnerId: "0:0" },
        { Path: "/tmp/.s", Mode: "4755", OwnerId: "0:0" },
      ],
      alerts: 1,
    },
    {
      name: "a package's program",
      before: [],
      after: [{ Path: "/usr/bin/pkexec", Mode: "4755", OwnerId: "0:0" }],
      alerts: 0,
    },
    {
      name: "in a container's layer",
      before: [],
      after: [{ Path: "/var/lib/docker/overlay2/a/diff/bin/su", Mode: "4755", OwnerId: "0:0" }],
      alerts: 0,
    },
  ],
});
