import { agentErrors } from "../errors.js";

const HEADER = 24;
const MOST_DEEP = 8;
const STRUCT = 4;
const UNION = 5;
/** Words that follow a type's header, by kind; those with members are apart. */
const trailing = (kind: number, members: number): number => {
  if (kind === 1 || kind === 14 || kind === 17) return 4;
  if (kind === 3) return 12;
  if (kind === STRUCT || kind === UNION || kind === 15 || kind === 19) return members * 12;
  if (kind === 6 || kind === 13) return members * 8;
  return 0;
};

const invalid = (why: string) => agentErrors.recordsInvalid({ what: "The kernel's type information", why });

/** Where members lie within the kernel's structures. */
export class Btf {
  readonly #bytes: Buffer;
  readonly #strings: number;
  readonly #types: number[] = [0];
  readonly #structs = new Map<string, number>();

  constructor(bytes: Buffer) {
    if (bytes.length < HEADER || bytes.readUInt16LE(0) !== 0xeb9f) throw invalid("it does not begin as BTF");
    const header = bytes.readUInt32LE(4);
    this.#bytes = bytes;
    this.#strings = header + bytes.readUInt32LE(16);
    const end = header + bytes.readUInt32LE(8) + bytes.readUInt32LE(12);
    if (end > bytes.length || this.#strings > bytes.length) throw invalid("it is cut short");
    for (let at = header + bytes.readUInt32LE(8); at < end; ) {
      if (at + 12 > end) throw invalid("a type is cut short");
      const info = bytes.readUInt32LE(at + 4);
      const kind = (info >> 24) & 31;
      if (at + 12 + trailing(kind, info & 0xffff) > end) throw invalid("a type is cut short");
      if (kind === STRUCT) this.#structs.set(this.#name(bytes.readUInt32LE(at)), this.#types.length);
      this.#types.push(at);
      at += 12 + trailing(kind, info & 0xffff);
    }
  }

  /** Bytes from the start of a structure to a member, which may lie in anonymous parts of it. */
  offset(struct: string, member: string): number {
    const id = this.#structs.get(struct);
    const bits = id === undefined ? undefined : this.#find(id, member);
    if (bits === undefined) throw agentErrors.kernelUnfit({ why: `it has no ${struct}.${member}` });
    return bits / 8;
  }

  #find(id: number, member: string, depth = 0): number | undefined {
    const at = this.#types[id];
    if (at === undefined || at === 0 || depth > MOST_DEEP) return undefined;
    const info = this.#bytes.readUInt32LE(at + 4);
    const isPacked = info >>> 31 === 1;
    for (let index = 0; index < (info & 0xffff); index += 1) {
      const entry = at + 12 + index * 12;
      const name = this.#name(this.#bytes.readUInt32LE(entry));
      const raw = this.#bytes.readUInt32LE(entry + 8);
      const bits = isPacked ? raw & 0xffffff : raw;
      if (name === member) return bits;
      const type = this.#bytes.readUInt32LE(entry + 4);
      const inner = name === "" && this.#hasMembers(type) ? this.#find(type, member, depth + 1) : undefined;
      if (inner !== undefined) return bits + inner;
    }
    return undefined;
  }

  #hasMembers(type: number): boolean {
    const at = this.#types[type] ?? 0;
    const kind = at === 0 ? 0 : (this.#bytes.readUInt32LE(at + 4) >> 24) & 31;
    return kind === STRUCT || kind === UNION;
  }

  #name(offset: number): string {
    const start = this.#strings + offset;
    return this.#bytes.toString("latin1", start, this.#bytes.indexOf(0, start));
  }
}
