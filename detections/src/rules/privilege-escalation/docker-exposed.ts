import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

const OPEN = /tcp:\/\/(?!127\.|localhost|\[::1\])\S*/;

/** A container daemon that listens on the network without asking who calls gives root to whoever reaches it. */
export const dockerExposed = commandRule({
  id: "docker-exposed",
  alertType: "IoT_ExposedDocker",
  name: "Exposed Docker daemon by TCP socket",
  severity: "Medium",
  about:
    "A container daemon that listens on the network without asking who calls gives root to whoever reaches it.",
  tactics: ["Privilege Escalation", "Initial Access"],
  techniques: ["T1133", "T1610"],
  remediation:
    "Let the daemon listen on its local socket only, or ask for client certificates with --tlsverify, and let the firewall admit known addresses only.",
  falsePositives: ["Laboratories that share a build host; ask for certificates there as well."],
  witness: ["dockerd", "docker daemon", "docker -d", "podman", "socat", "containerd", "2375", "daemon.json"],
  sees: (reading) =>
    find(
      reading,
      /^dockerd$/,
      ({ text }) =>
        /\s(?:-H|--host)[= ]?tcp:/.test(text) && OPEN.test(text) && !/--tlsverify(?!=false)/.test(text),
    ) ??
    find(
      reading,
      /^docker$/,
      ({ argv, text }) =>
        /^(?:daemon|-d)$/.test(argv[1] ?? "") && OPEN.test(text) && !text.includes("--tlsverify"),
    ) ??
    find(reading, /^podman$/, ({ text }) => /\ssystem\s+service\b/.test(text) && OPEN.test(text)) ??
    find(
      reading,
      /^socat$/,
      ({ text }) =>
        /tcp\d?-l(?:isten)?:/i.test(text) &&
        /unix(?:-connect|-client)?:\S*docker\.sock/i.test(text) &&
        !/bind=127\./.test(text),
    ) ??
    find(
      reading,
      /^echo$/,
      ({ text, redirections }) =>
        OPEN.test(text) && redirections.some(({ target }) => target.includes("docker/daemon.json")),
    ),
  did: "opened the container daemon to the network",
  because: "whoever reaches that socket has root on the device",
  fires: [
    "dockerd -H tcp://0.0.0.0:2375",
    "dockerd -H unix:///run/docker.sock -H tcp://10.0.0.2:2375",
    "podman system service --time=0 tcp://0.0.0.0:8888",
    "socat TCP-LISTEN:2375,fork UNIX-CONNECT:/var/run/docker.sock",
  ],
  silent: [
    "dockerd -H fd:// --containerd=/run/containerd/containerd.sock",
    "dockerd --tlsverify -H tcp://0.0.0.0:2376",
    "dockerd -H tcp://127.0.0.1:2375",
    "docker -H tcp://build.example.net:2376 ps",
    "podman system service --time=0 unix:///run/podman.sock",
    "socat TCP-LISTEN:2375,bind=127.0.0.1,fork UNIX-CONNECT:/var/run/docker.sock",
  ],
});
