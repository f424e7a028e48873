import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** A container was started in the host's own namespaces, with capabilities of root or without its filters. */
export const containerWallsLowered = commandRule({
  id: "container-walls-lowered",
  alertType: "Picket_ContainerWallsLowered",
  name: "Container started without its walls",
  severity: "Medium",
  about:
    "A container was started in the host's own namespaces, with capabilities of root or without its filters.",
  tactics: ["Privilege Escalation", "Execution"],
  techniques: ["T1611", "T1610"],
  falsePositives: ["Network and storage drivers need some of these; give their image an exception."],
  witness: [
    "--pid=host",
    "--pid host",
    "--cap-add",
    "--security-opt",
    "--userns=host",
    "--ipc=host",
    "--device=/dev/sd",
    "--device=/dev/mem",
    "--device /dev/sd",
  ],
  sees: (reading) =>
    find(
      reading,
      /^(?:docker|podman|nerdctl)$/,
      ({ argv, text }) =>
        argv.some((word) => /^(?:run|create)$/.test(word)) &&
        /\s--pid[= ]host\b|\s--cap-add[= ](?:ALL|SYS_ADMIN|SYS_PTRACE|SYS_MODULE|DAC_READ_SEARCH|SYS_RAWIO|BPF|CAP_SYS_ADMIN)\b|--security-opt[= ](?:apparmor|seccomp)[=:]unconfined|\s--device[= ]\/dev\/(?:sd|nvme|mmcblk|mem|kmem|vd)\w*/i.test(
          text,
        ),
    ),
  did: "started a container without its walls",
  because: "little is left between the container and the host",
  fires: [
    "docker run --pid=host alpine",
    "docker run --cap-add=SYS_ADMIN --security-opt apparmor=unconfined ubuntu",
    "podman run --device=/dev/sda alpine",
  ],
  silent: [
    "docker run --cap-add NET_ADMIN vpn",
    "docker run --cap-drop ALL nginx",
    "docker run --security-opt no-new-privileges app",
    "docker run --device=/dev/ttyUSB0 modbus",
    "docker run --network host web",
    "docker inspect --format {{.HostConfig.PidMode}} a",
  ],
});
