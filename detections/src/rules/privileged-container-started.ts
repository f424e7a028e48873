import { commandRule } from "../rule.js";

/** A container with all rights of the host. */
export const privilegedContainerStarted = commandRule({
  id: "privileged-container-started",
  alertType: "IoT_PrivilegedContainer",
  name: "Privileged container detected",
  severity: "Medium",
  about: "A container with all rights of the host.",
  tactics: ["Privilege Escalation"],
  techniques: ["T1611"],
  witness: ["--privileged"],
  patterns: [/\b(?:docker|podman|nerdctl)\b.*\s--privileged(?:=true)?(?:\s.*|$)/i],
  did: "started a privileged container",
  because: "the container has all rights of the host",
  fires: ["docker run --privileged -v /:/host alpine", "podman run -it --privileged=true x"],
  silent: ["docker run --privileged=false nginx", "docker run nginx"],
});
