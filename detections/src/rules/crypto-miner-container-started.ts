import { commandRule } from "../rule.js";

/** A container started from an image known for mining coins. */
export const cryptoMinerContainerStarted = commandRule({
  id: "crypto-miner-container-started",
  alertType: "IoT_CryptoMinerContainer",
  name: "Crypto coin miner container image detected",
  severity: "Medium",
  about: "A container started from an image known for mining coins.",
  tactics: ["Impact", "Execution"],
  techniques: ["T1496", "T1610"],
  witness: ["docker", "podman", "ctr", "nerdctl", "crictl"],
  patterns: [
    /\b(?:docker|podman|nerdctl|ctr|crictl)\b.*\b(?:run|pull|create)\b.*\b\S*(?:xmrig|minerd|cpuminer|monero|cryptonight|ethminer)\S*/i,
  ],
  did: "started a container that mines coins",
  because: "the image's name is that of a coin miner",
  fires: ["docker run -d patsissons/xmrig", "podman pull docker.example/kannix/monero-miner"],
  silent: ["docker run -d nginx:1.27", "docker ps --filter name=monerobot-archive"],
});
