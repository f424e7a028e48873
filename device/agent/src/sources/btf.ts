import { agentErrors } from "../errors.js";

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

/** Where members lie within the kernel's structures. */
export class Btf {
  readonly #bytes: Buffer;
  readonly #strings: number;
  readonly #types: number[] = [0];
  readonly #structs = new Map<string, number>();

  constructor(bytes: Buffer) {
    if (bytes.readUInt16LE(0) !== 0xeb9f)
      throw agentErrors.recordsInvalid({
        what: "The kernel's type information",
        why: "it does not begin as BTF",
      });
    const header = bytes.readUInt32LE(4);
    this.#bytes = bytes;
    this.#strings = header + bytes.readUInt32LE(16);
    const end = header + bytes.readUInt32LE(8) + bytes.readUInt32LE(12);
    for (let at = header + bytes.readUInt32LE(8); at < end; ) {
      const info = bytes.readUInt32LE(at + 4);
      const kind = (info >> 24) & 31;
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

  #find(id: number, member: string): number | undefined {
    const at = this.#types[id]!;
    const info = this.#bytes.readUInt32LE(at + 4);
    const isPacked = info >>> 31 === 1;
    for (let index = 0; index < (info & 0xffff); index += 1) {
      const entry = at + 12 + index * 12;
      const name = this.#name(this.#bytes.readUInt32LE(entry));
      const raw = this.#bytes.readUInt32LE(entry + 8);
      const bits = isPacked ? raw & 0xffffff : raw;
      if (name === member) return bits;
      const type = this.#bytes.readUInt32LE(entry + 4);
      const kind = (this.#bytes.readUInt32LE(this.#types[type]! + 4) >> 24) & 31;
      const inner = name === "" && (kind === STRUCT || kind === UNION) ? this.#find(type, member) : undefined;
      if (inner !== undefined) return bits + inner;
    }
    return undefined;
  }

  #name(offset: number): string {
    const start = this.#strings + offset;
    return this.#bytes.toString("latin1", start, this.#bytes.indexOf(0, start));
  }
}
