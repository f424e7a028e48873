/** What may be taken out of one message; hostile bytes may point at the same text from everywhere. */
export class Budget {
  #items: number;
  #textBytes: number;

  constructor({ items, textBytes }: { readonly items: number; readonly textBytes: number }) {
    this.#items = items;
    this.#textBytes = textBytes;
  }

  items(count: number): void {
    this.#items -= count;
    if (this.#items < 0) throw new RangeError("more items than a message may hold");
  }

  text(bytes: number): void {
    this.#textBytes -= bytes;
    if (this.#textBytes < 0) throw new RangeError("more text than a message may hold");
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * A table of FlatBuffers, read without trust: each offset is followed inside of the bytes only, or a `RangeError` says no.
 * Slots are numbered as the schema numbers its fields; one that is absent has the schema's default.
 */
export class FlatTable {
  readonly #view: DataView;
  readonly #at: number;
  readonly #vtable: number;
  readonly #vtableEnd: number;
  readonly #budget: Budget;

  private constructor(view: DataView, at: number, budget: Budget) {
    this.#view = view;
    this.#at = at;
    this.#budget = budget;
    this.#vtable = at - view.getInt32(at, true);
    const size = view.getUint16(this.#vtable, true);
    if (size < 4 || this.#vtable + size > view.byteLength) throw new RangeError("a table without a layout");
    this.#vtableEnd = this.#vtable + size;
  }

  /** The root table of a message. */
  static root(bytes: Uint8Array, budget: Budget): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(view, view.getUint32(0, true), budget);
  }

  has(slot: number): boolean {
    return this.#field(slot) !== 0;
  }

  u8(slot: number, fallback = 0): number {
    const at = this.#field(slot);
    return at === 0 ? fallback : this.#view.getUint8(at);
  }

  u16(slot: number, fallback = 0): number {
    const at = this.#field(slot);
    return at === 0 ? fallback : this.#view.getUint16(at, true);
  }

  u32(slot: number, fallback = 0): number {
    const at = this.#field(slot);
    return at === 0 ? fallback : this.#view.getUint32(at, true);
  }

  u64(slot: number): number {
    const at = this.#field(slot);
    return at === 0 ? 0 : Number(this.#view.getBigUint64(at, true));
  }

  text(slot: number): string {
    const at = this.#field(slot);
    if (at === 0) return "";
    const start = this.#follow(at);
    const length = this.#view.getUint32(start, true);
    this.#budget.text(length);
    return decoder.decode(this.#bytes(start + 4, length));
  }

  /** A struct, which lies in the table itself. */
  struct(slot: number, size: number): DataView | undefined {
    const at = this.#field(slot);
    return at === 0 ? undefined : this.#window(at, size);
  }

  table(slot: number): FlatTable | undefined {
    const at = this.#field(slot);
    return at === 0 ? undefined : new FlatTable(this.#view, this.#follow(at), this.#budget);
  }

  tables(slot: number): FlatTable[] {
    return this.#vector(slot, 4).map((at) => new FlatTable(this.#view, this.#follow(at), this.#budget));
  }

  structs(slot: number, size: number): DataView[] {
    return this.#vector(slot, size).map((at) => this.#window(at, size));
  }

  /** Places of a vector's items. */
  #vector(slot: number, size: number): number[] {
    const at = this.#field(slot);
    if (at === 0) return [];
    const start = this.#follow(at);
    const length = this.#view.getUint32(start, true);
    this.#budget.items(length);
    if (start + 4 + length * size > this.#view.byteLength)
      throw new RangeError("a list that runs over the end");
    return Array.from({ length }, (_, index) => start + 4 + index * size);
  }

  #field(slot: number): number {
    const entry = this.#vtable + 4 + slot * 2;
    if (entry + 2 > this.#vtableEnd) return 0;
    const offset = this.#view.getUint16(entry, true);
    return offset === 0 ? 0 : this.#at + offset;
  }

  #follow(at: number): number {
    return at + this.#view.getUint32(at, true);
  }

  #window(at: number, size: number): DataView {
    const { buffer, byteOffset } = this.#bytes(at, size);
    return new DataView(buffer, byteOffset, size);
  }

  #bytes(at: number, length: number): Uint8Array {
    const { buffer, byteOffset, byteLength } = this.#view;
    if (at + length > byteLength) throw new RangeError("a value that runs over the end");
    return new Uint8Array(buffer, byteOffset + at, length);
  }
}
