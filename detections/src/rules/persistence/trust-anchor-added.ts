import { commandRule } from "../../command-rule.js";
import { ancestryOf, find, parentOf, writesTo } from "../../shell/look.js";

/** A certificate authority was added to those that the device trusts. */
export const trustAnchorAdded = commandRule({
  id: "trust-anchor-added",
  alertType: "Picket_TrustAnchorAdded",
  name: "Certificate authority trusted by a command",
  severity: "Medium",
  about: "A certificate authority was added to those that the device trusts.",
  tactics: ["Persistence", "Defense Evasion"],
  techniques: ["T1553.004"],
  falsePositives: [
    "Companies that add their own authority to each device, once, with their management tool.",
  ],
  witness: [
    "ca-certificates",
    "update-ca-certificates",
    "update-ca-trust",
    "trust anchor",
    "ssl/certs",
    "certutil",
    "pki/ca-trust",
  ],
  sees: (reading, event) =>
    /(?:dpkg|apt|rpm|ansible|puppet|cloud-init|docker-entrypoint)/.test(
      `${parentOf(event)}\n${ancestryOf(event)}`,
    )
      ? undefined
      : (writesTo(
          reading,
          /^(?:\/usr\/local\/share\/ca-certificates|\/usr\/share\/ca-certificates|\/etc\/pki\/ca-trust\/source\/anchors|\/etc\/ssl\/certs)\/\S+\.(?:crt|pem|0)$/,
        ) ??
        find(reading, /^trust$/, ({ argv }) => argv[1] === "anchor" && !argv.includes("--remove")) ??
        find(reading, /^certutil$/, ({ text }) => /\s-A\b.*\s-t\s*['"]?C/.test(text))),
  did: "made the device trust another authority",
  because: "whoever holds its key can read and change encrypted connections",
  fires: [
    "cp /tmp/ca.crt /usr/local/share/ca-certificates/ca.crt",
    "wget http://203.0.113.9/ca -O /etc/ssl/certs/ca.pem",
    "trust anchor /root/evil.pem",
  ],
  silent: [
    "update-ca-certificates",
    "ls /etc/ssl/certs",
    "openssl x509 -in /etc/ssl/certs/ca.pem -noout",
    { line: "cp a.crt /usr/share/ca-certificates/a.crt", parent: "/usr/bin/dpkg" },
    "trust list",
    "trust anchor --remove /root/old.pem",
  ],
});
