import { commandRule } from "../../command-rule.js";
import { find, hasFlag } from "../../shell/look.js";

/** Traffic is recorded to a file or searched for passwords. */
export const trafficRecorded = commandRule({
  id: "traffic-recorded",
  alertType: "Picket_TrafficRecorded",
  name: "Traffic of the network recorded",
  severity: "Low",
  about: "Traffic is recorded to a file or searched for passwords.",
  tactics: ["Credential Access", "Discovery"],
  techniques: ["T1040"],
  falsePositives: ["Administrators who look for a fault; they stop after a few minutes."],
  witness: ["tcpdump", "tshark", "dumpcap", "ngrep", "dsniff", "ettercap"],
  sees: (reading) =>
    find(
      reading,
      /^(?:tcpdump|tshark|dumpcap)$/,
      (command) => hasFlag(command, "w") && !/\/dev\/null/.test(command.text),
    ) ??
    find(reading, /^ngrep$/, ({ text }) => /pass|user|auth|login|cookie/i.test(text)) ??
    reading.pipelines
      .find(
        (commands) =>
          commands.length > 1 &&
          /^(?:tcpdump|tshark)$/.test(commands[0]?.name ?? "") &&
          /pass|user|auth|login/i.test(
            commands
              .slice(1)
              .map(({ text }) => text)
              .join(" "),
          ),
      )
      ?.map(({ text }) => text)
      .join(" | "),
  did: "recorded traffic of the network",
  because: "passwords that are not encrypted stand in it",
  fires: [
    "tcpdump -i eth0 -w /tmp/c.pcap",
    "sh -c tcpdump -A -i any port 21 | grep -i pass",
    "ngrep -q -W byline password port 80",
  ],
  silent: [
    "tcpdump --version",
    "tcpdump -i eth0 -c 10 icmp",
    "tshark -r a.pcap",
    "ls /tmp/a.pcap",
    "apt-get install tcpdump",
  ],
});
