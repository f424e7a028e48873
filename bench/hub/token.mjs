import { createHmac } from "node:crypto";

/** A token as a device makes it. */
export function token(device, key) {
  const resource = encodeURIComponent(`localhost/devices/${device}`);
  const expiry = Math.floor(Date.now() / 1000) + 3_600;
  const signed = createHmac("sha256", Buffer.from(key, "base64")).update(`${resource}\n${expiry}`);
  return `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(signed.digest("base64"))}&se=${expiry}`;
}

/** How each device of a bench connects. */
export const clientsOf = (keys) =>
  keys.map((key, index) => ({
    clientId: `load-${index}`,
    username: `localhost/load-${index}/?api-version=2021-04-12`,
    password: token(`load-${index}`, key),
    topic: `devices/load-${index}/messages/events/`,
  }));
