/** What a record of the stream holds. Numbers are stored; never reuse one. */
export const recordKind = {
  /** A security message as the device sent it; `body` is its bytes. */
  message: 1,
  /** An operation-log event of the hub; `body` is an `Operation` as JSON. */
  operation: 2,
  /** A device's identity and twin as they are now; `body` is a `DeviceSnapshot` as JSON. */
  device: 3,
  /** What a person decided about an alert or recommendation; `body` is a `Decision` as JSON. */
  decision: 4,
  /** Something a person or program did or asked; `body` is an `AuditEntry` as JSON. */
  audit: 5,
  /** Time passed: rules that wait for silence look at it. `body` is empty. */
  tick: 6,
  /** Any other message of a device as it sent it; `body` is its bytes. */
  telemetry: 7,
  /** What a device did at the hub in one minute; `body` is a `DeviceCounters` as JSON. */
  counters: 8,
  /** How the hub is configured now; `body` is a `HubSnapshot` as JSON. */
  hub: 9,
  /** What the hub tells readers of its messages beside telemetry, such as a lifecycle event; `body` is JSON. */
  notification: 10,
  /** What people set about detection; `body` is a `Setting` as JSON. */
  setting: 11,
  /** Stored events that a person gave to a rule; `body` is a `Hunt` as JSON. */
  hunt: 12,
} as const;

/** One of the record kinds. */
export type RecordKind = (typeof recordKind)[keyof typeof recordKind];

/** One thing the stream keeps. */
export interface StreamRecord {
  readonly kind: RecordKind;
  /** When the hub took it, milliseconds since 1970, UTC. */
  readonly receivedAt: number;
  /** Empty when it concerns no device. At most 128 characters. */
  readonly deviceId: string;
  /** Empty for the device itself. */
  readonly moduleId: string;
  readonly body: Uint8Array;
  /** Bytes of `MessageProperties`, of messages only. */
  readonly properties?: Uint8Array;
}

const HEADER = 4 + 1 + 1 + 8 + 2 + 2;
/** Version 2 has properties, version 1 has none; both are written and read. */
const PLAIN = 1;
const WITH_PROPERTIES = 2;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Gathers records into one batch of bytes, the unit the stream stores.
 * Layout of a record, little endian: u32 length of what follows, u8 version, u8 kind, f64 received at,
 * u16 length of device id, u16 length of module id, both texts in UTF-8, in version 2 u32 length of the properties and
 * their bytes, then the body.
 */
export class RecordBatch {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = 0;
  #count = 0;

  constructor(capacity = 64 * 1024) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get count(): number {
    return this.#count;
  }

  get byteLength(): number {
    return this.#length;
  }

  add(record: StreamRecord): void {
    const { properties } = record;
    const ids = (record.deviceId.length + record.moduleId.length) * 3;
    const extra = properties ? 4 + properties.byteLength : 0;
    this.#grow(HEADER + ids + extra + record.body.byteLength);
    const start = this.#length;
    const device = this.#text(record.deviceId, start + HEADER);
    const module = this.#text(record.moduleId, start + HEADER + device);
    const extraAt = start + HEADER + device + module;
    if (properties) {
      this.#view.setUint32(extraAt, properties.byteLength, true);
      this.#bytes.set(properties, extraAt + 4);
    }
    const bodyAt = extraAt + extra;
    this.#bytes.set(record.body, bodyAt);
    const end = bodyAt + record.body.byteLength;
    this.#view.setUint32(start, end - start - 4, true);
    this.#view.setUint8(start + 4, properties ? WITH_PROPERTIES : PLAIN);
    this.#view.setUint8(start + 5, record.kind);
    this.#view.setFloat64(start + 6, record.receivedAt, true);
    this.#view.setUint16(start + 14, device, true);
    this.#view.setUint16(start + 16, module, true);
    this.#length = end;
    this.#count += 1;
  }

  /** The bytes so far, without a copy: good until the batch is cleared or added to. */
  view(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Leaves the batch empty; memory beyond so many bytes is given up. */
  clear(keepBytes = Number.POSITIVE_INFINITY): void {
    this.#length = 0;
    this.#count = 0;
    if (this.#bytes.byteLength <= keepBytes) return;
    this.#bytes = new Uint8Array(keepBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Hands the bytes over and leaves the batch empty. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    this.#count = 0;
    return taken;
  }

  #text(text: string, at: number): number {
    if (text === "") return 0;
    return encoder.encodeInto(text, this.#bytes.subarray(at)).written;
  }

  #grow(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.byteLength) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.byteLength * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** Makes a batch of one record. */
export function encodeRecord(record: StreamRecord): Uint8Array<ArrayBuffer> {
  const batch = new RecordBatch(HEADER + 512 + (record.properties?.byteLength ?? 0) + record.body.byteLength);
  batch.add(record);
  return batch.take();
}

/** Walks the records of a batch; bodies are views into it. Throws `RangeError` when the bytes are not a batch. */
export function* decodeRecords(bytes: Uint8Array): Generator<StreamRecord> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at < bytes.byteLength) {
    const end = at + 4 + view.getUint32(at, true);
    const version = view.getUint8(at + 4);
    if (end > bytes.byteLength || version < PLAIN || version > WITH_PROPERTIES) throw damaged(at, bytes);
    const deviceEnd = at + HEADER + view.getUint16(at + 14, true);
    const moduleEnd = deviceEnd + view.getUint16(at + 16, true);
    const extraEnd = version === PLAIN ? moduleEnd : moduleEnd + 4 + view.getUint32(moduleEnd, true);
    if (extraEnd > end) throw damaged(at, bytes);
    const record = {
      kind: view.getUint8(at + 5) as RecordKind,
      receivedAt: view.getFloat64(at + 6, true),
      deviceId: decoder.decode(bytes.subarray(at + HEADER, deviceEnd)),
      moduleId: moduleEnd === deviceEnd ? "" : decoder.decode(bytes.subarray(deviceEnd, moduleEnd)),
      body: bytes.subarray(extraEnd, end),
    };
    yield version === PLAIN ? record : { ...record, properties: bytes.subarray(moduleEnd + 4, extraEnd) };
    at = end;
  }
}

const damaged = (at: number, { byteLength }: Uint8Array): RangeError =>
  new RangeError(`The record at byte ${at} of ${byteLength} is damaged or of a newer version.`);
