import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** The socket of the container runtime is spoken to without its tool, or handed to a container: whoever has it is root on the host. */
export const containerRuntimeSocketUsed = commandRule({
  id: "container-runtime-socket-used",
  alertType: "Picket_ContainerRuntimeSocketUsed",
  name: "Socket of the container runtime used directly",
  severity: "Medium",
  about:
    "The socket of the container runtime is spoken to without its tool, or handed to a container: whoever has it is root on the host.",
  tactics: ["Privilege Escalation", "Execution", "Credential Access"],
  techniques: ["T1611", "T1610", "T1552.007"],
  falsePositives: ["Build runners and dashboards of containers are given the socket on purpose."],
  witness: ["docker.sock", "containerd.sock", "crio.sock", "podman.sock"],
  sees: (reading) =>
    find(
      reading,
      /^(?:curl|nc|ncat|socat|python[\d.]*|wget)$/,
      ({ text }) =>
        /(?:docker|containerd|crio|podman)\.sock/.test(text) && !/_ping|\/version\b|\/info\b/.test(text),
    ) ??
    find(
      reading,
      /^(?:docker|podman|nerdctl)$/,
      ({ argv, text }) =>
        argv.some((word) => /^(?:run|create)$/.test(word)) &&
        /(?:-v|--volume|src|source)[= ]?\/(?:var\/)?run\/(?:docker|containerd\/containerd|crio\/crio)\.sock/.test(
          text,
        ),
    ) ??
    find(reading, /^chmod$/, ({ text }) => /\b(?:666|777|o\+\w*w)\b.*docker\.sock/.test(text)),
  did: "used the container runtime's socket",
  because: "whoever speaks to it is root on the host",
  fires: [
    "curl --unix-socket /var/run/docker.sock http://x/containers/json",
    "docker run -v /var/run/docker.sock:/var/run/docker.sock docker sh",
    "chmod 666 /var/run/docker.sock",
  ],
  silent: [
    "ls -l /var/run/docker.sock",
    "curl --unix-socket /var/run/docker.sock http://x/_ping",
    "docker -H unix:///var/run/docker.sock ps",
    "curl --unix-socket /run/app.sock http://x/health",
    "stat /var/run/docker.sock",
    "chown root:docker /var/run/docker.sock",
  ],
});
