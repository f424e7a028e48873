import { commandRule } from "../../command-rule.js";
import { ancestryOf, find, parentOf } from "../../shell/look.js";

/** A command asks the metadata service of a cloud for the machine's credentials. */
export const cloudMetadataAsked = commandRule({
  id: "cloud-metadata-asked",
  alertType: "Picket_CloudMetadataAsked",
  name: "Credentials asked of the cloud's metadata service",
  severity: "Medium",
  about: "A command asks the metadata service of a cloud for the machine's credentials.",
  tactics: ["Credential Access", "Discovery"],
  techniques: ["T1552.005", "T1580"],
  falsePositives: ["The cloud's own agents and set-up tools ask as well; their program tells them apart."],
  witness: ["169.254.169.254", "metadata.google", "100.100.100.200", "fd00:ec2"],
  sees: (reading, event) =>
    /(?:cloud-init|waagent|amazon-ssm|google_|ec2-|aws|walinux)/.test(parentOf(event) + ancestryOf(event))
      ? undefined
      : find(
          reading,
          /^(?:curl|wget|python[\d.]*|nc|perl)$/,
          ({ text }) =>
            /(?:169\.254\.169\.254|metadata\.google\.internal|100\.100\.100\.200|\[?fd00:ec2::254)\S*/.test(
              text,
            ) && /(?:iam|security-credentials|token|user-data|identity|service-accounts|ram\/)/.test(text),
        ),
  did: "asked the cloud for credentials",
  because: "the answer opens other resources of the cloud",
  fires: [
    "curl http://169.254.169.254/latest/meta-data/iam/security-credentials/",
    "wget -qO- http://100.100.100.200/latest/meta-data/ram/security-credentials/",
    "curl -H Metadata:true http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01",
  ],
  silent: [
    "curl http://169.254.169.254/latest/meta-data/instance-id",
    "ping 169.254.169.254",
    { line: "curl http://169.254.169.254/latest/user-data", parent: "/usr/bin/cloud-init" },
    "ip route get 169.254.169.254",
    "curl http://10.0.0.5/iam",
  ],
});
