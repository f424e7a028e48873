import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** A container started from an image that is known for mining coins, or a miner started inside one. */
export const cryptoMinerContainerStarted = commandRule({
  id: "crypto-miner-container-started",
  alertType: "IoT_CryptoMinerContainer",
  name: "Crypto coin miner container image detected",
  severity: "Medium",
  about: "A container started from an image that is known for mining coins, or a miner started inside one.",
  tactics: ["Impact", "Execution"],
  techniques: ["T1496.001", "T1610"],
  remediation:
    "Remove the image and its containers, and make sure that the container runtime's socket cannot be reached over the network.",
  falsePositives: ["Listing or removing such an image."],
  witness: ["docker", "podman", "ctr", "nerdctl", "crictl", "kubectl", "lxc"],
  sees: (reading) =>
    find(
      reading,
      /^(?:docker|podman|nerdctl|ctr|crictl|kubectl|lxc)$/,
      ({ argv }) =>
        /^(?:run|pull|create|container|image|images|start|launch)$/.test(argv[1] ?? "") &&
        !argv.some((word) => /^(?:rm|rmi|ls|list|inspect|prune)$/.test(word)) &&
        argv
          .slice(2)
          .some(
            (word) =>
              !word.startsWith("-") &&
              /(?:xmrig|minerd|cpuminer|monero|cryptonight|ethminer|xmr-stak|minergate|nicehash|alpine-xmrig)/i.test(
                word.split(":")[0] ?? "",
              ) &&
              !/archive|exporter|wallet-rpc|monerod/.test(word),
          ),
    ),
  did: "started a container that mines coins",
  because: "the image's name is that of a coin miner",
  fires: [
    "docker run -d patsissons/xmrig",
    "podman pull docker.example/kannix/monero-miner",
    "sh -c docker run -d --restart=always --cpus 8 miner/cpuminer:latest -a rx/0",
    "kubectl run web --image x/xmrig --restart=Never xmrig",
  ],
  silent: [
    "docker run -d nginx:1.27",
    "docker ps --filter name=monerobot-archive",
    "docker image rm patsissons/xmrig",
    "docker pull registry.example.net/examiner:2",
    "podman run --rm node-exporter:1.8",
    "docker run -d registry.example.net/determined/api:3",
  ],
});
