import { shown } from "../../rule.js";
import { fieldOf, snapshotRule } from "../../snapshot-rule.js";

/** A container with every capability of the host runs that did not before. */
export const privilegedContainerRuns = snapshotRule({
  id: "privileged-container-runs",
  alertType: "Picket_PrivilegedContainerRuns",
  name: "Privileged container runs",
  severity: "Medium",
  about: "A container with every capability of the host runs that did not before.",
  tactics: ["Privilege Escalation", "Execution"],
  techniques: ["T1611", "T1610"],
  remediation: "Give the container only the capabilities that it needs, or remove it.",
  falsePositives: ["Node agents, build containers and hardware gateways."],
  needs: "the agent's snapshot of containers",
  reads: "Containers",
  on: "appears",
  remember: (item) =>
    item["IsPrivileged"] === true
      ? [fieldOf(item, "ContainerName") || fieldOf(item, "ContainerId"), fieldOf(item, "Image")]
      : undefined,
  title: (key, deviceId) => `The container ${key} has every right on ${deviceId}`,
  reason: (key, value) =>
    `${shown(key)}${value ? ` of ${shown(value)}` : ""} has every capability of the host and was not in the last snapshot.`,
  cases: [
    {
      name: "a privileged one",
      before: [],
      after: [
        {
          ContainerId: "web",
          ContainerName: "web",
          Image: "alpine",
          ContainerRuntime: "docker",
          IsPrivileged: true,
        },
      ],
      alerts: 1,
    },
    {
      name: "an ordinary one",
      before: [],
      after: [
        {
          ContainerId: "web",
          ContainerName: "web",
          Image: "nginx",
          ContainerRuntime: "docker",
          IsPrivileged: false,
        },
      ],
      alerts: 0,
    },
    {
      name: "it ran before",
      before: [
        {
          ContainerId: "web",
          ContainerName: "web",
          Image: "alpine",
          ContainerRuntime: "docker",
          IsPrivileged: true,
        },
      ],
      after: [
        {
          ContainerId: "web",
          ContainerName: "web",
          Image: "alpine",
          ContainerRuntime: "docker",
          IsPrivileged: true,
        },
      ],
      alerts: 0,
    },
  ],
});
