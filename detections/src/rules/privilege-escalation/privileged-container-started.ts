import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** A container with all rights of the host. */
export const privilegedContainerStarted = commandRule({
  id: "privileged-container-started",
  alertType: "IoT_PrivilegedContainer",
  name: "Privileged container detected",
  severity: "Medium",
  about: "A container with all rights of the host.",
  tactics: ["Privilege Escalation", "Execution"],
  techniques: ["T1611", "T1610"],
  remediation: "Drop --privileged and give the container only the capabilities and devices that it needs.",
  falsePositives: [
    "Node agents, build containers and hardware gateways are started so on purpose; give their image an exception.",
  ],
  witness: ["--privileged", "privileged: true", '"privileged":true'],
  patterns: [/\b(?:docker|podman|nerdctl)\s+exec\s[^|;]{0,200}--privileged(?:=true)?\s/],
  sees: (reading) =>
    find(
      reading,
      /^(?:docker|podman|nerdctl|ctr|kubectl|crictl)$/,
      ({ argv }) =>
        argv.some(
          (word) =>
            word === "--privileged" || word === "--privileged=true" || /"?privileged"?:\s*true/i.test(word),
        ) &&
        /^(?:run|create|exec|container|compose|image)$/.test(
          argv.slice(1).find((word) => !word.startsWith("-")) ?? "",
        ),
    ),
  did: "started a privileged container",
  because: "the container has all rights of the host",
  fires: [
    "docker run --privileged -v /:/host alpine",
    "podman run -it --privileged=true x",
    "sh -c docker exec --privileged web sh",
    "docker container run --rm --privileged --pid=host debian nsenter -t 1 -m sh",
  ],
  silent: [
    "docker run --privileged=false nginx",
    "docker run nginx",
    "docker ps --filter label=--privileged",
    "podman run --cap-add NET_ADMIN vpn",
    "docker build --build-arg MODE=privileged .",
    "grep -rn -- --privileged docs/",
  ],
});
