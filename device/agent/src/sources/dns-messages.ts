import { addressOf } from "./host-events.js";

/** A message of the domain name system, with the ends it went between. */
export interface DnsMessage {
  readonly id: number;
  readonly isAnswer: boolean;
  readonly name: string;
  readonly type: string;
  /** Empty for a question. */
  readonly code: string;
  readonly answers: readonly string[];
  readonly client: string;
  readonly clientPort: number;
  readonly server: string;
}

const UDP = 17;
const PORT = 53;
const HEADER = 12;
const MOST_LABELS = 128;
const MOST_NAME = 255;
const MOST_ANSWERS = 10;
const types: ReadonlyMap<number, string> = new Map([
  [1, "A"],
  [2, "NS"],
  [5, "CNAME"],
  [6, "SOA"],
  [12, "PTR"],
  [15, "MX"],
  [16, "TXT"],
  [28, "AAAA"],
  [33, "SRV"],
  [35, "NAPTR"],
  [43, "DS"],
  [48, "DNSKEY"],
  [64, "SVCB"],
  [65, "HTTPS"],
  [252, "AXFR"],
  [255, "ANY"],
]);
const codes: ReadonlyMap<number, string> = new Map([
  [0, "NOERROR"],
  [1, "FORMERR"],
  [2, "SERVFAIL"],
  [3, "NXDOMAIN"],
  [4, "NOTIMP"],
  [5, "REFUSED"],
]);

/** Reads a packet that begins with its IP header; undefined for what is no message about a name, or cut short. */
export function dnsMessageOf(packet: Buffer): DnsMessage | undefined {
  const ip = ipOf(packet);
  if (!ip || ip.payload.length < 8) return undefined;
  const [from, to] = [ip.payload.readUInt16BE(0), ip.payload.readUInt16BE(2)];
  if (from !== PORT && to !== PORT) return undefined;
  const message = questionOf(ip.payload.subarray(8));
  if (!message) return undefined;
  const isFromServer = message.isAnswer;
  return {
    ...message,
    client: isFromServer ? ip.to : ip.from,
    clientPort: isFromServer ? to : from,
    server: isFromServer ? ip.from : ip.to,
  };
}

function ipOf(packet: Buffer): { from: string; to: string; payload: Buffer } | undefined {
  const version = (packet[0] ?? 0) >> 4;
  if (version === 4 && packet.length >= 20) {
    const head = ((packet[0] ?? 0) & 15) * 4;
    if (packet[9] !== UDP || head < 20 || packet.length < head || (packet.readUInt16BE(6) & 0x1fff) !== 0)
      return undefined;
    return {
      from: addressOf(packet.subarray(12, 16), false),
      to: addressOf(packet.subarray(16, 20), false),
      payload: packet.subarray(head),
    };
  }
  if (version !== 6 || packet.length < 40 || packet[6] !== UDP) return undefined;
  return {
    from: addressOf(packet.subarray(8, 24), true),
    to: addressOf(packet.subarray(24, 40), true),
    payload: packet.subarray(40),
  };
}

type Question = Omit<DnsMessage, "client" | "clientPort" | "server">;

function questionOf(bytes: Buffer): Question | undefined {
  if (bytes.length < HEADER + 5 || bytes.readUInt16BE(4) !== 1) return undefined;
  const flags = bytes.readUInt16BE(2);
  const asked = nameAt(bytes, HEADER);
  if (!asked || asked.end + 4 > bytes.length) return undefined;
  const type = bytes.readUInt16BE(asked.end);
  const isAnswer = (flags & 0x8000) !== 0;
  return {
    id: bytes.readUInt16BE(0),
    isAnswer,
    name: asked.name,
    type: types.get(type) ?? `TYPE${type}`,
    code: isAnswer ? (codes.get(flags & 15) ?? `RCODE${flags & 15}`) : "",
    answers: isAnswer ? answersAt(bytes, asked.end + 4) : [],
  };
}

function answersAt(bytes: Buffer, from: number): string[] {
  const found: string[] = [];
  const count = Math.min(bytes.readUInt16BE(6), MOST_ANSWERS);
  for (let at = from, index = 0; index < count; index += 1) {
    const owner = nameAt(bytes, at);
    if (!owner || owner.end + 10 > bytes.length) return found;
    const type = bytes.readUInt16BE(owner.end);
    const data = owner.end + 10;
    const size = bytes.readUInt16BE(owner.end + 8);
    if (data + size > bytes.length) return found;
    const text = answerOf(bytes, type, { at: data, size });
    if (text !== undefined) found.push(text);
    at = data + size;
  }
  return found;
}

function answerOf(
  bytes: Buffer,
  type: number,
  { at, size }: { at: number; size: number },
): string | undefined {
  if (type === 1 && size === 4) return addressOf(bytes.subarray(at, at + 4), false);
  if (type === 28 && size === 16) return addressOf(bytes.subarray(at, at + 16), true);
  if (type === 5 || type === 12 || type === 2) return nameAt(bytes, at)?.name;
  if (type === 16 && size > 0)
    return bytes.toString("latin1", at + 1, Math.min(at + size, at + 1 + (bytes[at] ?? 0), at + 100));
  return undefined;
}

/** A name with the place behind it. It may go on elsewhere, but only further to the front, so that it comes to an end. */
function nameAt(bytes: Buffer, start: number): { name: string; end: number } | undefined {
  const labels: string[] = [];
  let size = 0;
  let end: number | undefined;
  let earliest = start;
  for (let at = start, count = 0; count < MOST_LABELS; count += 1) {
    const length = bytes[at];
    if (length === undefined) return undefined;
    if (length === 0) return { name: labels.join(".").toLowerCase(), end: end ?? at + 1 };
    if (length >= 192) {
      const target = ((length & 63) << 8) | (bytes[at + 1] ?? 0);
      if (at + 1 >= bytes.length || target >= earliest) return undefined;
      end ??= at + 2;
      earliest = target;
      at = target;
      continue;
    }
    size += length + 1;
    if (length > 63 || at + 1 + length > bytes.length || size > MOST_NAME) return undefined;
    labels.push(label(bytes.subarray(at + 1, at + 1 + length)));
    at += 1 + length;
  }
  return undefined;
}

/** Bytes that are no letters of names are written as programs of DNS write them. */
const label = (bytes: Buffer): string =>
  [...bytes]
    .map((byte) =>
      byte > 32 && byte < 127 && byte !== 46 && byte !== 92
        ? String.fromCharCode(byte)
        : `\\${String(byte).padStart(3, "0")}`,
    )
    .join("");
