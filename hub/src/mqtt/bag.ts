import type { CommandHead } from "../c2d/command.js";

const MOST_PROPERTIES = 200;

/** Reads the property bag of a topic. Clients encode the keys of system properties or not; both are the same key. */
export function parseBag(text: string): Record<string, string> {
  const bag: Record<string, string> = {};
  for (const part of text
    .replace(/^\?|\/$/g, "")
    .split("&")
    .slice(0, MOST_PROPERTIES)) {
    const at = part.indexOf("=");
    const key = decoded(at < 0 ? part : part.slice(0, at));
    if (key !== "" && key !== "__proto__") bag[key] = at < 0 ? "" : decoded(part.slice(at + 1));
  }
  return bag;
}

/** The property bag of a command's topic. */
export function commandBag(command: CommandHead): string {
  const { messageId, correlationId, userId, contentType, contentEncoding, ack, expiresAt } = command;
  const bag: Record<string, string | undefined> = {
    "$.mid": messageId,
    "$.cid": correlationId,
    "$.uid": userId,
    "$.to": command.to ?? `/devices/${command.deviceId}/messages/devicebound`,
    "$.ct": contentType,
    "$.ce": contentEncoding,
    "$.exp": new Date(expiresAt).toISOString(),
    ...(ack === "none" ? {} : { "iothub-ack": ack }),
    ...command.properties,
  };
  return printBag(bag);
}

/** Prints a property bag; what is undefined is left out. */
export function printBag(bag: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(bag)
    .filter(([, value]) => value !== undefined)
    .map(([key, value = ""]) => `${encoded(key)}=${encoded(value)}`)
    .join("&");
}

/** Decodes what can be decoded; text that only looks encoded stays as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Half of a surrogate pair has no encoding; it becomes the replacement character. */
const encoded = (text: string): string => encodeURIComponent(Buffer.from(text).toString());
