import { isInside } from "../../addresses.js";
import { eventRule } from "../../event-rule.js";
import { afterConnection } from "../../questions.js";
import { textOf } from "../../rule.js";

const MUCH = 200_000_000;

/** A tool of the command line sent a great deal over one connection to the outside. */
export const muchSentByTool = eventRule({
  id: "much-sent-by-tool",
  alertType: "Picket_MuchSentByTool",
  name: "Much data sent outside by a tool",
  severity: "Medium",
  about: "A tool of the command line sent a great deal over one connection to the outside.",
  tactics: ["Exfiltration"],
  techniques: ["T1048", "T1041"],
  remediation: "Find out what was sent and by whom.",
  falsePositives: ["Backups and uploads of builds; name their server in an exception."],
  needs: "the agent's ended connections with their bytes",
  reads: "ConnectionTerminate",
  witness: {
    field: "Executable",
    anyOf: [
      "curl",
      "wget",
      "scp",
      "nc",
      "sftp",
      "rclone",
      "python",
      "perl",
      "/tmp/",
      "ftp",
      "socat",
      "openssl",
      "bash",
      "ssh",
    ],
  },
  sees: (event) =>
    textOf(event, "Direction") === "Out" &&
    Number(event.item["BytesSent"] ?? 0) >= MUCH &&
    !isInside(textOf(event, "RemoteAddress")) &&
    /\/(?:curl|wget|scp|sftp|ssh|n?cat|nc\S*|rclone|python[\d.]*|perl|t?ftp|socat|openssl|bash|sh)$|^\/tmp\//.test(
      textOf(event, "Executable"),
    )
      ? `${Math.round(Number(event.item["BytesSent"]) / 1e6)} MB`
      : undefined,
  entity: (event) => `${textOf(event, "Executable")} ${textOf(event, "RemoteAddress")}`,
  title: (event) => `Much data left ${event.deviceId}`,
  reason: (event, matched) =>
    `${textOf(event, "Executable")} sent ${matched} to ${textOf(event, "RemoteAddress")}; 200 MB make an alert.`,
  next: afterConnection,
  fires: [
    [
      "a file transfer",
      { Direction: "Out", RemoteAddress: "203.0.113.9", Executable: "/usr/bin/curl", BytesSent: 3e8 },
    ],
    [
      "a bare connection",
      { Direction: "Out", RemoteAddress: "203.0.113.9", Executable: "/usr/bin/nc.openbsd", BytesSent: 9e8 },
    ],
  ],
  silent: [
    [
      "a little",
      { Direction: "Out", RemoteAddress: "203.0.113.9", Executable: "/usr/bin/curl", BytesSent: 3e5 },
    ],
    ["inside", { Direction: "Out", RemoteAddress: "10.0.0.5", Executable: "/usr/bin/scp", BytesSent: 9e8 }],
    [
      "a camera",
      { Direction: "Out", RemoteAddress: "203.0.113.9", Executable: "/usr/bin/nvr", BytesSent: 9e9 },
    ],
  ],
});
