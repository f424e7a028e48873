import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** Commands look whether they run in a container and what it may do: the step before an escape. */
export const containerWallsExamined = commandRule({
  id: "container-walls-examined",
  alertType: "Picket_ContainerWallsExamined",
  name: "Walls of a container examined",
  severity: "Medium",
  about: "Commands look whether they run in a container and what it may do: the step before an escape.",
  tactics: ["Discovery"],
  techniques: ["T1613", "T1082"],
  falsePositives: ["Start scripts of images look for the file that marks a container."],
  witness: [
    "cdk",
    "botb",
    ".dockerenv",
    "/proc/1/cgroup",
    "capsh",
    "amicontained",
    "/proc/self/status",
    "/proc/1/status",
    "deepce",
    "/.dockerinit",
    "capeff",
    "docker.sock",
    "mountinfo",
  ],
  sees: (reading) =>
    find(reading, /^(?:amicontained|deepce(?:\.sh)?|cdk|botb)$/) ??
    find(reading, /^capsh$/, ({ text }) => /--print/.test(text)) ??
    (new Set(
      reading.plain.match(
        /\.dockerenv|\/proc\/1\/cgroup|CapEff|\/proc\/(?:self|1)\/mountinfo|docker\.sock|capsh|\/proc\/self\/status/g,
      ),
    ).size >= 2
      ? reading.plain.slice(0, 200)
      : undefined),
  did: "examined the walls of its container",
  because: "it looks for a way out",
  fires: [
    "sh -c ls -la /.dockerenv; cat /proc/1/cgroup; grep CapEff /proc/self/status",
    "capsh --print",
    "./amicontained",
  ],
  silent: [
    "cat /proc/self/status",
    "test -f /.dockerenv",
    "cat /proc/1/cgroup",
    "grep docker /etc/group",
    "capsh --version",
  ],
});
