import { commandRule } from "../rule.js";

/** A Docker daemon that listens on the network gives root to whoever reaches it. */
export const dockerExposed = commandRule({
  id: "docker-exposed",
  alertType: "IoT_ExposedDocker",
  name: "Exposed Docker daemon by TCP socket",
  severity: "Medium",
  about: "A Docker daemon that listens on the network gives root to whoever reaches it.",
  tactics: ["Initial Access", "Privilege Escalation"],
  techniques: ["T1133", "T1610"],
  witness: ["dockerd", "docker daemon", "docker -d"],
  patterns: [
    /\b(?:dockerd|docker\s+(?:daemon|-d))\b.*\s(?:-H|--host)[= ]?tcp:\/\/(?!127\.0\.0\.1|localhost|\[::1\])\S+/i,
  ],
  except: [/--tlsverify/],
  did: "opened the Docker daemon to the network",
  because: "whoever reaches that socket has root on the device",
  fires: ["dockerd -H tcp://0.0.0.0:2375", "dockerd -H unix:///run/docker.sock -H tcp://10.0.0.2:2375"],
  silent: [
    "dockerd -H fd:// --containerd=/run/containerd/containerd.sock",
    "dockerd --tlsverify -H tcp://0.0.0.0:2376",
    "dockerd -H tcp://127.0.0.1:2375",
  ],
});
