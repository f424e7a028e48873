import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** A program that lends the device's connection to strangers was started: sold bandwidth, or a proxy of a botnet. */
export const proxyForStrangers = commandRule({
  id: "proxy-for-strangers",
  alertType: "Picket_ProxyForStrangers",
  name: "Proxy for strangers started",
  severity: "Medium",
  about:
    "A program that lends the device's connection to strangers was started: sold bandwidth, or a proxy of a botnet.",
  tactics: ["Command and Control", "Impact"],
  techniques: ["T1090", "T1496.002"],
  falsePositives: ["People who sell their bandwidth on purpose."],
  witness: [
    "microsocks",
    "3proxy",
    "peer2profit",
    "p2pclient",
    "iproyal",
    "pawns-cli",
    "packetstream",
    "psclient",
    "honeygain",
    "traffmonetizer",
    "earnapp",
    "repocket",
    "proxyrack",
    "bitping",
    "danted",
    "sockd",
    "glider",
    "packetshare",
    "mysterium",
  ],
  sees: (reading) =>
    find(
      reading,
      /^(?:microsocks|3proxy|p2pclient|peer2profit|pawns-cli|iproyal\S*|psclient|packetstream|honeygain|traffmonetizer|tm-cli|earnapp|repocket|proxyrack|bitping|packetshare|glider)$/,
      ({ argv }) => !/^(?:--?version|--?help)$/.test(argv[1] ?? ""),
    ) ??
    find(reading, /^(?:docker|podman)$/, ({ text }) =>
      /\srun\b.*(?:traffmonetizer\/cli|peer2profit|honeygain\/honeygain|iproyal\/pawns-cli|packetstream\/psclient|repocket|fazalfarhan01\/earnapp)/.test(
        text,
      ),
    ),
  did: "started a proxy for strangers",
  because: "strangers use the device's connection",
  fires: [
    "microsocks -p 1080",
    "docker run -d traffmonetizer/cli start accept --token x",
    "./pawns-cli -email=x -password=y -accept-tos",
  ],
  silent: [
    "apt-get install microsocks",
    "systemctl status danted",
    "docker pull nginx",
    "3proxy --version",
    "grep honeygain list.txt",
  ],
});
