import { isInside } from "../../addresses.js";
import { eventRule, many } from "../../event-rule.js";
import { afterConnection } from "../../questions.js";
import { textOf } from "../../rule.js";

const USUAL = new Set([
  "53",
  "80",
  "123",
  "443",
  "853",
  "1883",
  "5353",
  "8080",
  "8443",
  "8883",
  "1900",
  "67",
  "68",
]);

/** One program tried one port of many different addresses inside the network within minutes: it looks for other devices. */
export const networkScanned = eventRule({
  id: "network-scanned",
  alertType: "Picket_NetworkScanned",
  name: "Many addresses of the network tried",
  severity: "Medium",
  about:
    "One program tried one port of many different addresses inside the network within minutes: it looks for other devices.",
  tactics: ["Discovery"],
  techniques: ["T1046", "T1018"],
  remediation: "Find out which program it is. If nobody started it, take the device off the network.",
  falsePositives: [
    "Monitoring and gateways that poll their devices; name the program and its port in an exception.",
  ],
  reads: "ConnectionCreate",
  threshold: { count: 40, minutes: 5, distinct: (event) => textOf(event, "RemoteAddress") },
  sees: (event) => {
    const port = textOf(event, "RemotePort");
    return textOf(event, "Direction") === "Out" &&
      port !== "" &&
      port !== "0" &&
      !USUAL.has(port) &&
      textOf(event, "RemoteAddress") !== "" &&
      isInside(textOf(event, "RemoteAddress"))
      ? `port ${port}`
      : undefined;
  },
  entity: (event) => `${textOf(event, "Executable")}:${textOf(event, "RemotePort")}`,
  title: (event) => `${event.deviceId} searches its network`,
  reason: (event, matched, hits) =>
    `${textOf(event, "Executable") || "A program"} tried ${matched} of ${hits} addresses inside the network within 5 minutes; 40 make an alert.`,
  next: afterConnection,
  fires: [
    many("forty addresses", 40, (n) => ({
      Direction: "Out",
      RemoteAddress: `10.0.0.${n}`,
      RemotePort: "22",
      Executable: "/tmp/s",
    })),
  ],
  silent: [
    many("name servers and web pages", 60, (n) => ({
      Direction: "Out",
      RemoteAddress: `10.0.0.${n}`,
      RemotePort: "443",
    })),
    many("one address", 60, () => ({ Direction: "Out", RemoteAddress: "10.0.0.5", RemotePort: "22" })),
    many("addresses outside", 60, (n) => ({
      Direction: "Out",
      RemoteAddress: `203.0.113.${n}`,
      RemotePort: "22",
    })),
  ],
});
