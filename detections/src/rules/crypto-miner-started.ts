import { commandRule } from "../rule.js";

/** A program whose name is that of a coin miner. Miners steal power and are a common load of worms. */
export const cryptoMinerStarted = commandRule({
  id: "crypto-miner-started",
  alertType: "IoT_CryptoMiner",
  name: "Crypto coin miner image",
  severity: "High",
  about: "A program whose name is that of a coin miner. Miners steal power and are a common load of worms.",
  tactics: ["Impact"],
  techniques: ["T1496"],
  witness: [
    "cpuminer",
    "minerd",
    "xmrig",
    "cgminer",
    "bfgminer",
    "ethminer",
    "stratum+tcp",
    "stratum+ssl",
    "cryptonight",
    "nicehash",
    "minergate",
    "xmr-stak",
    "coinhive",
    "kdevtmpfsi",
    "kinsing",
  ],
  patterns: [
    /\b(?:cpuminer(?:-multi|-opt)?|minerd|xmrig(?:-\w+)?|cgminer|bfgminer|ethminer|nheqminer|xmr-stak\w*|minergate(?:-cli)?|kdevtmpfsi|kinsing)\b/i,
    /stratum\+(?:tcp|ssl):\/\/\S+/i,
    /\b(?:cryptonight|randomx|nicehash|coinhive)\b/i,
  ],
  except: [/^(?:\S*\/)?(?:apt|apt-get|dpkg|apt-cache)\s+(?:show|search|policy|-s)\b/],
  did: "started a coin miner",
  because: "that is the name or protocol of a coin miner",
  fires: [
    "sh -c echo cpuminer-multi",
    "/tmp/.x/xmrig -o stratum+tcp://pool.example.net:3333 -u 44A",
    "./minerd -a cryptonight",
  ],
  silent: ["apt-cache show cpuminer", "vim determiner.txt", "/usr/bin/examine --deep"],
});
