/** One record of the kernel's audit system. */
export interface AuditRecord {
  readonly type: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Records of one happening have the same. */
  readonly serial: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** Types of records that are read. */
export const auditType = {
  syscall: 1300,
  path: 1302,
  cwd: 1307,
  execve: 1309,
  end: 1320,
  proctitle: 1327,
  userAuth: 1100,
  userStart: 1105,
  userEnd: 1106,
  userError: 1109,
  userLogin: 1112,
  userLogout: 1113,
  userCommand: 1123,
  said: 1121,
} as const;

const MOST_BYTES = 16_384;
const MOST_FIELDS = 4_096;
const HEAD = /^audit\((\d{1,12})\.(\d{3}):(\d{1,20})\): ?/;
const FIELD = /([A-Za-z0-9_[\]-]+)=("[^"]*"|'[^']*'|\S*)/g;
/** Fields that are texts: in quotes, or as hexadecimal digits when a text holds what quotes cannot. */
const TEXTS = /^(?:a\d+(?:\[\d+\])?|cwd|exe|comm|name|proctitle|acct|cmd|key)$/;

/** Takes a record apart; undefined for one that has not the form. */
export function auditRecord(type: number, body: Buffer): AuditRecord | undefined {
  const text = body.toString("latin1", 0, Math.min(body.length, MOST_BYTES)).replace(/\0.*$/s, "");
  const head = HEAD.exec(text);
  if (!head) return undefined;
  const [whole, seconds, milliseconds, serial = ""] = head;
  const fields = new Map<string, string>();
  readFields(text.slice(whole.length), fields);
  return { type, at: Number(seconds) * 1000 + Number(milliseconds), serial, fields };
}

/** What programs say of users stands in quotes within the record; the kernel's own fields come first and count. */
function readFields(text: string, fields: Map<string, string>): void {
  for (const [, name = "", value = ""] of text.matchAll(FIELD)) {
    if (fields.size >= MOST_FIELDS) return;
    if (name === "msg" && value.startsWith("'")) readFields(value.slice(1, -1), fields);
    else if (!fields.has(name)) fields.set(name, TEXTS.test(name) ? textOf(value) : utf8(unquoted(value)));
  }
}

const unquoted = (value: string): string => (/^".*"$/s.test(value) ? value.slice(1, -1) : value);
const utf8 = (latin1: string): string => Buffer.from(latin1, "latin1").toString("utf8");

function textOf(value: string): string {
  if (value.startsWith('"')) return utf8(unquoted(value));
  if (value.length % 2 === 0 && /^[0-9A-F]+$/.test(value)) return Buffer.from(value, "hex").toString("utf8");
  return value === "(null)" ? "" : utf8(value);
}

/** The arguments of an EXECVE record and of those that go on with it, joined by blanks. */
export function argumentsOf(records: readonly AuditRecord[], most: number): { line: string; isCut: boolean } {
  const count = Number(records[0]?.fields.get("argc") ?? 0);
  const parts: string[] = [];
  let size = 0;
  for (let index = 0; index < count && size <= most; index += 1) {
    const part = argument(records, index, most);
    if (part === undefined) return { line: parts.join(" ").slice(0, most), isCut: true };
    parts.push(part);
    size += part.length + 1;
  }
  const line = parts.join(" ");
  return { line: line.slice(0, most), isCut: line.length > most || parts.length < count };
}

/** A long argument comes in pieces, which may be spread over records. */
function argument(records: readonly AuditRecord[], index: number, most: number): string | undefined {
  for (const { fields } of records) {
    const whole = fields.get(`a${index}`);
    if (whole !== undefined) return whole;
  }
  let text: string | undefined;
  let piece = 0;
  for (const { fields } of records)
    for (
      let more = fields.get(`a${index}[${piece}]`);
      more !== undefined;
      more = fields.get(`a${index}[${piece}]`)
    ) {
      text = (text ?? "") + more;
      piece += 1;
      if (text.length > most) return text;
    }
  return text;
}
