import { commandRule } from "../../command-rule.js";
import { find, parentOf } from "../../shell/look.js";

/** A program through which somebody else sees and controls the device was started. */
export const remoteControlStarted = commandRule({
  id: "remote-control-started",
  alertType: "Picket_RemoteControlStarted",
  name: "Remote control program started",
  severity: "Medium",
  about: "A program through which somebody else sees and controls the device was started.",
  tactics: ["Command and Control"],
  techniques: ["T1219"],
  falsePositives: ["Support that the owner asked for."],
  witness: [
    "anydesk",
    "teamviewer",
    "rustdesk",
    "meshagent",
    "tmate",
    "gsocket",
    "gs-netcat",
    "sshx",
    "screenconnect",
    "x11vnc",
    "vino",
    "vncserver",
    "dwservice",
    "splashtop",
    "remotely",
  ],
  sees: (reading, event) =>
    /\/(?:systemd|dpkg)$/.test(parentOf(event))
      ? undefined
      : (find(
          reading,
          /^(?:anydesk|teamviewerd?|rustdesk|meshagent\S*|tmate|gs-(?:netcat|sftp|mount)|gsocket|sshx|screenconnect|dwagent|splashtop\S*|remotely)$/,
          ({ argv }) => !/^(?:--?version|--?help|-V|--get-id)$/.test(argv[1] ?? ""),
        ) ?? find(reading, /^x11vnc$/, ({ text }) => !/-localhost|--help|-version/.test(text))),
  did: "started remote control",
  because: "somebody outside controls the device",
  fires: ["tmate -F", "gs-netcat -s secret -l -i", "./meshagent -run", "x11vnc -forever -shared"],
  silent: [
    "apt-get install anydesk",
    "x11vnc -localhost",
    "teamviewer --version",
    "systemctl status rustdesk",
    { line: "/usr/bin/anydesk --service", parent: "/usr/lib/systemd/systemd" },
    "tmux attach",
  ],
});
