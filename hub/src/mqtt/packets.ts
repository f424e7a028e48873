import { generate, type Packet, parser } from "mqtt-packet";

/** Parses one packet of the rare kinds; undefined when it is none. */
export function parsePacket(frame: Buffer): Packet | undefined {
  let found: Packet | undefined;
  const reader = parser({ protocolVersion: 4 });
  reader.on("packet", (packet: Packet) => {
    found ??= packet;
  });
  reader.on("error", () => {});
  try {
    reader.parse(frame);
  } catch {
    return undefined;
  }
  return found;
}

/** The bytes of a packet. */
export const packetBytes = (packet: Packet): Buffer => generate(packet, { protocolVersion: 4 });

/** A PUBLISH to the client; with an id it has QoS 1. */
export const publishBytes = (topic: string, payload: string | Uint8Array, id = 0): Buffer =>
  packetBytes({
    cmd: "publish",
    topic,
    payload: typeof payload === "string" ? payload : Buffer.from(payload),
    qos: id > 0 ? 1 : 0,
    dup: false,
    retain: false,
    ...(id > 0 ? { messageId: id } : {}),
  });

/** What a device sent as JSON; undefined when it is none. */
export function parsedJson(text: string): unknown {
  try {
    return text.trim() === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
