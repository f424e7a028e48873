import { shown } from "../../rule.js";
import { fieldOf, snapshotRule } from "../../snapshot-rule.js";

/** A container runs whose image or command is that of a coin miner. */
export const minerContainerRuns = snapshotRule({
  id: "miner-container-runs",
  alertType: "Picket_MinerContainerRuns",
  name: "Container of a miner runs",
  severity: "High",
  about: "A container runs whose image or command is that of a coin miner.",
  tactics: ["Impact", "Execution"],
  techniques: ["T1496.001", "T1610"],
  remediation: "Stop and remove the container and its image, and find out how somebody could start it.",
  falsePositives: ["None are known."],
  needs: "the agent's snapshot of containers",
  reads: "Containers",
  on: "appears",
  remember: (item) =>
    /xmrig|minerd|cpuminer|monero(?!d)|cryptonight|xmr-stak|stratum\+|nicehash|ethminer/i.test(
      `${fieldOf(item, "Image")} ${fieldOf(item, "CommandLine")}`,
    )
      ? [
          fieldOf(item, "ContainerName") || fieldOf(item, "ContainerId"),
          fieldOf(item, "Image") || fieldOf(item, "CommandLine"),
        ]
      : undefined,
  title: (key, deviceId) => `The container ${key} mines coins on ${deviceId}`,
  reason: (key, value) => `${shown(key)} is made of ${shown(value)}, which is that of a coin miner.`,
  cases: [
    {
      name: "by its image",
      before: [],
      after: [
        {
          ContainerId: "w",
          ContainerName: "w",
          Image: "patsissons/xmrig",
          ContainerRuntime: "docker",
          IsPrivileged: false,
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
      name: "a wallet",
      before: [],
      after: [
        {
          ContainerId: "m",
          ContainerName: "m",
          Image: "x/monerod",
          ContainerRuntime: "docker",
          IsPrivileged: false,
        },
      ],
      alerts: 0,
    },
  ],
});
