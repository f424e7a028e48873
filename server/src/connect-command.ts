import { SECURITY_MODULE } from "@picket/schema";
import type { House } from "./house.js";

/** How a registered device is connected: connection strings, and one command to copy. */
export function connectionOf(
  house: House,
  deviceId: string,
): { connectionString: string; deviceConnectionString: string; command: string; caCertificate: string } {
  const { hub, tls, config } = house.rooms;
  const device = hub.registry.get(deviceId);
  const module = hub.registry.find(deviceId, SECURITY_MODULE) ?? device;
  const connectionString = hub.connectionString(module);
  const origin = `https://${config.hostName}${config.httpsPort === 443 ? "" : `:${config.httpsPort}`}`;
  const command = [
    "mkdir -p picket-agent && cd picket-agent",
    `printf '%s' '${tls.ca.trim()}\n' > ca.pem`,
    `(umask 077; printf '%s' '${connectionString}' > connection-string)`,
    `curl -fsS --cacert ca.pem ${origin}/picket/picket-agent.tgz | tar xz`,
    "sudo node picket-agent.mjs --connection-string-file connection-string --ca ca.pem --data data --low-latency",
  ].join(" && \\\n");
  return {
    connectionString,
    deviceConnectionString: hub.connectionString(device),
    command,
    caCertificate: tls.ca,
  };
}
