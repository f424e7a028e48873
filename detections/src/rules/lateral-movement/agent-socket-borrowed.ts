import { commandRule } from "../../command-rule.js";

/** A command uses the socket of an SSH agent that lies in another's folder: logging in elsewhere with keys that are not one's own. */
export const agentSocketBorrowed = commandRule({
  id: "agent-socket-borrowed",
  alertType: "Picket_AgentSocketBorrowed",
  name: "Somebody else's SSH agent used",
  severity: "High",
  about:
    "A command uses the socket of an SSH agent that lies in another's folder: logging in elsewhere with keys that are not one's own.",
  tactics: ["Lateral Movement", "Credential Access"],
  techniques: ["T1563.001", "T1021.004"],
  falsePositives: [
    "Terminal multiplexers keep the address of an agent in a variable; they do not set it by hand to a path in /tmp.",
  ],
  witness: ["ssh_auth_sock"],
  sees: (reading) => {
    const borrowed = reading.commands.find(({ assigned, argv, name }) =>
      [
        ...assigned,
        ...(name === "export" ? argv.slice(1).map((word) => word.split("=") as [string, string]) : []),
      ].some(
        ([variable, value]) =>
          variable === "SSH_AUTH_SOCK" && /^\/(?:tmp\/ssh-|run\/user\/(?!\$)|proc\/)/.test(value ?? ""),
      ),
    );
    return borrowed && reading.commands.some(({ name }) => /^(?:ssh|scp|ssh-add|sftp)$/.test(name))
      ? reading.plain.slice(0, 200)
      : undefined;
  },
  did: "used somebody else's SSH agent",
  because: "it logs in elsewhere with another's keys",
  fires: [
    "sh -c SSH_AUTH_SOCK=/tmp/ssh-XXabc/agent.1234 ssh root@10.0.0.7",
    "bash -c export SSH_AUTH_SOCK=/tmp/ssh-q/agent.9; ssh-add -l",
    "sh -c SSH_AUTH_SOCK=/proc/55/fd/3 scp x host:",
  ],
  silent: [
    "ssh-add -l",
    "sh -c echo $SSH_AUTH_SOCK",
    "ssh-agent bash",
    "sh -c SSH_AUTH_SOCK=$XDG_RUNTIME_DIR/agent ssh host",
    "sh -c unset SSH_AUTH_SOCK; ssh host",
  ],
});
